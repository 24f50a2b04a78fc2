"""MP-DocVQA (arXiv 2212.05935): questions about documents of up to 20 pages.

Layout (RRC): val.json with data[] of questionId, question, page_ids, answers; images/PAGE_ID.jpg.
"""

from __future__ import annotations

from pathlib import Path

from ..benchmark import Benchmark, Protocol
from ..layouts import read_json
from ..questions import MARK, Question
from .common import by_anls


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """All pages of a document in order; the published prompt has their marks in front."""
    questions = []
    for number, record in enumerate(read_json(folder / "val.json", under="data")):
        pages = record.texts("page_ids")
        front = f"{MARK * len(pages)} " if protocol == "published" else ""
        name = record.fields.get("questionId", number)
        questions.append(
            Question(
                id=f"mpdocvqa-{name}",
                images=tuple(folder / "images" / f"{page}.jpg" for page in pages),
                question=front + record.text("question"),
                answers=tuple(record.texts("answers")),
                kind="1 page" if len(pages) == 1 else "several pages",
                page=_page(record.fields.get("answer_page_idx"), len(pages)),
            )
        )
    return questions


def _page(value: object, pages: int) -> int | None:
    return value if isinstance(value, int) and 0 <= value < pages else None


BENCHMARK = Benchmark(
    name="mpdocvqa",
    title="MP-DocVQA",
    read=read,
    measure=by_anls,
    figure="anls",
    files=("val.json", "images"),
    published_figure="anls",
    with_anls=True,
    paper={"idefics2": 66.06, "llava": 57.56},
)
