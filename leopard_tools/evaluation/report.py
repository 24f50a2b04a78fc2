"""Runs as one HTML page: its figures, and every answer with its pictures and its evidence.

The page needs nothing but itself: pictures stand in it as data, its policy forbids any fetch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from ..types import Box
from .gallery import Gallery, Shown
from .questions import LETTERS, MARK, Question
from .replies import Reply
from .report_tables import (
    benchmarks_table,
    calibration_panel,
    figures_table,
    headline,
    notes,
    settings_table,
    totals_table,
)
from .runfile import unwritable
from .saved import Saved
from .scoring import RIGHT
from .summary import told_and_scored

CITED = 3
"""Citations that are drawn of an answer, the best ones."""


def write_report(runs: Sequence[Saved], out: Path, *, picture_bytes: int = 60_000_000) -> int:
    """Writes a page of one run, or of several benchmarks together.

    Returns how many questions are without pictures, for which was no room. picture_bytes: what all
    pictures may take together; the wrong answers' come first. Raises LeopardError where `out`
    cannot be written.
    """
    gallery = Gallery(picture_bytes)
    entries = [
        Entry(run, question, reply, scores[run.plan.main] or 0.0)
        for run in runs
        for question, reply, scores in zip(run.questions, run.replies, run.scores, strict=True)
    ]
    shown = {id(one): gallery.add(one.question) for one in sorted(entries, key=lambda e: e.score)}
    several = len(runs) > 1
    answers = [
        _answer(one, number, shown[id(one)], gallery, several) for number, one in enumerate(entries)
    ]
    try:
        # What is no text (half a pair of surrogates) is told by its escape, in the data too.
        out.write_text(
            _page(runs, {"answers": answers}, gallery), encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise unwritable(out, error) from None
    return sum(one.dropped for one in shown.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer of a run."""

    run: Saved
    question: Question
    reply: Reply
    score: float


def _page(runs: Sequence[Saved], data: dict[str, object], gallery: Gallery) -> str:
    summaries = [(run, run.summarise()) for run in runs]
    first = runs[0]
    models = list(dict.fromkeys(run.name for run in runs))
    titles = list(dict.fromkeys(run.plan.title for run in runs))
    missing = sum(run.missing for run in runs)
    part = f", {missing} still to ask" if missing else ""
    count = sum(len(run.questions) for run in runs)
    protocols = " and ".join(dict.fromkeys(run.plan.protocol for run in runs))
    told = [told_and_scored(run.replies, run.scores, run.plan.main) for run in runs]
    probabilities = [probability for some, _ in told for probability in some]
    scores = [score for _, some in told for score in some]
    parts = {
        "title": escape(f"{', '.join(titles)}: {', '.join(models)}"),
        "subtitle": escape(f"{count} answers{part}, {protocols} protocol"),
        "headline": headline(summaries[0][1], first) if len(runs) == 1 else "",
        "totals": totals_table(summaries[0][1]) if len(runs) == 1 else benchmarks_table(summaries),
        "figures": "".join(figures_table(summary, run.plan.title) for run, summary in summaries),
        "calibration": calibration_panel(probabilities, scores),
        "settings": "".join(settings_table(run) for run in runs),
        "notes": "".join(notes(summary, run) for run, summary in summaries),
        "css": _asset("report.css"),
        "script": _asset("report.js"),
        "data": _inline(data),
        "pictures": _inline([picture.to_dict() for picture in gallery.pictures]),
    }
    return Template(_asset("report.html")).substitute(parts)


def _asset(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="utf-8")


def _inline(value: object) -> str:
    """JSON that can stand in a script element: nothing in it ends that element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _answer(
    entry: Entry, number: int, shown: Shown, gallery: Gallery, several: bool
) -> dict[str, object]:
    question, reply = entry.question, entry.reply
    lettered = zip(LETTERS, question.choices, strict=False)
    return {
        "number": number,
        "id": question.id,
        "kind": f"{entry.run.plan.title}: {question.kind}" if several else question.kind,
        "question": _told(question.question),
        "accepted": list(question.answers),
        "choices": [f"{letter}. {text}" for letter, text in lettered],
        "text": reply.text,
        "error": reply.error,
        "score": round(entry.score, 4),
        "verdict": _verdict(reply, entry.score),
        "probability": None if reply.probability is None else round(reply.probability, 4),
        "pictures": list(shown.pictures),
        "dropped": shown.dropped,
        "cited": _cited(reply, shown, gallery),
        "known": _known(question, shown, gallery),
    }


def _told(text: str) -> str:
    """A question as it is read on the page: images in front are not mentioned, others are."""
    while text.startswith((MARK, " ")):
        text = text.removeprefix(MARK).lstrip()
    return text.replace(MARK, "[image]").strip()


def _verdict(reply: Reply, score: float) -> str:
    if reply.error is not None:
        return "none"
    return "right" if score >= RIGHT else "partly" if score > 0 else "wrong"


def _cited(reply: Reply, shown: Shown, gallery: Gallery) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for citation in (reply.citations or ())[:CITED]:
        if citation.image < len(shown.pictures):
            box = _percent(citation.box, shown.pictures[citation.image], gallery)
            found.append({"image": citation.image, "box": box, "text": citation.text})
    return found


def _known(question: Question, shown: Shown, gallery: Gallery) -> dict[str, object] | None:
    page, box = question.page, question.box
    if page is None or box is None or page >= len(shown.pictures):
        return None
    return {"image": page, "box": _percent(box, shown.pictures[page], gallery)}


def _percent(box: Box, picture: int, gallery: Gallery) -> list[float]:
    """Left, top, width and height in hundredths of the picture, whatever size it is drawn at."""
    width, height = gallery.pictures[picture].size
    if not width or not height:
        return [0.0, 0.0, 0.0, 0.0]
    sides = (box.left / width, box.top / height, box.width / width, box.height / height)
    return [round(100 * side, 3) for side in sides]


__all__ = ["CITED", "write_report"]
