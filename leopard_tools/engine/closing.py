"""Completes JSON that was cut short: the least that its grammar still asks for.

A search over bytes. Within a number or string it is best-first, so that any pattern is met; at
the end of each it commits, so that the work grows with the length of what is missing and no more.
What is likely to be shortest and to claim least comes first: closers, null, zero, false, "".
"""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from llguidance import LLMatcher

MOST_TOKENS = 4096
"""Tokens that a completion may have; a schema whose smallest answer is longer is refused."""
_DEEPEST = 64
"""Levels that a completion may open: more are a recursion without end."""
_ORDERS = 16
"""Orders of equal choices that are tried, should the first ones lead into such a recursion."""
_MOST_STEPS = 4_000
"""Steps of a search: half a second where nothing else runs. It keeps all requests waiting."""
_EXAMPLE = 1.9
"""Cost of an example of a pattern: a little less than a letter, so that not all are tried first."""
_MOST_RESTS = 64
"""Places that are tried for the rest of an example: an answer may be cut within a character."""
_RUNS = tuple(2**n for n in range(1, 11))
"""Lengths of runs of the cheapest letter, for texts that must be long: letter by letter the search
would try what else could stand at each place."""
_RUN = 0.3
"""Cost of a run."""
_AGAIN = 100.0
"""Added to the cost of a byte after which the same may follow as after one seen before it."""

_COSTS = (
    dict.fromkeys(b"}]", 0.0)
    | {ord(","): 0.5, ord("n"): 1.0, ord("["): 5.0, ord("{"): 6.0}
    | dict.fromkeys(b"0f", 2.0)
    | dict.fromkeys(b'"123456789t', 2.5)
)
_COSTS_IN_STRING = {ord('"'): 0.0, ord("-"): 1.5, ord(" "): 3.0, ord("\\"): 6.0}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in JSON's syntax a text stands."""

    in_string: bool = False
    escaped: bool = False
    depth: int = 0
    ends: int = 0

    def after(self, content: bytes) -> _Place:
        in_string, escaped, depth, ends = self.in_string, self.escaped, self.depth, self.ends
        for byte in content:
            if in_string:
                ends += byte == ord('"') and not escaped
                in_string = escaped or byte != ord('"')
                escaped = byte == ord("\\") and not escaped
            else:
                in_string = byte == ord('"')
                depth += (byte in b"[{") - (byte in b"]}")
                ends += byte in b'[{]},"'
        return _Place(in_string, escaped, depth, ends)

    def cost(self, byte: int) -> float:
        if self.in_string and not self.escaped:
            return _COSTS_IN_STRING.get(byte, 2.0 if byte < 128 else 6.0)
        return _COSTS.get(byte, 3.0)


_Step = tuple[float, tuple[int, ...], bytes]
"""What may come next: its cost, its tokens and their bytes."""


@dataclass(slots=True, eq=False)
class _Node:
    """A state that the search reached: what was said since it began, and where that stands."""

    matcher: LLMatcher
    place: _Place
    path: tuple[int, ...]
    steps: list[_Step] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def after(self, tokens: tuple[int, ...], content: bytes) -> _Node:
        matcher = self.matcher.deep_copy()
        matcher.consume_tokens(list(tokens))
        return _Node(matcher, self.place.after(content), self.path + tokens)


@dataclass(frozen=True, slots=True)
class Plan:
    """What helps to complete answers to one schema.

    examples: texts that match its patterns, for those whose end no single letter brings nearer.
    order: which of the choices that cost the same come first.
    """

    examples: tuple[str, ...] = ()
    order: int = 0


class Closer:
    """Completes answers in one vocabulary.

    tokens: the bytes of each id (see Tokenizer.token_bytes). spell: the ids of UTF-8 text.
    """

    def __init__(self, tokens: Sequence[bytes | None], spell: Callable[[bytes], list[int]]) -> None:
        self._tokens = tokens
        self._spell = spell
        # Of two tokens of one byte the later is the one that the tokenizer uses.
        single = {c[0]: index for index, c in enumerate(tokens) if c is not None and len(c) == 1}
        self._bytes = np.array(list(single))
        self._ids = np.array(list(single.values()))
        self._runs = self._spelled(_RUN, [b"-" * length for length in _RUNS])

    def complete(self, matcher: LLMatcher, said: bytes, plan: Plan) -> tuple[list[int], Plan]:
        """Tokens that complete what `matcher` stands at, after the text `said`.

        Gives the plan with the order that they were found with, which is worth trying first when
        an answer to the same schema is completed again. Raises LookupError where none are found.
        """
        search = _Search(self._tokens, self._bytes, self._ids, self._examples(plan), self._runs)
        start = _Node(matcher, _Place().after(said), ())
        for order in range(plan.order, plan.order + _ORDERS):
            found = search.complete(start, order % _ORDERS)
            if found is not None:
                return self._respelled(matcher, found), replace(plan, order=order % _ORDERS)
        raise LookupError("it asks for itself without end")

    def _examples(self, plan: Plan) -> list[_Step]:
        """The examples as steps within a string, written as JSON writes them."""
        written = [json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in plan.examples]
        return self._spelled(_EXAMPLE, written)

    def _spelled(self, cost: float, texts: Sequence[bytes]) -> list[_Step]:
        """Texts as steps; without those that the vocabulary has no tokens for."""
        spelled = [(cost, tuple(self._spell(text)), text) for text in texts]
        return [step for step in spelled if _join(self._tokens, step[1]) == step[2]]

    def _respelled(self, matcher: LLMatcher, path: tuple[int, ...]) -> list[int]:
        """The same text in the tokens that the tokenizer would have for it."""
        content = _join(self._tokens, path)
        try:
            ids = self._spell(content)
        except UnicodeDecodeError:
            # It begins within a character.
            return list(path)
        same = _join(self._tokens, ids) == content
        return ids if same and matcher.deep_copy().validate_tokens(ids) == len(ids) else list(path)


class _Search:
    """One search, which gives up after a number of steps."""

    def __init__(
        self,
        tokens: Sequence[bytes | None],
        single_bytes: npt.NDArray[np.int64],
        single_ids: npt.NDArray[np.int64],
        examples: Sequence[_Step],
        runs: Sequence[_Step],
    ) -> None:
        self._tokens = tokens
        self._bytes = single_bytes
        self._ids = single_ids
        self._examples = examples
        self._runs = runs
        self._single = dict(zip(single_bytes.tolist(), single_ids.tolist(), strict=True))
        self._left = _MOST_STEPS
        self._rests_left = 0

    def complete(self, start: _Node, order: int) -> tuple[int, ...] | None:
        """The tokens of a completion; None where this order leads into a recursion."""
        node = start
        while not node.matcher.is_accepting():
            node = self._next_end(node, order)
            if len(node.path) > MOST_TOKENS:
                raise LookupError(f"it asks for more than {MOST_TOKENS:,} tokens")
            if node.place.depth > start.place.depth + _DEEPEST:
                return None
        return node.path

    def _next_end(self, base: _Node, order: int) -> _Node:
        """The cheapest way on to the next end: of a string, a list, an object or the answer."""
        # Cost, number (so that nodes are never compared), node, which of its steps, seen before.
        heap: list[tuple[float, int, _Node, int, bool]] = []
        number = itertools.count()

        def push(cost: float, node: _Node, step: int, again: bool = False) -> None:
            if step < len(node.steps):
                heapq.heappush(heap, (cost + node.steps[step][0], next(number), node, step, again))

        # A string that the search itself begins has room for whole examples.
        self._rests_left = _MOST_RESTS if base.place.in_string else 0
        base.steps, base.seen = self._steps(base, base.matcher.compute_bitmask(), order), set()
        push(0.0, base, 0)
        while heap:
            self._left -= 1
            if self._left < 0:
                raise LookupError(f"no answer was found in {_MOST_STEPS:,} steps")
            cost, _, parent, step, again = heapq.heappop(heap)
            extra, tokens, content = parent.steps[step]
            if not again:
                push(cost - extra, parent, step + 1)
            node = parent.after(tokens, content)
            if node.matcher.is_error():
                continue
            if node.place.ends > base.place.ends or node.matcher.is_accepting():
                return node
            mask = node.matcher.compute_bitmask()
            if not again and mask in parent.seen:
                push(cost - extra + _AGAIN, parent, step, True)
                continue
            parent.seen.add(mask)
            node.steps = self._steps(node, mask, order)
            push(cost, node, 0)
        raise LookupError("nothing can follow")

    def _steps(self, node: _Node, mask: bytes, order: int) -> list[_Step]:
        """What may come next, the cheapest first. What must come costs nothing."""
        if forced := node.matcher.compute_ff_tokens():
            ids = tuple(forced[: MOST_TOKENS + 1])
            return [(0.0, ids, _join(self._tokens, ids))]
        bits: npt.NDArray[np.uint8] = np.frombuffer(mask, np.uint8)
        found = (bits[self._ids >> 3] >> (self._ids & 7) & 1).astype(bool)
        steps: list[tuple[float, int, tuple[int, ...], bytes]] = [
            (node.place.cost(byte), byte * (2 * order + 1) % 256, (index,), bytes([byte]))
            for byte, index in zip(
                self._bytes[found].tolist(), self._ids[found].tolist(), strict=True
            )
        ]
        if not steps:
            # The vocabulary has no token for the byte alone.
            allowed = np.flatnonzero(np.unpackbits(bits, bitorder="little"))[:256].tolist()
            steps = [
                (node.place.cost(content[0]), len(content), (index,), content)
                for index in allowed
                if index < len(self._tokens) and (content := self._tokens[index])
            ]
        if len(steps) == 1:
            return [(0.0, steps[0][2], steps[0][3])]
        ordered: list[_Step] = [(cost, ids, content) for cost, _, ids, content in sorted(steps)]
        if node.place.in_string and not node.place.escaped:
            fit = [
                e for e in self._examples if node.matcher.validate_tokens(list(e[1])) == len(e[1])
            ]
            if self._rests_left > 0:
                self._rests_left -= 1
                fit += self._rest(node)
            if all(content != b'"' for _, _, content in ordered):
                fit += self._run(node)
            ordered = sorted([*ordered, *fit], key=lambda step: step[0])
        return ordered

    def _rest(self, node: _Node) -> list[_Step]:
        """The rest of an example, where what was said is like its beginning; with the end quote."""
        for _, _, example in self._examples:
            for start in range(1, len(example)):
                content = example[start:] + b'"'
                ids = tuple(self._single.get(byte, -1) for byte in content)
                if min(ids) >= 0 and node.matcher.validate_tokens(list(ids)) == len(ids):
                    return [(_EXAMPLE, ids, content)]
        return []

    def _run(self, node: _Node) -> list[_Step]:
        """The shortest run after which the string may end, or else the longest that may stand."""
        longest: list[_Step] = []
        for step in self._runs:
            after = node.matcher.deep_copy()
            if after.consume_tokens(list(step[1])) is False or after.is_error():
                break
            longest = [step]
            mask = np.frombuffer(after.compute_bitmask(), np.uint8)
            quote = self._single.get(ord('"'))
            if quote is not None and mask[quote >> 3] >> (quote & 7) & 1:
                break
        return longest


def _join(tokens: Sequence[bytes | None], ids: Sequence[int]) -> bytes:
    return b"".join(tokens[index] or b"" for index in ids)


__all__ = ["MOST_TOKENS", "Closer", "Plan"]
