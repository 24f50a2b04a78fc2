"""Holds an answer to a JSON schema, with llguidance.

What is written has the one form that json.dumps gives, so that most of an object's text is
certain from its schema and need not be computed.
"""

from __future__ import annotations

import json
import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper
from torch import Tensor

from ..errors import SchemaUnsupported
from .closing import Closer, Plan
from .narrowing import narrow
from .patterns import examples
from .tokenizer import Tokenizer

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

_LARGEST = 256 * 1024
"""Characters of a schema; compiling one takes about a second for each 100 kB."""
_REFUSED = (
    "Answers cannot be held to this schema: {}. Leave that out, or say it by a type, a pattern or "
    "an enum, and check it after the answer."
)
_WRITTEN: JsonCompileOptions = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
}
_KEPT = 32
"""Compiled schemas that are kept for one vocabulary."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What JSON stands between, and whether text may stand instead of all of it.

    Such text is any that begins neither as `before` does nor with white space, or with `schema`
    the JSON of that.
    """

    before: str
    after: str
    text: bool
    schema: Mapping[str, object] | None = None


class GrammarConstraint:
    """Allows exactly the JSON that `schema` describes, written as json.dumps writes it.

    Raises SchemaUnsupported where nothing can meet the schema, where it says what cannot be held
    while decoding (`not`, `uniqueItems`, look-around in a pattern), or where it is too large.
    """

    def __init__(
        self,
        schema: Mapping[str, object],
        tokenizer: Tokenizer,
        end_ids: Collection[int],
        marks: Marks | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._end_ids = sorted(end_ids)
        self._grammars = _grammars(tokenizer, tuple(self._end_ids))
        self._matcher, self._plan = self._grammars.compile(schema, marks)
        self._said = b""
        self._ended = False
        # SentencePiece begins a text with a space, which belongs to the first token.
        self._space = b" " if tokenizer.leading_space else b""

    def allowed(self) -> Tensor:
        matcher = self._matcher
        if self._ended or matcher.is_stopped():
            return torch.tensor(self._end_ids)
        mask = np.frombuffer(matcher.compute_bitmask(), np.uint8)
        ids = np.flatnonzero(np.unpackbits(mask, bitorder="little"))
        if matcher.is_error():
            raise self._too_complex()
        if self._space:
            ids = self._spaced(ids.tolist())
        if matcher.is_accepting():
            ids = np.union1d(ids, self._end_ids)
        return torch.from_numpy(ids.astype(np.int64))

    def advance(self, token: int) -> None:
        if token in self._end_ids:
            self._ended = True
            return
        content = self._tokenizer.token_bytes[token]
        assert content is not None
        if self._space:
            self._space = b""
            content = content.removeprefix(b" ")
            if not content:
                return
            token = self._tokenizer.vocabulary.ids[content]
        consumed = self._matcher.consume_token(token)
        if self._matcher.is_error():
            raise self._too_complex()
        assert consumed
        self._said += content

    def forced(self) -> list[int]:
        if self._ended or self._space or self._matcher.is_stopped():
            return []
        return list(self._matcher.compute_ff_tokens())

    def close(self) -> list[int]:
        if self._ended or self._matcher.is_accepting():
            return []
        try:
            return self._grammars.closer.complete(self._matcher, self._said, self._plan)[0]
        except LookupError:
            return []

    def _too_complex(self) -> SchemaUnsupported:
        return SchemaUnsupported(
            f"The schema became too complex after {self._said!r}. Give a simpler pattern."
        )

    def _spaced(self, ids: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The first tokens with the space before them; where it has its own token, that too."""
        tokens, known = self._tokenizer.token_bytes, self._tokenizer.vocabulary.ids
        found = {known.get(b" " + (tokens[i] or b"")) for i in ids} | {known.get(b" ")}
        spaced = sorted(i for i in found if i is not None)
        return np.array(spaced or ids, dtype=np.int64)


class _Grammars:
    """The compiled schemas of one vocabulary; may be used by several threads."""

    def __init__(self, tokenizer: Tokenizer, end_ids: tuple[int, ...]) -> None:
        tokens = tokenizer.token_bytes
        markers = [index for index, content in enumerate(tokens) if content is None]
        spelling = _Spelling(tokenizer, end_ids[0], markers)
        self._tokenizer = LLTokenizer(
            TokenizerWrapper(spelling),
            n_vocab=len(tokens),
            eos_token=list(end_ids),
            slices=LLTokenizer.json_slices(),
        )
        self.closer = Closer(tokens, spelling)
        self._kept: OrderedDict[str, tuple[LLMatcher, Plan]] = OrderedDict()
        self._lock = threading.Lock()

    def compile(
        self, schema: Mapping[str, object], marks: Marks | None = None
    ) -> tuple[LLMatcher, Plan]:
        """A matcher at the start of an answer, and how to complete one."""
        narrowed, text = self._narrow(schema)
        key = f"{marks} {text}"
        with self._lock:
            if key not in self._kept:
                grammar, plan = self._grammar(text), Plan(examples(narrowed))
                if marks is not None:
                    grammar = _between(marks, narrowed, self._instead(marks))
                self._kept[key] = self._compile(grammar, plan)
            self._kept.move_to_end(key)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            matcher, plan = self._kept[key]
            return matcher.deep_copy(), plan

    def _narrow(self, schema: Mapping[str, object]) -> tuple[Mapping[str, object], str]:
        """The schema to hold an answer to, and its text."""
        try:
            narrowed = narrow(schema)
            text = json.dumps(narrowed)
            if "oneOf" in text:
                # Objects without further properties may differ where those with any do not.
                self._grammar(json.dumps(narrow(schema, close=False)))
        except (TypeError, ValueError, RecursionError) as error:
            raise SchemaUnsupported(f"The schema is not plain JSON: {error}.") from None
        return narrowed, text

    def _instead(self, marks: Marks) -> Mapping[str, object] | None:
        """The schema of what may stand in place of the marks and all between them."""
        if marks.schema is None:
            return None
        narrowed, text = self._narrow(marks.schema)
        self._grammar(text)
        return narrowed

    def _compile(self, grammar: str, plan: Plan) -> tuple[LLMatcher, Plan]:
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise SchemaUnsupported(_REFUSED.format(matcher.get_error().split("\n", 1)[0]))
        try:
            return matcher, self.closer.complete(matcher, b"", plan)[1]
        except LookupError as error:
            raise SchemaUnsupported(f"No answer can meet this schema: {error}.") from None

    def _grammar(self, schema: str) -> str:
        """A schema in llguidance's own form. Raises SchemaUnsupported where it has none."""
        if len(schema) > _LARGEST:
            raise SchemaUnsupported(
                f"The schema has {len(schema):,} characters, more than {_LARGEST:,}. Ask for less."
            )
        try:
            grammar = LLMatcher.grammar_from_json_schema(schema, overrides=_WRITTEN)
        except ValueError as error:
            # Half a pair of surrogates, for one, which JSON can name and no text can hold.
            raise SchemaUnsupported(_REFUSED.format(error)) from None
        wrong, messages = LLMatcher.validate_grammar_with_warnings(grammar, self._tokenizer)
        if wrong:
            raise SchemaUnsupported(_REFUSED.format(messages[0]))
        return grammar


def _between(
    marks: Marks, schema: Mapping[str, object], instead: Mapping[str, object] | None
) -> str:
    """A grammar of JSON between marks, in llguidance's form of Lark."""
    rules = [
        f"marked: {json.dumps(marks.before)} body {json.dumps(marks.after)}",
        f"body: %json {_written(schema)}",
    ]
    if not marks.text:
        return "\n".join(["start: marked", *rules, ""])
    if instead is not None:
        return "\n".join(["start: marked | plain", *rules, f"plain: %json {_written(instead)}", ""])
    # Nor with white space, which answers lose: what stands behind it would be taken for a call.
    text = rf"TEXT: /[^{re.escape(marks.before[0])}\s\x1c-\x1f](?s:.)*/"
    return "\n".join(["start: marked | TEXT", *rules, text, ""])


def _written(schema: Mapping[str, object]) -> str:
    return json.dumps({**schema, "x-guidance": _WRITTEN})


class _Spelling:
    """A tokenizer as llguidance asks for it.

    It must not keep the tokenizer alive, which keeps it: llguidance's objects are unknown to
    Python's garbage collector.
    """

    bos_token_id = None

    def __init__(self, tokenizer: Tokenizer, end: int, markers: list[int]) -> None:
        self._tokenizer = weakref.ref(tokenizer)
        self.eos_token_id = end
        self.special_token_ids = markers
        self.tokens = [
            b"<marker %d>" % index if content is None else content
            for index, content in enumerate(tokenizer.token_bytes)
        ]

    def __call__(self, text: bytes) -> list[int]:
        tokenizer = self._tokenizer()
        assert tokenizer is not None
        return tokenizer.encode_on(text.decode())


_made: weakref.WeakKeyDictionary[Tokenizer, dict[tuple[int, ...], _Grammars]] = (
    weakref.WeakKeyDictionary()
)
_making = threading.Lock()


def _grammars(tokenizer: Tokenizer, end_ids: tuple[int, ...]) -> _Grammars:
    """Made when first needed, once a checkpoint: it takes a good part of a second."""
    with _making:
        made = _made.setdefault(tokenizer, {})
        if end_ids not in made:
            made[end_ids] = _Grammars(tokenizer, end_ids)
        return made[end_ids]


__all__ = ["GrammarConstraint", "Marks"]
