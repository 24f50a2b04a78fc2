"""Leopard-LLaVA: adaptive tiles through SigLIP, pixel shuffle, Llama-3.1.

The checkpoint's class exists in no transformers release ("myLlavaForConditionalGeneration"), so
its four parts are put together here from transformers' own modules and a small projector.
Source: arXiv 2410.01744 (section 3) and the Leopard repository's evaluation of Leopard-LLaVA.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL.Image import Image as PILImage
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaModel, SiglipVisionConfig, SiglipVisionModel

from ..engine.borrowed import BorrowedDecoder
from ..engine.language_model import LanguageModel
from ..engine.prompt import Features, Prompt, PromptBuilder
from ..engine.tokenizer import Special, Tokenizer
from ..errors import CheckpointInvalid
from ..images.pixels import content_key, cut_tiles, to_tensor
from ..images.tiling import plan_tiles
from ..types import Frame
from ..weights.int8 import place_int8
from ..weights.stream import load_weights, skeleton
from .base import Encoding, Placement, Read, Turn
from .folder import Json, described_by, end_ids, is_id, read_json

BOS, HEADER, HEADER_END, END = map(
    Special, ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
)
IMAGE_START, IMAGE_END = map(
    Special, ("<|reserved_special_token_20|>", "<|reserved_special_token_21|>")
)
SHUFFLE = 2
"""Pixel shuffle folds SHUFFLE x SHUFFLE neighbouring patches into one position."""
TILES_AT_A_TIME = 8


class Projector(nn.Module):
    """Pixel shuffle, then two linears with GELU: patches of a tile to positions of the prompt."""

    def __init__(self, vision_size: int, text_size: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(vision_size * SHUFFLE**2, text_size)
        self.linear_2 = nn.Linear(text_size, text_size)

    def forward(self, patches: Tensor) -> Tensor:
        """(tiles, side x side, vision) -> (tiles, side / 2 x side / 2, text)."""
        shuffled = pixel_shuffle(patches)
        projected: Tensor = self.linear_2(nn.functional.gelu(self.linear_1(shuffled)))
        return projected


def pixel_shuffle(patches: Tensor) -> Tensor:
    """(tiles, side x side, channels) -> (tiles, side / 2 x side / 2, channels x 4)."""
    tiles, count, channels = patches.shape
    half = int(count**0.5) // SHUFFLE
    grid = patches.view(tiles, half, SHUFFLE, half, SHUFFLE, channels)
    # Within a position: upper row first, in it left to right, all channels of a patch together.
    return grid.transpose(2, 3).reshape(tiles, half * half, channels * SHUFFLE**2)


class LlavaNetwork(nn.Module):
    """The four parts, named as in the checkpoint after `stored_name`."""

    def __init__(self, vision: SiglipVisionConfig, text: LlamaConfig) -> None:
        super().__init__()
        self.vision_tower = SiglipVisionModel(vision)
        self.multi_modal_projector = Projector(vision.hidden_size, text.hidden_size)
        self.language_model = LlamaModel(text)
        self.lm_head = nn.Linear(text.hidden_size, text.vocab_size, bias=False)


def stored_name(name: str) -> str | None:
    """A stored tensor's name to its name here; None is known and not used.

    As in the file of late 2024 (language_model.model.layers…), or as later releases of
    transformers save it (model.language_model.layers…, model.vision_tower.embeddings…, lm_head).
    """
    part, _, rest = name.removeprefix("model.").partition(".")
    if part == "vision_tower":
        # SigLIP's pooling head is in the file, but LLaVA takes the patches before it.
        rest = rest.removeprefix("vision_model.")
        return None if rest.startswith("head.") else f"{part}.{rest}"
    if part == "language_model":
        rest = rest.removeprefix("model.")
        return rest if rest.startswith("lm_head.") else f"{part}.{rest}"
    return f"{part}.{rest}"


class Llava:
    """A loaded checkpoint of the Leopard-LLaVA layout; see `load`."""

    name = "llava"
    instruction = "Answer the question using a single word or phrase."
    absent = "unanswerable"
    absent_from = 0.0
    system = ""

    def __init__(
        self,
        network: LlavaNetwork,
        tokenizer: Tokenizer,
        *,
        model: str,
        ends: frozenset[int],
        image_token: int,
    ) -> None:
        self.model = model
        self.end_ids = ends
        self.tokenizer = tokenizer
        self.network = network
        self.image_token = image_token
        vision, text = network.vision_tower.config, network.language_model.config
        assert isinstance(vision.image_size, int) and isinstance(vision.patch_size, int)
        self.tile: int = vision.image_size
        self.positions = (self.tile // vision.patch_size // SHUFFLE) ** 2
        self.language_model = LanguageModel(
            BorrowedDecoder(network.language_model), network.lm_head, text.max_position_embeddings
        )

    @classmethod
    def load(cls, folder: Path, placement: Placement, *, model: str, adapter: Path | None) -> Llava:
        """Loads a folder in the layout of late 2024, or as later releases save it again.

        Raises CheckpointInvalid where the files are not of this layout.
        """
        raw = read_json(folder / "config.json")
        tokenizer = Tokenizer(folder / "tokenizer.json")
        with skeleton(), described_by(folder / "config.json"):
            network = LlavaNetwork(*read_configs(raw))
            if placement.int8:
                place_int8(network, inside=("language_model", "lm_head"))
        vocabulary, image_token = network.lm_head.out_features, raw.get("image_token_index")
        if not is_id(image_token, vocabulary):
            raise CheckpointInvalid(
                f"{folder / 'config.json'} needs an image_token_index below its vocabulary's size "
                f"of {vocabulary:,}; it has {image_token!r}."
            )
        load_weights(
            network,
            folder,
            rename=stored_name,
            device=placement.device,
            dtype=placement.dtype,
            adapter=adapter,
        )
        # Every turn of the prompt ends with this marker, so an answer does too.
        ends = end_ids(folder, raw, vocabulary) | {tokenizer.marker(END)}
        return cls(network.eval(), tokenizer, model=model, ends=ends, image_token=image_token)

    def join(self, question: str, instruction: str) -> str:
        return f"{question}\n{instruction}" if instruction else question

    def build_prompt(self, turns: Sequence[Turn], read: Read) -> Prompt:
        """`image 1: <start>…<end>image 2: … {text}` in Llama-3 turns.

        Source: the evaluation of Leopard-LLaVA; a space stands between a text and images.
        """
        frames = [frame for turn in turns for frame in turn.frames]
        grids = iter(plan_tiles([frame.size for frame in frames], self.tile))
        builder = PromptBuilder()
        pending: list[str] = [BOS]
        image = 0
        for turn in turns:
            pending += [HEADER, turn.role, HEADER_END, "\n\n"]
            for part in turn.parts:
                if isinstance(part, Frame):
                    before = pending[-1]
                    space = "" if isinstance(before, Special) or before[-1].isspace() else " "
                    pending += [f"{space}image {image + 1}: ", IMAGE_START]
                    builder.add(self.tokenizer.encode_parts(pending))
                    views = _views(next(grids))
                    builder.add_image([self.image_token] * views * self.positions, image)
                    pending = [IMAGE_END]
                    image += 1
                elif part:
                    apart = pending[-1] is IMAGE_END and not part[0].isspace()
                    pending.append(f" {part}" if apart else part)
            pending.append(END)
        pending += [HEADER, "assistant", HEADER_END, "\n\n"]
        builder.add(self.tokenizer.encode_parts(pending))
        return builder.build()

    def encode(self, frames: Sequence[Frame], encoding: Encoding) -> list[Features | None]:
        """Features of each image: its global view, then its tiles row by row.

        A tile that looks as it did before is not encoded again.
        """
        grids = plan_tiles([frame.size for frame in frames], self.tile)
        features: list[Features | None] = []
        for frame, grid in zip(frames, grids, strict=True):
            encoding.check()
            with encoding.watch.stage("preprocess"):
                tiles = cut_tiles(frame.image, grid, self.tile)
                keys = [content_key(tile, f"llava tile {self.tile}") for tile in tiles]
            rows = encoding.rows(keys, tiles, self._encode_pictures, TILES_AT_A_TIME)
            features.append(Features(torch.cat(rows), b"".join(keys)))
        return features

    def _encode_pictures(self, tiles: Sequence[PILImage]) -> list[Tensor]:
        encoded = self.encode_tiles(torch.stack([to_tensor(tile) for tile in tiles]))
        # Copies: a view would hold the whole batch for as long as it is kept.
        return [rows.clone() for rows in encoded]

    def encode_tiles(self, tiles: Tensor) -> Tensor:
        """(tiles, 3, side, side) -> (tiles, positions, hidden) of the language model."""
        with torch.inference_mode():
            weight = self.network.multi_modal_projector.linear_1.weight
            seen = self.network.vision_tower(tiles.to(weight)).last_hidden_state
            found: Tensor = self.network.multi_modal_projector(seen)
            return found


def _views(grid: tuple[int, int] | None) -> int:
    """How many pictures are encoded for an image: its global view and its tiles."""
    return 1 if grid is None else 1 + grid[0] * grid[1]


def read_configs(raw: dict[str, Json]) -> tuple[SiglipVisionConfig, LlamaConfig]:
    """The configurations of the vision tower (without its pooling head) and the decoder."""
    vision, text = raw.get("vision_config"), raw.get("text_config")
    if not isinstance(vision, dict) or not isinstance(text, dict):
        raise CheckpointInvalid("config.json has no vision_config or no text_config.")
    return (
        SiglipVisionConfig.from_dict({**vision, "vision_use_head": False}),
        LlamaConfig.from_dict(text),
    )
