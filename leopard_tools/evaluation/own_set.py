"""How the project's own sets are scored: exact match, absences, and where an answer rests."""

from __future__ import annotations

from ..types import Box, Citation
from .benchmark import Measures
from .dataset import IN_TEXT
from .metrics import anls, exact_match, is_absence, open_match
from .questions import Question
from .replies import Reply

MAIN = "right"

COVERED = 0.5
"""A cited box lies over the answer where they share this part of the smaller one's area."""


class OwnScorer:
    """Scores of one reply; None where there is nothing to count.

    `right`: exact match where the question can be answered, an absence where it cannot. `exact`,
    `open` (the published accuracy, containment) and `anls`: of answerable questions;
    `exact_in_text` of those whose answer stands in the text, as `verbatim` needs it.
    `cited_page`, `cited_box`: of exact matches whose place is known and whose citations were
    looked up, 'which image' left out (its answer is a number that stands nowhere); the first
    citation counts. `absent_precision`, `absent_recall`: of saying that the answer is not in the
    images.
    """

    def measure(self, question: Question, reply: Reply) -> Measures:
        right, answerable = is_right(question, reply), question.answerable
        exact = float(right) if answerable else None
        claimed = is_absence(reply.text)
        placed = answerable and right and question.box and question.kind != "which image"
        checked = placed and reply.citations is not None
        return {
            MAIN: float(right),
            "exact": exact,
            "exact_in_text": exact if question.kind in IN_TEXT else None,
            "open": float(open_match(reply.text, question.answers)) if answerable else None,
            "anls": anls(reply.text, question.answers) if answerable else None,
            "cited_page": float(cites_page(question, reply)) if checked else None,
            "cited_box": float(cites_box(question, reply)) if checked else None,
            "absent_precision": float(not answerable) if claimed else None,
            "absent_recall": None if answerable else float(claimed),
        }


def is_right(question: Question, reply: Reply) -> bool:
    """Whether a reply counts as right."""
    if reply.error is not None:
        return False
    if question.answerable:
        return exact_match(reply.text, question.answers)
    return is_absence(reply.text)


def cites_page(question: Question, reply: Reply) -> bool:
    """Whether the first citation is on the page that the answer rests on."""
    return _on_page(question, reply) is not None


def cites_box(question: Question, reply: Reply) -> bool:
    """Whether the first citation lies over the answer."""
    assert question.box is not None
    cited = _on_page(question, reply)
    return cited is not None and _covers(cited, question.box)


def _on_page(question: Question, reply: Reply) -> Citation | None:
    """The first citation, if it is on the page that the answer rests on."""
    first = next(iter(reply.citations or ()), None)
    return first if first is not None and first.image == question.page else None


def _covers(citation: Citation, box: Box) -> bool:
    shared = citation.box.intersection(box)
    smaller = min(_area(citation.box), _area(box))
    return shared is not None and _area(shared) >= COVERED * smaller


def _area(box: Box) -> int:
    return box.width * box.height


__all__ = ["COVERED", "MAIN", "OwnScorer", "cites_box", "cites_page", "is_right"]
