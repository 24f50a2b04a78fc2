"""Counts how good a run's replies are, as a whole and by kind. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from ..types import Box, Citation
from .dataset import IN_TEXT, KINDS, Question
from .metrics import anls, exact_match, is_absence, open_match
from .run import Reply

BINS = 10
"""Equal parts of the confidence from 0 to 1 for the calibration error."""

COVERED = 0.5
"""A cited box lies over the answer where they share this part of the smaller one's area."""

Scored = tuple[Question, Reply]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of replies; None where the group has nothing to count.

    `right`: exact match where the question can be answered, an absence where it cannot. `exact`,
    `open` (the published accuracy, containment) and `anls`: over answerable questions;
    `exact_in_text` over those whose answer stands in the text, as `verbatim` needs it.
    `cited_page`, `cited_box`: over exact matches whose place is known, 'which image' left out
    (its answer is a number that stands nowhere); the first citation counts. `absent_precision`,
    `absent_recall`: of saying that the answer is not in the images. `calibration_error`: expected
    |right - confidence| in `BINS` bins. Seconds (without reading) and tokens are means a question,
    `read_seconds` those of reading, shared by all questions about a picture.
    """

    questions: int
    right: float | None
    exact: float | None
    exact_in_text: float | None
    open: float | None
    anls: float | None
    cited_page: float | None
    cited_box: float | None
    absent_precision: float | None
    absent_recall: float | None
    calibration_error: float | None
    seconds: float | None
    read_seconds: float | None
    prompt_tokens: float | None
    completion_tokens: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run, and of each kind of question in it."""

    total: Figures
    kinds: dict[str, Figures]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe: fractions with four digits."""
        kinds = {kind: _rounded(figures) for kind, figures in self.kinds.items()}
        return {"total": _rounded(self.total), "kinds": kinds}


def summarise(questions: Sequence[Question], replies: Sequence[Reply]) -> Summary:
    """The figures of replies to questions, pairwise in the same order."""
    scored = list(zip(questions, replies, strict=True))
    present = [kind for kind in KINDS if any(q.kind == kind for q, _ in scored)]
    kinds = {kind: figures([pair for pair in scored if pair[0].kind == kind]) for kind in present}
    return Summary(figures(scored), kinds)


def is_right(question: Question, reply: Reply) -> bool:
    """Whether a reply counts as right."""
    if reply.error is not None:
        return False
    if question.answerable:
        return exact_match(reply.text, question.answers)
    return is_absence(reply.text)


def figures(scored: Sequence[Scored]) -> Figures:
    """The figures of one group."""
    answerable = [pair for pair in scored if pair[0].answerable]
    absent = [pair for pair in scored if not pair[0].answerable]
    claimed = [pair for pair in scored if is_absence(pair[1].text)]
    placed = [(q, r) for q, r in answerable if q.box and q.kind != "which image" and is_right(q, r)]

    def cost(of: Callable[[Reply], float]) -> float | None:
        return _mean(of(reply) for _, reply in scored)

    return Figures(
        questions=len(scored),
        right=_mean(is_right(q, r) for q, r in scored),
        exact=_mean(is_right(q, r) for q, r in answerable),
        exact_in_text=_mean(is_right(q, r) for q, r in answerable if q.kind in IN_TEXT),
        open=_mean(open_match(r.text, q.answers) for q, r in answerable),
        anls=_mean(anls(r.text, q.answers) for q, r in answerable),
        cited_page=_mean(_cites_page(q, r) for q, r in placed),
        cited_box=_mean(_cites_box(q, r) for q, r in placed),
        absent_precision=_mean(not q.answerable for q, _ in claimed),
        absent_recall=_mean(is_absence(r.text) for _, r in absent),
        calibration_error=_calibration_error(scored),
        seconds=cost(lambda reply: reply.seconds),
        read_seconds=cost(lambda reply: reply.read_seconds),
        prompt_tokens=cost(lambda reply: reply.prompt_tokens),
        completion_tokens=cost(lambda reply: reply.completion_tokens),
    )


def _cites_page(question: Question, reply: Reply) -> bool:
    return bool(reply.citations) and reply.citations[0].image == question.page


def _cites_box(question: Question, reply: Reply) -> bool:
    assert question.box is not None
    return _cites_page(question, reply) and _covers(reply.citations[0], question.box)


def _covers(citation: Citation, box: Box) -> bool:
    shared = citation.box.intersection(box)
    smaller = min(_area(citation.box), _area(box))
    return shared is not None and _area(shared) >= COVERED * smaller


def _area(box: Box) -> int:
    return box.width * box.height


def _calibration_error(scored: Sequence[Scored]) -> float | None:
    """The mean gap between confidence and share of right answers, weighted by the bins' sizes."""
    if not scored:
        return None
    bins: dict[int, list[Scored]] = {}
    for question, reply in scored:
        bins.setdefault(min(BINS - 1, int(reply.confidence * BINS)), []).append((question, reply))
    gaps = (
        abs(sum(is_right(q, r) for q, r in group) - sum(r.confidence for _, r in group))
        for group in bins.values()
    )
    return sum(gaps) / len(scored)


def _mean(values: Iterable[float]) -> float | None:
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else None


def _rounded(figures: Figures) -> dict[str, float | int | None]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }


__all__ = ["BINS", "COVERED", "Figures", "Summary", "figures", "is_right", "summarise"]
