"""Everything that a run's figures depend on, so that two runs can be told apart."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import LeopardError
from .questions import Question

PACKAGES = ("leopard-tools", "torch", "transformers", "tokenizers", "rapidocr", "pillow", "numpy")
_WEIGHTS = ("*.safetensors", "config.json", "tokenizer.json", "adapter_config.json")
_ADAPTER = "adapter_model.safetensors"
_CIRCUMSTANCES = frozenset({"dataset", "shard", "started", "concurrency"})
_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run.

    benchmark: "" for a folder of the project's own layout. script: whose published script, "" under
    the standard protocol. weights: a hash of the checkpoint's files. selected and fingerprint: how
    many questions the whole run has (all shards) and a hash over them. shard counts from 1, 0 where
    shards were merged or there is only one.
    """

    dataset: str
    benchmark: str
    protocol: str
    script: str
    checkpoint: str
    weights: str
    model: str
    variant: str
    device: str = "auto"
    dtype: str = "auto"
    verbatim: bool = False
    evidence: bool = True
    max_tokens: int = 128
    limit: int | None = None
    shard: int = 0
    shards: int = 1
    selected: int = 0
    fingerprint: str = ""
    concurrency: int = 1
    started: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        return {**asdict(self), "versions": dict(self.versions)}

    @staticmethod
    def from_dict(entry: Mapping[str, object]) -> Settings:
        """The settings that a run file names. Raises TypeError where they are none."""
        known = {one.name for one in fields(Settings)}
        made = Settings(**{k: v for k, v in entry.items() if k in known})  # type: ignore[arg-type]
        kinds = {"str": str, "int": int, "bool": bool, "int | None": int | None}
        for one in fields(Settings):
            # Types are written as text in this module.
            if not isinstance(getattr(made, one.name), kinds.get(str(one.type), Mapping)):
                raise TypeError(one.name)
        limit = 1 if made.limit is None else made.limit
        if min(limit, made.shards) < 1 or made.shard not in range(made.shards + 1):
            raise TypeError("limit or shard")
        return made

    def differences(self, other: Settings) -> list[str]:
        """What differs and may change figures, one text each; place and time do not."""
        mine, theirs = self.to_dict(), other.to_dict()
        return [
            f"{name} is {mine[name]!r} here and {theirs[name]!r} there"
            for name in mine
            if name not in _CIRCUMSTANCES and mine[name] != theirs[name]
        ]


def versions() -> dict[str, str]:
    """Versions of what computes the answers; packages that are not installed are left out."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def weights_version(folder: Path) -> str:
    """The first twelve hexadecimal digits of an adapter's hash: a retrained one is another.

    Over its weights alone: the embedded adapter's configuration comes with a version of this
    package, and runs that were kept are found by this hash.
    """
    return _digest([folder / _ADAPTER])


def adapter_version(folder: Path) -> str:
    """The same over an adapter's weights and its configuration, which says how much they count."""
    return _digest([folder / _ADAPTER, folder / "adapter_config.json"])


def checkpoint_version(folder: Path) -> str:
    """The same over a checkpoint's weights, configuration and tokenizer."""
    files = sorted({file for pattern in _WEIGHTS for file in folder.glob(pattern)})
    if not files:
        raise LeopardError(f"{folder} holds no checkpoint: there are no weights in it.")
    return _digest(files)


def _digest(files: Sequence[Path]) -> str:
    found = sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                while piece := stream.read(_AT_ONCE):
                    found.update(piece)
        except OSError as error:
            raise LeopardError(f"{file} cannot be read: {error.strerror or error}.") from None
    return found.hexdigest()[:12]


def key_of(question: Question) -> str:
    """Changes with the id, the words and the order of the images, not with where they lie."""
    parts = [question.id, question.question, *(image.name for image in question.images)]
    if question.choices or question.instruction is not None:
        parts += [*question.choices, question.instruction or ""]
    return sha256(_encoded(parts)).hexdigest()[:16]


def system_name(settings: Settings) -> str:
    """What answers of this run are found by in a run file that may hold several.

    It has what changes an answer; `ask_all` adds whether it was verbatim.
    """
    parts = [settings.checkpoint, settings.weights]
    if settings.benchmark:
        parts.append(f"{settings.benchmark} {settings.protocol}")
    parts += [part for part in (settings.device, settings.dtype) if part != "auto"]
    return ", ".join(parts) + shard_mark(settings.shard, settings.shards)


def shard_mark(shard: int, shards: int) -> str:
    """What is added to the name of a system that answers one shard."""
    return f", shard {shard}/{shards}" if shard else ""


def fingerprint_of(questions: Sequence[Question]) -> str:
    """A hash over questions and their accepted answers, in their order."""
    found = sha256()
    for question in questions:
        found.update(_encoded([key_of(question), *question.answers, "\n"]))
    return found.hexdigest()[:16]


def _encoded(parts: Sequence[str]) -> bytes:
    # JSON can name half a pair of surrogates, and a file's name may hold one.
    return "\0".join(parts).encode(errors="surrogatepass")


__all__ = [
    "PACKAGES",
    "Settings",
    "adapter_version",
    "checkpoint_version",
    "fingerprint_of",
    "key_of",
    "shard_mark",
    "system_name",
    "versions",
    "weights_version",
]
