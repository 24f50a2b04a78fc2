"""Two runs question by question: what got better, what got worse, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import LeopardError
from .questions import Question
from .replies import Reply
from .saved import Saved
from .statistics import Figure, difference, mean


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose main score changed."""

    question: Question
    before: Reply
    after: Reply
    change: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the questions that both answered; `difference` is after minus before.

    All three are the means of the kinds' means where both runs' own figures are.
    kinds: the difference in each kind of question. settings: what differs between the runs.
    only_before and only_after: how many questions just one of them answered.
    """

    main: tuple[str, str]
    shared: int
    only_before: int
    only_after: int
    before: Figure
    after: Figure
    difference: Figure
    kinds: dict[str, Figure]
    better: tuple[Flip, ...]
    worse: tuple[Flip, ...]
    settings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe: fractions with four digits."""
        return {
            "main": list(self.main),
            "shared": self.shared,
            "only_before": self.only_before,
            "only_after": self.only_after,
            "before": _rounded(self.before),
            "after": _rounded(self.after),
            "difference": _rounded(self.difference),
            "kinds": {kind: _rounded(figure) for kind, figure in self.kinds.items()},
            "better": [_flip(flip) for flip in self.better],
            "worse": [_flip(flip) for flip in self.worse],
            "settings": list(self.settings),
        }


def compare(before: Saved, after: Saved) -> Comparison:
    """Compares two runs on the questions with the same ids.

    Raises LeopardError where they have none in common, or accept different answers to one.
    """
    earlier, later = _by_id(before), _by_id(after)
    names = [name for name in earlier if name in later]
    if not names:
        raise LeopardError(f"{before.file} and {after.file} answer no question in common.")
    for name in names:
        if earlier[name][0].answers != later[name][0].answers:
            raise LeopardError(
                f"The two runs accept different answers to {name}: {earlier[name][0].answers} and "
                f"{later[name][0].answers}. Run one of them again on the other's data."
            )
    old = [earlier[name][2] for name in names]
    new = [later[name][2] for name in names]
    # Runs under two protocols have a figure in common only question by question.
    by_kind = before.plan.by_kind and after.plan.by_kind
    groups = [later[name][0].kind for name in names] if by_kind else ()
    figures = mean(old, groups), mean(new, groups), difference(old, new, groups)
    assert figures[0] and figures[1] and figures[2]
    flips = [
        Flip(later[n][0], earlier[n][1], later[n][1], later[n][2] - earlier[n][2])
        for n in names
        if later[n][2] != earlier[n][2]
    ]
    return Comparison(
        main=(before.plan.main, after.plan.main),
        shared=len(names),
        only_before=len(earlier) - len(names),
        only_after=len(later) - len(names),
        before=figures[0],
        after=figures[1],
        difference=figures[2],
        kinds=_kinds(names, earlier, later),
        better=tuple(sorted((f for f in flips if f.change > 0), key=lambda f: -f.change)),
        worse=tuple(sorted((f for f in flips if f.change < 0), key=lambda f: f.change)),
        settings=_settings(before, after),
    )


_Scored = dict[str, tuple[Question, Reply, float]]


def _by_id(run: Saved) -> _Scored:
    rows = zip(run.questions, run.replies, run.scores, strict=True)
    return {q.id: (q, reply, scores[run.plan.main] or 0.0) for q, reply, scores in rows}


def _kinds(names: list[str], earlier: _Scored, later: _Scored) -> dict[str, Figure]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(later[name][0].kind, []).append(name)
    found = {
        kind: difference([earlier[n][2] for n in group], [later[n][2] for n in group])
        for kind, group in groups.items()
    }
    return {kind: figure for kind, figure in found.items() if figure is not None}


def _settings(before: Saved, after: Saved) -> tuple[str, ...]:
    if before.settings is None or after.settings is None:
        return ()
    return tuple(before.settings.differences(after.settings))


def _rounded(figure: Figure) -> dict[str, float | int]:
    return {
        "value": round(figure.value, 4),
        "low": round(figure.low, 4),
        "high": round(figure.high, 4),
        "questions": figure.count,
    }


def _flip(flip: Flip) -> dict[str, object]:
    return {
        "id": flip.question.id,
        "question": flip.question.question,
        "answers": list(flip.question.answers),
        "before": flip.before.text,
        "after": flip.after.text,
        "change": round(flip.change, 4),
    }


__all__ = ["Comparison", "Flip", "compare"]
