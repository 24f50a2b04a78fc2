"""Merges a LoRA in the PEFT layout into a model's weights, so that it costs nothing afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod, sqrt
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import CheckpointInvalid, CheckpointNotFound
from .int8 import PIECE_NUMBERS
from .slots import Slot

_PREFIX = "base_model.model."
# What would change the result if it were ignored: refused unless it has this value, or is as empty
# as this value (None, False and [] are all nothing).
_UNSUPPORTED = {
    "peft_type": "LORA",
    "bias": "none",
    "use_dora": False,
    "fan_in_fan_out": False,
    "modules_to_save": None,
    "layer_replication": None,
    "alora_invocation_tokens": None,
}
# What a key of a pattern may say: letters, classes and groups, of which only letters and classes
# are repeated. Whatever else a regular expression can say may take for ever to match.
_ATOM = r"(?:[\w.^$-]|\\[\w.-]|\[\^?(?:[\w.-]|\\[\w.-])+\])"
_REPEAT = r"(?:(?:[*+?]|\{\d{1,3},?\d{0,3}\})\??)?"
_KEY = re.compile(rf"(?:{_ATOM}{_REPEAT}|\((?:\?[:=!])?|\)\??|\|){{,1000}}")
# How many ways all keys of a pattern may have through a name: the worst such pattern takes about a
# minute for the 450 names of a model, and a usual one no time.
_MOST_WAYS = 10**8
_LONGEST_NAME = 100
# How peft begins a LoRA without changing the weights that it is put on.
_BEGINNINGS = (None, True, False, "gaussian", "orthogonal", "eva", "mica")


@dataclass(frozen=True, slots=True)
class _Pair:
    down: Tensor  # (rank, in), PEFT's lora_A
    up: Tensor  # (out, rank), PEFT's lora_B


@dataclass(frozen=True, slots=True)
class Update:
    """What an adapter adds to one weight (out, in): scale x up x down."""

    scale: float
    pair: _Pair

    def rows(self, start: int, stop: int) -> Tensor:
        """(stop - start, in) float32: what is added to these rows of the weight."""
        return self.scale * (self.pair.up[start:stop].float() @ self.pair.down.float())

    def add_to(self, weight: Tensor) -> None:
        """Adds it, some rows at a time: as a whole it takes more memory than the weight."""
        step = max(1, PIECE_NUMBERS // weight.shape[1])
        for start in range(0, len(weight), step):
            piece = weight[start : start + step]
            piece.add_(self.rows(start, start + len(piece)).to(piece))


_Pattern = Sequence[tuple[re.Pattern[str], float]]
"""Keys that match layers, and what holds for these."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Rank and alpha of the pairs; patterns have those of layers that differ from the rest."""

    rank: int
    alpha: float
    rank_pattern: _Pattern
    alpha_pattern: _Pattern
    rslora: bool

    def rank_of(self, name: str) -> float:
        return _matching(self.rank_pattern, name, self.rank)

    def scale_of(self, name: str) -> float:
        rank = self.rank_of(name)
        alpha = _matching(self.alpha_pattern, name, self.alpha)
        return alpha / (sqrt(rank) if self.rslora else rank)


def _matching(pattern: _Pattern, name: str, otherwise: float) -> float:
    """By PEFT's rule: what the first key says that matches a layer's name or its last parts."""
    return next((size for key, size in pattern if key.match(name)), otherwise)


def read_updates(
    folder: Path,
    slots: Mapping[str, Slot],
    *,
    rename: Callable[[str], str | None],
) -> dict[str, Update]:
    """What the adapter in `folder` adds to each weight of a model, by the weight's name there.

    `slots` has all weights of the model (see find_slots). `rename` maps the name of a weight in the
    checkpoint that the adapter was trained on to its name in the model, as it does when weights are
    loaded. Raises CheckpointNotFound, or CheckpointInvalid where the adapter is none that can be
    merged here or does not fit the model.
    """
    sizes = _read_sizes(folder)
    pairs = _read_pairs(folder)
    targets = {name: rename(f"{name}.weight") for name in pairs}
    unknown = sorted(name for name, target in targets.items() if target not in slots)
    if unknown:
        raise CheckpointInvalid(
            f"The adapter in {folder} changes {len(unknown)} weights that this checkpoint does not "
            f"have, such as {unknown[0]}. It was made for another model."
        )
    for name, pair in pairs.items():
        slot = slots[str(targets[name])]
        shape = slot.shape
        rank = pair.down.shape[:1]
        if len(shape) != 2 or (pair.up.shape, pair.down.shape) != (
            (shape[0], *rank),
            (*rank, shape[1]),
        ):
            raise CheckpointInvalid(
                f"The adapter in {folder} has {tuple(pair.up.shape)} x {tuple(pair.down.shape)} "
                f"for {name}, whose weight is {shape}."
            )
        if rank[0] != sizes.rank_of(name):
            raise CheckpointInvalid(
                f"The adapter in {folder} has a rank of {rank[0]} for {name}, but its "
                f"adapter_config.json says {sizes.rank_of(name)}: they do not belong together. "
                "Save the adapter again."
            )
        if len(slot.places) > 1:
            tied = " and ".join(place for _, _, place in slot.places)
            raise CheckpointInvalid(
                f"The adapter in {folder} changes {name}, but {tied} are one weight in this model "
                "(tie_word_embeddings), and all of them would change. Train it without that layer "
                "in target_modules."
            )
    return {str(targets[n]): Update(sizes.scale_of(n), pair) for n, pair in pairs.items()}


def _read_sizes(folder: Path) -> _Sizes:
    file = folder / "adapter_config.json"
    try:
        # A pipe of that name would be waited for without end.
        if file.exists() and not file.is_file():
            raise CheckpointInvalid(f"{file} is no file. Give the folder of a PEFT adapter.")
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointNotFound(
            f"{folder} holds no adapter_config.json. Give the folder of a PEFT adapter; one on the "
            "hub is not fetched, but `hf download ID` does that and prints its folder."
        ) from None
    # RecursionError: what is nested too deeply.
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointInvalid(f"{file} cannot be read: {error}") from None
    if not isinstance(config, dict):
        raise CheckpointInvalid(f"{file} holds no object.")
    for key, expected in _UNSUPPORTED.items():
        value = config.get(key, expected)
        if value != expected and (value or expected):
            raise CheckpointInvalid(
                f"{file} has {key} = {value!r}, which cannot be merged here. Where peft can merge "
                "it (merge_and_unload, save_pretrained), load the result; else train it with "
                f"{key} = {expected!r}."
            )
    if (beginning := config.get("init_lora_weights")) not in _BEGINNINGS:
        raise CheckpointInvalid(
            f"{file} has init_lora_weights = {beginning!r}, which changed the model's own weights "
            "before training. Have peft convert it: save_pretrained(…, "
            "path_initial_model_for_weight_conversion=…), where that is possible."
        )
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or rank < 1 or not isinstance(alpha, int | float):
        raise CheckpointInvalid(f"{file} needs r and lora_alpha; it has {rank!r} and {alpha!r}.")
    ranks, alphas = (_read_pattern(file, config, key) for key in ("rank_pattern", "alpha_pattern"))
    return _Sizes(rank, alpha, ranks, alphas, bool(config.get("use_rslora")))


def _read_pattern(file: Path, config: dict[str, object], key: str) -> _Pattern:
    pattern = config.get(key) or {}
    try:
        if not isinstance(pattern, dict) or not all(
            isinstance(size, int | float) and size > 0 for size in pattern.values()
        ):
            raise ValueError("it needs a number above 0 for each layer")
        if sum(map(_ways, pattern)) > _MOST_WAYS:
            raise ValueError("it takes too long to match. Give the layers by their names")
        return [(re.compile(rf"(.*\.)?({layer})$"), size) for layer, size in pattern.items()]
    except (ValueError, RecursionError, OverflowError, re.error) as error:
        raise CheckpointInvalid(
            f"{file} has {key} = {repr(pattern)[:200]}: {error}. Save it again."
        ) from None


def _ways(key: str) -> int:
    """In how many ways a key may match a name at most. Raises ValueError where nobody can tell."""
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"{key[:100]!r} is neither the name of a layer nor a simple pattern. Give the layers "
            "by their names"
        )
    repeats = len(re.findall(r"(?<!\()[*+?{]\??", key))
    branches = prod(part.count("|") + 1 for part in re.split("[()]", key))
    ways: int = branches * _LONGEST_NAME**repeats
    # A plain name costs time, too.
    return max(30_000, ways)


def _read_pairs(folder: Path) -> dict[str, _Pair]:
    """Both matrices of each weight, under the weight's name in the checkpoint."""
    file = folder / "adapter_model.safetensors"
    if not file.is_file():
        raise CheckpointInvalid(f"{folder} holds no adapter_model.safetensors.")
    try:
        with safe_open(file, framework="pt") as stored:
            # An open file has keys but is no mapping: iterating over it itself fails.
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointInvalid(f"{file} cannot be read: {error}") from None
    down_end, up_end = ".lora_A.weight", ".lora_B.weight"
    names = {name.removesuffix(down_end).removesuffix(up_end) for name in tensors}
    wrong = [n for n in names if n + down_end not in tensors or n + up_end not in tensors]
    if wrong or not names:
        raise CheckpointInvalid(
            f"{file} is not made of pairs of LoRA matrices: {sorted(wrong)[:3] or 'it is empty'}."
        )
    return {
        name.removeprefix(_PREFIX): _Pair(tensors[name + down_end], tensors[name + up_end])
        for name in names
    }
