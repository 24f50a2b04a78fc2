"""Leopard-Idefics2, and Idefics2-8B that it was made from.

Prompt, picture sizes and patch positions are those of the published evaluation (transformers
4.4x of late 2024), which later releases compute differently; the modules are transformers' own.
Source: arXiv 2410.01744 and the Leopard repository's evaluation of Leopard-Idefics2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import Idefics2Config, Idefics2ForConditionalGeneration
from transformers.models.idefics2.configuration_idefics2 import (
    Idefics2PerceiverConfig,
    Idefics2VisionConfig,
)
from transformers.models.idefics2.modeling_idefics2 import Idefics2VisionEmbeddings

from ..engine.borrowed import BorrowedDecoder
from ..engine.language_model import LanguageModel
from ..engine.prompt import Features, Prompt, PromptBuilder
from ..engine.tokenizer import Special, Tokenizer
from ..errors import CheckpointInvalid
from ..images.pixels import limit_sides, quarters, tensor_key, to_tensor
from ..types import Frame
from ..weights.int8 import place_int8
from ..weights.stream import load_weights, skeleton
from .base import Encoding, Placement, Read, Turn
from .folder import Json, described_by, end_ids, read_json

BOS, AROUND, IMAGE, END = map(
    Special, ("<s>", "<fake_token_around_image>", "<image>", "<end_of_utterance>")
)


@dataclass(frozen=True, slots=True)
class Processing:
    """How a picture is prepared: sides in pixels, and whether it is also cut into quarters."""

    longest: int
    shortest: int
    split: bool

    @staticmethod
    def published() -> Processing:
        """As Leopard's evaluation sets it, whatever preprocessor_config.json says."""
        return Processing(longest=980, shortest=0, split=False)

    @staticmethod
    def saved(folder: Path) -> Processing:
        """As the checkpoint's preprocessor_config.json says.

        transformers 5 saves the same inside processor_config.json, and reads that one first.
        """
        file = folder / "processor_config.json"
        config = read_json(file, optional=True).get("image_processor")
        if not isinstance(config, dict):
            file = folder / "preprocessor_config.json"
            config = read_json(file)
        size = config.get("size")
        sides = size if isinstance(size, dict) else {}
        longest, shortest = sides.get("longest_edge"), sides.get("shortest_edge")
        if not isinstance(longest, int) or not isinstance(shortest, int):
            raise CheckpointInvalid(
                f"{file} needs a size with longest_edge and shortest_edge in pixels; it has "
                f"{size!r}."
            )
        return Processing(longest, shortest, split=config.get("do_image_splitting") is True)


class PeriodVisionEmbeddings(Idefics2VisionEmbeddings):
    """Patch and position embeddings with the position ids of transformers 4.4x.

    Today's class rounds a patch's place differently where a side has 49 or 58 patches; the
    checkpoints were trained and evaluated with the ids computed here.
    """

    def forward(self, pixel_values: Tensor, patch_attention_mask: Tensor) -> Tensor:
        """pixel_values (n, 3, height, width), mask (n, rows, columns) -> (n, patches, hidden)."""
        patches = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
        ids = torch.zeros(patches.shape[:2], dtype=torch.long, device=patches.device)
        for row, mask in zip(ids, patch_attention_mask, strict=True):
            vertical = self._buckets(int(mask[:, 0].sum()))
            horizontal = self._buckets(int(mask[0].sum()))
            grid = vertical[:, None] * self.num_patches_per_side + horizontal
            row[mask.flatten()] = grid.flatten().to(row.device)
        embedded: Tensor = patches + self.position_embedding(ids)
        return embedded

    def _buckets(self, patches: int) -> Tensor:
        """Which of the trained positions each of `patches` along one side takes."""
        side = self.num_patches_per_side
        boundaries = torch.arange(1 / side, 1.0, 1 / side)
        # The step is a float32 tensor as it was then: its rounding decides the buckets.
        step = 1 / torch.tensor(patches)
        places = torch.arange(0, 1 - 1e-6, step.item())
        return torch.bucketize(places, boundaries, right=True)


class Idefics2:
    """A loaded checkpoint of the Idefics2 layout; see `load`."""

    name = "idefics2"
    instruction = "Answer with a single word or phrase."
    absent = "unanswerable"
    absent_from = 0.0
    system = ""

    def __init__(
        self,
        network: Idefics2ForConditionalGeneration,
        tokenizer: Tokenizer,
        *,
        model: str,
        ends: frozenset[int],
        processing: Processing,
    ) -> None:
        self.model = model
        self.end_ids = ends
        self.tokenizer = tokenizer
        self.processing = processing
        self.network = network
        config = network.config
        perceiver, vision = config.perceiver_config, config.vision_config
        assert isinstance(perceiver, Idefics2PerceiverConfig)
        assert isinstance(vision, Idefics2VisionConfig)
        self.positions = perceiver.resampler_n_latents
        assert isinstance(vision.patch_size, int)
        self.patch: int = vision.patch_size
        self.language_model = LanguageModel(
            BorrowedDecoder(network.model.text_model),
            network.lm_head,
            config.get_text_config().max_position_embeddings,
        )
        if tokenizer.marker(IMAGE) != config.image_token_id:
            raise CheckpointInvalid(
                f"config.json says that the image token is {config.image_token_id}, the tokenizer "
                f"says {tokenizer.marker(IMAGE)}."
            )

    @classmethod
    def load(
        cls,
        folder: Path,
        placement: Placement,
        *,
        model: str,
        adapter: Path | None,
        published: bool,
    ) -> Idefics2:
        """Loads a folder in the layout of late 2024.

        `published` takes Leopard's evaluation settings for pictures; otherwise those saved beside
        the weights. Raises CheckpointInvalid where the files are not of this layout.
        """
        raw = read_json(folder / "config.json")
        tokenizer = Tokenizer(folder / "tokenizer.json")
        processing = Processing.published() if published else Processing.saved(folder)
        with skeleton(), described_by(folder / "config.json"):
            network = Idefics2ForConditionalGeneration(read_config(raw))
            vision = network.model.vision_model
            vision.embeddings = PeriodVisionEmbeddings(vision.config)
            if placement.int8:
                place_int8(network, inside=("model.text_model", "lm_head"))
        load_weights(
            network,
            folder,
            rename=str,
            device=placement.device,
            dtype=placement.dtype,
            adapter=adapter,
        )
        network.eval()
        # Every turn of the prompt ends with this marker, so an answer does too.
        ends = end_ids(folder, raw, network.lm_head.out_features) | {tokenizer.marker(END)}
        return cls(network, tokenizer, model=model, ends=ends, processing=processing)

    def join(self, question: str, instruction: str) -> str:
        return f"{question} {instruction}" if instruction else question

    def build_prompt(self, turns: Sequence[Turn], read: Read) -> Prompt:
        """`User: <image>…{text}<end_of_utterance>\\nAssistant:`, every turn likewise."""
        builder = PromptBuilder()
        pending: list[str] = [BOS]
        image = 0
        for turn in turns:
            pending.append(f"{turn.role.capitalize()}: ")
            for part in turn.parts:
                if isinstance(part, Frame):
                    pending = self._add_image(builder, pending, image)
                    image += 1
                elif part:
                    pending.append(part)
            pending += [END, "\n"]
        builder.add(self.tokenizer.encode_parts([*pending, "Assistant:"]))
        return builder.build()

    def _add_image(self, builder: PromptBuilder, pending: list[str], image: int) -> list[str]:
        """Adds what is pending and an image's positions; returns what is pending then."""
        for _ in range(5 if self.processing.split else 1):
            # Two pictures side by side share the marker between them.
            if pending[-1] is not AROUND:
                pending = [*pending, AROUND]
            builder.add(self.tokenizer.encode_parts(pending))
            builder.add_image([self.network.config.image_token_id] * self.positions, image)
            pending = [AROUND]
        return pending

    def prepare(self, frame: Frame) -> list[Tensor]:
        """The tensors (3, height, width) that are encoded for one image, one a 64 positions."""
        picture = frame.image
        crops = quarters(picture) if self.processing.split else [picture]
        sides = {"shortest": self.processing.shortest, "longest": self.processing.longest}
        return [to_tensor(limit_sides(crop, **sides)) for crop in crops]

    def encode(self, frames: Sequence[Frame], encoding: Encoding) -> list[Features | None]:
        """Features of each image, encoded one picture at a time and never padded to the largest.

        A picture that was encoded before, as the same grid of patches, is not encoded again.
        """
        with encoding.watch.stage("preprocess"):
            prepared = [self.prepare(frame) for frame in frames]
            sizes = [(t.shape[1], t.shape[2]) for tensors in prepared for t in tensors]
            grids = self.plan_patches(sizes)
        features: list[Features | None] = []
        rest = iter(grids)
        for tensors in prepared:
            seen = [(pixels, next(rest)) for pixels in tensors]
            keys = [tensor_key(pixels, f"idefics2 {grid}") for pixels, grid in seen]
            rows = encoding.rows(keys, seen, self._encode_pictures, most=1)
            features.append(Features(torch.cat(rows), b"".join(keys)))
        return features

    def _encode_pictures(self, seen: Sequence[tuple[Tensor, tuple[int, int]]]) -> list[Tensor]:
        return [self.encode_pixels(pixels, grid) for pixels, grid in seen]

    def plan_patches(self, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Patches (rows, columns) of pictures (height, width) that are asked about together.

        The published code pads them all to the largest height and width. A patch that a picture
        fills only in part counts where that padding completes it, and is lost where nothing
        does, so it depends on the other pictures whether the last rows and columns are seen.
        """
        limits = [max(side) // self.patch for side in zip(*sizes, strict=True)]
        return [
            (
                max(1, min(math.ceil(height / self.patch), limits[0])),
                max(1, min(math.ceil(width / self.patch), limits[1])),
            )
            for height, width in sizes
        ]

    def encode_pixels(self, pixels: Tensor, grid: tuple[int, int]) -> Tensor:
        """(3, height, width), seen as `grid` patches -> (64, hidden) of the language model."""
        vision = self.network.model.vision_model
        weight = vision.embeddings.patch_embedding.weight
        # Filled up with 0, the colour of the published padding, or cut to whole patches.
        missing = [n * self.patch - side for n, side in zip(grid, pixels.shape[1:], strict=True)]
        pixels = nn.functional.pad(pixels, (0, missing[1], 0, missing[0]))
        with torch.inference_mode():
            mask = torch.ones(1, *grid, dtype=torch.bool, device=weight.device)
            seen = vision(
                pixel_values=pixels[None].to(weight), patch_attention_mask=mask
            ).last_hidden_state
            found: Tensor = self.network.model.connector(seen, attention_mask=mask.flatten(1))
            return found[0]


def read_config(raw: dict[str, Json]) -> Idefics2Config:
    """The model's configuration, as transformers understands the saved file."""
    text, perceiver = raw.get("text_config"), raw.get("perceiver_config")
    if not isinstance(text, dict) or not isinstance(perceiver, dict):
        raise CheckpointInvalid("config.json has no text_config or no perceiver_config.")
    # Late 2024 files leave these two out: the resampler then had the text model's.
    shared = {key: text[key] for key in ("hidden_size", "rms_norm_eps") if key in text}
    return Idefics2Config.from_dict({**raw, "perceiver_config": {**shared, **perceiver}})
