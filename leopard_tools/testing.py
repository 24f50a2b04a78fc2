"""Doubles for the tests of programs that use leopard-tools.

    from leopard_tools.testing import ScriptedLeopard

    leopard = ScriptedLeopard(["58.4%", "not in the images"])
    assert my_program(leopard, "deck.pdf") == "The margin was 58.4%."
    assert leopard.questions == ["What was the gross margin?"]

A ScriptedLeopard is a Leopard with a tiny model of random weights that may only say what the script
says. All the rest is real: images are opened and read, answers stream, threads wait for one
another, what is cancelled ends, and what cannot be is refused.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer as FastTokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor

from .answering import Inquiry, Options
from .calling import Calling
from .engine.generate import Generation, Request
from .errors import LeopardError
from .images.sources import Limits
from .leopard import Leopard
from .reading.ocr import Reader
from .schema import Schema
from .tool_format import CALLS, calls_text
from .types import ToolCall
from .variants.folder import Json
from .variants.llava import (
    BOS,
    END,
    HEADER,
    HEADER_END,
    IMAGE_END,
    IMAGE_START,
    LlavaNetwork,
    read_configs,
)
from .variants.nano import Nano
from .variants.registry import load_variant

if TYPE_CHECKING:
    from .answering import OpenTurns, Services
    from .engine.constrain import Constraint
    from .engine.prompt import EncodedPrompt

Reply = str | Sequence[ToolCall]
"""One answer of a script: its text, or the calls that it makes."""

_MAX_TOKENS = Options().max_tokens
_SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}


class ScriptedLeopard(Leopard):
    """Gives the answers of a script, one a question, in the order in which questions are asked.

    `questions` are the texts asked so far, instructions included. Its tokens are bytes, so an
    answer comes whole where max_tokens is the default, and else may be cut short. A verbatim one is
    cited, and must stand in an image or be "not in the images".

    Raises LeopardError where more is asked than the script answers, or an answer is not of the form
    that was asked for.
    """

    def __init__(self, script: Iterable[Reply], *, limits: Limits | None = None) -> None:
        with tempfile.TemporaryDirectory(prefix="leopard-scripted-") as folder:
            variant = load_variant(tiny_checkpoint(Path(folder)), device="cpu")
        variant.model, variant.absent = "scripted", Nano.absent
        super().__init__(variant, Reader(), limits or Limits())
        self.questions: list[str] = []
        self._script = iter(script)
        self._turning = threading.Lock()

    def _request(
        self,
        open_turns: OpenTurns,
        options: Options,
        schema: Schema | None,
        calling: Calling | None = None,
    ) -> Inquiry:
        return _ScriptedInquiry(self._services, open_turns, options, schema, calling, self._next)

    def _next(self, question: str) -> str:
        with self._turning:
            self.questions.append(question)
            line = next(self._script, None)
        if line is None:
            raise LeopardError(
                f"The script has no answer number {len(self.questions)}, to {question!r}. Give "
                "ScriptedLeopard one more."
            )
        return line if isinstance(line, str) else calls_text(line)


class _ScriptedInquiry(Inquiry):
    """A request that `answer` has the answer to."""

    def __init__(
        self,
        services: Services,
        open_turns: OpenTurns,
        options: Options,
        schema: Schema | None,
        calling: Calling | None,
        answer: Callable[[str], str],
    ) -> None:
        super().__init__(services, open_turns, options, schema, calling)
        self._answer = answer

    def _constraint(self) -> Constraint:
        text = self._answer(self.question)
        if self._schema is not None and not text.startswith(CALLS[0]):
            # A script that does not keep to the schema is a mistake of the test's.
            self._schema.parse(text)
        if self._calling is not None:
            self._check_calls(text, self._calling)
        ids = self._variant.tokenizer.encode(text)
        if self._options.max_tokens == _MAX_TOKENS:
            room = max(_MAX_TOKENS, len(ids) + 1)
            self._options = replace(self._options, max_tokens=room)
        quoted = self._quoted(text, ids) if self._options.verbatim else None
        return _Said(ids, self._variant.end_ids, quoted)

    def _check_calls(self, text: str, calling: Calling) -> None:
        """Raises LeopardError for calls that no answer could make."""
        called, offered = (
            [call.name for call in calling.calls(text)],
            [t.name for t in calling.tools],
        )
        least, most = int(calling.required), calling.most
        if not set(called) <= set(offered) or not least <= len(called) <= most:
            raise LeopardError(
                f"The script answers {self.question!r} with {text!r}, which is not {least} to "
                f"{most} calls of {', '.join(offered)}."
            )

    def _quoted(self, text: str, ids: Sequence[int]) -> Constraint | None:
        """What a verbatim answer is held to, once it is known to let this one pass."""
        held = super()._constraint()
        assert held is not None
        for token in (*ids, min(self._variant.end_ids)):
            if token not in held.allowed().tolist():
                raise LeopardError(
                    f"The script answers {self.question!r} with {text!r}, which a verbatim answer "
                    f"cannot be: it stands in no image. Give words as `Leopard.read` has them, or "
                    f"{self._variant.absent!r}."
                )
            held.advance(token)
        # It has come to its end; the answer begins with a new one.
        return super()._constraint()

    def _make_task(self, encoded: EncodedPrompt, constraint: Constraint | None) -> Generation:
        ends, options = self._variant.end_ids, self._options
        request = Request(options.max_tokens, ends, stop=options.stops, constraint=constraint)
        return Generation(encoded, request, self._variant.tokenizer, self._cancellation)


class _Said:
    """Allows these tokens one after the other, and then the end; tells `quoted` of each."""

    def __init__(
        self, ids: Sequence[int], end_ids: Collection[int], quoted: Constraint | None
    ) -> None:
        self._left = [*ids, min(end_ids)]
        self._quoted = quoted

    def allowed(self) -> Tensor:
        return torch.tensor(self._left[:1])

    def advance(self, token: int) -> None:
        assert self._left.pop(0) == token
        if self._quoted is not None:
            self._quoted.advance(token)

    def forced(self) -> Sequence[int]:
        # One at a time, as a model that writes: a test may look at what streams, and cancel.
        return []

    def close(self) -> Sequence[int]:
        return [] if self._quoted is None else self._quoted.close()


def tiny_checkpoint(folder: Path, *, seed: int = 0) -> Path:
    """Writes a checkpoint in the layout of Leopard-LLaVA with tiny random weights; gives `folder`.

    It loads in a moment, computes all that the real one computes, and says nothing of sense: for
    tests of code that handles checkpoints. Its tiles are 56 px wide and become 4 positions each;
    its tokens are bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = _write_tokenizer(folder / "tokenizer.json")
    config: dict[str, Json] = {
        "model_type": "llava",
        "image_token_index": ids["<|image|>"],
        "text_config": {
            **_SIZES,
            "model_type": "llama",
            "num_hidden_layers": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 131072,
            "vocab_size": len(ids),
            "bos_token_id": ids[BOS],
            "eos_token_id": ids[END],
        },
        "vision_config": {
            **_SIZES,
            "model_type": "siglip_vision_model",
            "num_hidden_layers": 2,
            "image_size": 56,
            "patch_size": 14,
        },
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    ends = {"eos_token_id": [ids[END]]}
    (folder / "generation_config.json").write_text(json.dumps(ends))
    vision, text = read_configs(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = LlavaNetwork(vision, text).state_dict()
    tensors = {_name_on_disk(name): tensor for name, tensor in state.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _write_tokenizer(file: Path) -> dict[str, int]:
    """A vocabulary of bytes and the markers of the layout; their ids."""
    letters = sorted(ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate(letters)}
    tokenizer = FastTokenizer(BPE(vocabulary, []))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    markers = (BOS, HEADER, HEADER_END, END, IMAGE_START, IMAGE_END, "<|image|>")
    tokenizer.add_special_tokens([str(marker) for marker in markers])
    tokenizer.save(str(file))
    return {str(name): index for name, index in tokenizer.get_vocab().items()}


def _name_on_disk(name: str) -> str:
    """A tensor's name as the layout of late 2024 has it, the reverse of llava.stored_name."""
    part, _, rest = name.partition(".")
    moved = {
        "vision_tower": f"vision_tower.vision_model.{rest}",
        "language_model": f"language_model.model.{rest}",
        "lm_head": f"language_model.lm_head.{rest}",
    }
    return moved.get(part, name)


__all__ = ["ScriptedLeopard", "tiny_checkpoint"]
