"""The fixed set that a training run is measured on: what it has not seen, in three senses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from zlib import crc32

from ..variants.nano import Nano
from .contexts import Part, make_context
from .learner import Learner, Outcome
from .packing import Packed, pack
from .runs import Progress

SEED = 990_001
SIZES: dict[Part, int] = {"trained": 14, "layouts": 8, "phrasings": 10}
LONGEST = 2000


class Examination:
    """New contexts of the trained kinds, of layouts kept out, in phrasings kept out.

    `mark` tells whether two examinations asked the same. `before` is called before every context.
    """

    def __init__(
        self,
        nano: Nano,
        sizes: dict[Part, int] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.parts: dict[Part, list[Packed]] = {}
        self.before = before
        for part, count in (sizes or SIZES).items():
            contexts: list[Packed] = []
            number = 0
            while len(contexts) < count:
                packed = pack(nano, make_context(SEED, number, part))
                number += 1
                if len(packed.ids) <= LONGEST:
                    contexts.append(packed)
            self.parts[part] = contexts
        every = [packed.ids.tolist() for group in self.parts.values() for packed in group]
        self.mark = f"{crc32(repr(every).encode()):08x}"

    def row(self, learner: Learner, progress: Progress) -> dict[str, object]:
        """A line of the curve: shares of questions answered exactly, all, by part and by kind."""
        outcomes: dict[Part, list[Outcome]] = defaultdict(list)
        for part, contexts in self.parts.items():
            for packed in contexts:
                self.before()
                outcomes[part] += learner.evaluate(packed)
        kinds: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in (outcome for group in outcomes.values() for outcome in group):
            kinds[outcome.kind].append(outcome)
        return {
            "set": self.mark,
            "minutes": round(progress.seconds / 60, 1),
            "steps": progress.steps,
            "tokens": progress.tokens,
            "questions": progress.questions,
            "accuracy": _share([outcome for group in outcomes.values() for outcome in group]),
            "asked": sum(len(group) for group in outcomes.values()),
            "parts": {part: _share(group) for part, group in outcomes.items()},
            "kinds": {kind: [_share(kinds[kind]), len(kinds[kind])] for kind in sorted(kinds)},
        }

    def describe(self, learner: Learner, progress: Progress) -> str:
        """The same for a person."""
        return "\n".join(f"{name}: {value}" for name, value in self.row(learner, progress).items())


def _share(outcomes: Iterable[Outcome]) -> float:
    rights = [outcome.right for outcome in outcomes]
    return round(sum(rights) / max(1, len(rights)), 4)
