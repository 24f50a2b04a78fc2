"""The fixed set that a training run is measured on: what it has not seen, in several senses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Literal
from zlib import crc32

from ..variants.nano import NanoPrompts
from .contexts import make_context
from .dialogues import make_dialogue
from .learner import Learner, Outcome
from .packing import Packed, pack
from .runs import Progress
from .samples import Sample
from .written.stock import draw_context, draw_dialogue

SEED = 990_001
Part = Literal["trained", "layouts", "phrasings", "written", "tools", "written tools"]
SIZES: dict[Part, int] = {
    "trained": 6, "layouts": 5, "phrasings": 6, "written": 24, "tools": 6, "written tools": 12,
}  # fmt: skip
TOOLS = ("tools", "written tools")
LONGEST = 2000


class Examination:
    """New contexts of the trained kinds, of layouts kept out, in phrasings kept out, and dialogues
    with tools kept out; of both kinds also some that were written one by one.

    `mark` tells whether two examinations asked the same. `before` is called before every context.
    """

    def __init__(
        self,
        nano: NanoPrompts,
        sizes: dict[Part, int] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.parts: dict[Part, list[Packed]] = {}
        self.before = before
        for part, size in (sizes or SIZES).items():
            found = (pack(nano, sample) for sample in _samples(part))
            short = (packed for packed in found if len(packed.ids) <= LONGEST)
            self.parts[part] = [next(short) for _ in range(size)]
        every = [packed.ids.tolist() for group in self.parts.values() for packed in group]
        self.mark = f"{crc32(repr(every).encode()):08x}"

    def row(self, learner: Learner, progress: Progress) -> dict[str, object]:
        """A line of the curve: shares of questions answered exactly, all, by part and by kind.

        Of a call, whether there is one and of which tool is one question, its arguments are
        another. Dialogues do not count for `accuracy`: the short answers decide which adapter is
        the best.
        """
        outcomes: dict[Part, list[Outcome]] = defaultdict(list)
        for part, contexts in self.parts.items():
            for packed in contexts:
                self.before()
                outcomes[part] += learner.evaluate(packed)
        short = [o for part, group in outcomes.items() if part not in TOOLS for o in group]
        kinds: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in (outcome for group in outcomes.values() for outcome in group):
            kinds[outcome.kind].append(outcome)
        return {
            "set": self.mark,
            "minutes": round(progress.seconds / 60, 1),
            "steps": progress.steps,
            "tokens": progress.tokens,
            "questions": progress.questions,
            "accuracy": _share(short),
            "asked": len(short),
            "parts": {part: _share(group) for part, group in outcomes.items()},
            "kinds": {kind: [_share(kinds[kind]), len(kinds[kind])] for kind in sorted(kinds)},
        }

    def describe(self, learner: Learner, progress: Progress) -> str:
        """The same for a person."""
        return "\n".join(f"{name}: {value}" for name, value in self.row(learner, progress).items())


def _samples(part: Part) -> Iterator[Sample]:
    """The samples of one part, without end."""
    for number in count():
        if part == "tools":
            yield make_dialogue(SEED, number, held=True)
        elif part == "written tools":
            yield draw_dialogue(SEED, number, held=True)
        elif part == "written":
            yield draw_context(SEED, number, held=True)
        else:
            yield make_context(SEED, number, part)


def _share(outcomes: Iterable[Outcome]) -> float:
    rights = [outcome.right for outcome in outcomes]
    return round(sum(rights) / max(1, len(rights)), 4)
