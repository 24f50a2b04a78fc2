"""Which variant a checkpoint is, and loading it.

A folder is recognised by its files. torch and transformers are imported when something is loaded,
not before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ..errors import CheckpointInvalid, CheckpointNotFound, LeopardError
from .folder import read_json

if TYPE_CHECKING:
    from .base import Placement, Variant

Processing = Literal["auto", "published", "saved"]

NANO = "nano"
SUPPORTED = (
    "Supported are Leopard-Idefics2 (and Idefics2-8B, which it was made from), Leopard-LLaVA, "
    f"and {NANO!r}."
)
BASE_MODEL = "idefics2-8b"
DTYPES = ("float32", "bfloat16", "float16", "int8")


def load_variant(
    checkpoint: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    adapter: Path | None = None,
    revision: str | None = None,
    processing: Processing = "auto",
) -> Variant:
    """Loads "nano", a folder, or a repository of the hub; Leopard.load documents the options."""
    if processing not in (known := get_args(Processing)):
        raise LeopardError(f"processing is one of {', '.join(known)}, not {processing!r}.")
    with _no_collection():
        if str(checkpoint) == NANO:
            _refuse_revision(checkpoint, revision)
            return _load_nano(device, dtype, adapter)
        folder = find_folder(checkpoint, revision)
        return _load_folder(checkpoint, folder, device, dtype, adapter, processing)


def _load_folder(
    checkpoint: str | Path,
    folder: Path,
    device: str,
    dtype: str,
    adapter: Path | None,
    processing: Processing,
) -> Variant:
    kind = recognise(folder)
    place = placement(device, dtype)
    if kind == "idefics2":
        from .idefics2 import Idefics2

        published = processing == "published" or (processing == "auto" and not _is_base(folder))
        return Idefics2.load(
            folder, place, model=str(checkpoint), adapter=adapter, published=published
        )
    from .llava import Llava

    return Llava.load(folder, place, model=str(checkpoint), adapter=adapter)


def _is_base(folder: Path) -> bool:
    """Whether a folder of the Idefics2 layout is Idefics2-8B itself.

    Leopard-Idefics2's own preprocessor_config.json is still that of its base model, and its
    evaluation overrides it; only the name tells the two apart. The folders above are the user's.
    """
    path = folder.absolute()
    # The hub's cache: models--org--name/snapshots/commit.
    cached = path.parts[-3] if path.parent.name == "snapshots" else ""
    name = cached.rpartition("--")[2] if cached.startswith("models--") else path.name
    return BASE_MODEL in name.lower() and "leopard" not in name.lower()


def _load_nano(device: str, dtype: str, adapter: Path | None) -> Variant:
    from .embedded import prepare
    from .nano import Nano

    return Nano.load(prepare(), placement(device, dtype), adapter)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keeps the garbage collector off.

    Importing transformers and building a network make hundreds of thousands of objects that stay;
    looking through them again and again takes half a second of three.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def find_folder(checkpoint: str | Path, revision: str | None = None) -> Path:
    """A checkpoint's folder: the path itself, or where the hub's files were fetched to."""
    path = Path(checkpoint).expanduser()
    if path.is_dir():
        _refuse_revision(path, revision)
        return path
    if path.exists():
        raise CheckpointNotFound(
            f"{path} is a file. Give the folder that holds config.json and the weights."
        )
    if isinstance(checkpoint, Path) or str(checkpoint).count("/") != 1 or str(path)[0] in "./~":
        raise CheckpointNotFound(
            f"There is no folder {path}. Give a folder, a hub id such as wyu1/Leopard-Idefics2, or "
            f"{NANO!r} for the embedded model."
        )
    from ..weights.hub import fetch_checkpoint

    return fetch_checkpoint(str(checkpoint), revision, progress=True)


def _refuse_revision(checkpoint: str | Path, revision: str | None) -> None:
    """Raises LeopardError where a revision is asked for of what has none."""
    if revision is not None:
        raise LeopardError(
            f"Only repositories of the hub have revisions, and {str(checkpoint)!r} is none: leave "
            f"revision={revision!r} out, or give a hub id."
        )


def recognise(folder: Path) -> Literal["idefics2", "llava"]:
    """The variant of a folder, from its config.json. Raises CheckpointInvalid for any other."""
    config = read_json(folder / "config.json")
    model = config.get("model_type")
    if model == "idefics2":
        return "idefics2"
    vision, text = config.get("vision_config"), config.get("text_config")
    parts = tuple(p.get("model_type") if isinstance(p, dict) else None for p in (vision, text))
    if model == "llava" and parts == ("siglip_vision_model", "llama"):
        return "llava"
    inner = f" with vision {parts[0]!r} and text {parts[1]!r}" if model == "llava" else ""
    raise CheckpointInvalid(
        f"{folder} holds a model of type {model!r}{inner}, which is none of ours. {SUPPORTED}"
    )


def placement(device: str, dtype: str) -> Placement:
    """The device and type meant by "auto": CUDA, then MPS, then the CPU; half precision on GPUs.

    8 bits are for CPUs: with int8 "auto" is the CPU, and another device raises LeopardError.
    """
    import torch

    from .base import Placement

    if device == "auto" and dtype == "int8":
        device = "cpu"
    if device == "auto":
        mps = torch.backends.mps.is_available()
        device = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    try:
        where = torch.device(device)
        torch.empty(1, device=where)
    # torch answers an unknown or absent device with any of these, by build and device.
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise LeopardError(
            f"The device {device!r} cannot be used here: {reason}. Give auto, cpu, or what PyTorch "
            "has here (cuda, mps)."
        ) from None
    if dtype == "auto":
        # GPUs before Ampere only emulate bfloat16.
        native = where.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        half = {"cuda": "bfloat16" if native else "float16", "mps": "float16"}
        dtype = half.get(where.type, "float32")
    if dtype not in DTYPES:
        raise LeopardError(
            f"The dtype {dtype!r} is unknown. Give auto or one of {', '.join(DTYPES)}."
        )
    if dtype == "int8":
        if where.type != "cpu":
            raise LeopardError(
                f'dtype="int8" is computed on the CPU only, not on {device!r}. '
                'Take dtype="auto", or device="cpu".'
            )
        return Placement(where, torch.float32, int8=True)
    return Placement(where, getattr(torch, dtype))
