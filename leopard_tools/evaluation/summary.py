"""Figures of a run with their intervals, as a whole and by kind. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .benchmark import Measures
from .questions import Question
from .replies import Reply
from .statistics import Figure, calibration_error, mean

COSTS = ("seconds", "read_seconds", "prompt_tokens", "completion_tokens")
"""Means a question: seconds leave out reading, which all questions about a picture share."""

CALIBRATION = "calibration_error"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of replies by name; those with nothing to count are left out."""

    questions: int
    found: dict[str, Figure]

    def __getitem__(self, name: str) -> float | None:
        """A figure's value, None where there was nothing to count."""
        figure = self.found.get(name)
        return None if figure is None else figure.value


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run, and of each kind of question in it.

    main: the name of the figure that counts.
    failed: questions without an answer. broken: pictures that are missing or cannot be opened.
    """

    main: str
    names: tuple[str, ...]
    total: Figures
    kinds: dict[str, Figures]
    failed: int = 0
    broken: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """JSON-safe: fractions with four digits, intervals beside them."""
        return {
            "main": self.main,
            "total": self._rounded(self.total),
            "kinds": {kind: self._rounded(figures) for kind, figures in self.kinds.items()},
            "failed": self.failed,
            "broken": list(self.broken),
        }

    def _rounded(self, figures: Figures) -> dict[str, object]:
        values = {
            name: None if (value := figures[name]) is None else round(value, 4)
            for name in self.names
        }
        intervals = {
            name: [round(figure.low, 4), round(figure.high, 4)]
            for name, figure in figures.found.items()
        }
        return {"questions": figures.questions, **values, "intervals": intervals}


def summarise(
    questions: Sequence[Question],
    replies: Sequence[Reply],
    scores: Sequence[Measures],
    *,
    main: str,
    by_kind: bool = False,
    order: Sequence[str] = (),
    texts_alone: bool = False,
) -> Summary:
    """The figures of replies to questions and their scores, pairwise in the same order.

    by_kind: the main figure of the whole is the mean of the kinds' means. order: of the kinds;
    others come after it as they appear. texts_alone: nothing is known of the replies but their
    texts, so that confidence and costs have no figures.
    """
    rows = list(zip(questions, replies, scores, strict=True))
    measured = list(dict.fromkeys(name for one in scores for name in one)) or [main]
    names = (*measured, *(() if texts_alone else (CALIBRATION, *COSTS)))
    present = dict.fromkeys(question.kind for question in questions)
    kinds = [*(kind for kind in order if kind in present), *(k for k in present if k not in order)]
    return Summary(
        main=main,
        names=names,
        total=_figures(rows, names, main, by_kind),
        kinds={
            kind: _figures([row for row in rows if row[0].kind == kind], names, main)
            for kind in kinds
        },
        failed=sum(reply.error is not None for reply in replies),
        broken=tuple(dict.fromkeys(name for reply in replies for name in reply.broken)),
    )


def told_and_scored(
    replies: Sequence[Reply], scores: Sequence[Measures], main: str
) -> tuple[list[float], list[float]]:
    """The probabilities of the replies that have one, and what each was worth, pairwise."""
    pairs = [
        (reply.probability, one[main] or 0.0)
        for reply, one in zip(replies, scores, strict=True)
        if reply.probability is not None
    ]
    return [probability for probability, _ in pairs], [score for _, score in pairs]


def _figures(
    rows: Sequence[tuple[Question, Reply, Measures]],
    names: Sequence[str],
    main: str,
    by_kind: bool = False,
) -> Figures:
    found: dict[str, Figure | None] = {}
    for name in names:
        if name == CALIBRATION:
            found[name] = calibration_error(
                *told_and_scored([reply for _, reply, _ in rows], [one for _, _, one in rows], main)
            )
        elif name in COSTS:
            found[name] = mean([float(getattr(reply, name)) for _, reply, _ in rows])
        else:
            values = [(q.kind, value) for q, _, one in rows if (value := one.get(name)) is not None]
            groups = [kind for kind, _ in values] if by_kind and name == main else ()
            found[name] = mean([value for _, value in values], groups)
    return Figures(len(rows), {name: f for name, f in found.items() if f is not None})


__all__ = ["CALIBRATION", "COSTS", "Figures", "Summary", "summarise", "told_and_scored"]
