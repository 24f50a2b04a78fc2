"""DocVQA (arXiv 2007.00398): questions about one page.

Layout (RRC): val_v1.0_withQT.json with data[] of questionId, question, image, answers,
question_types; images/, where the loader cuts "documents/" off the names.
"""

from __future__ import annotations

from pathlib import Path

from ..benchmark import Benchmark, Protocol
from ..layouts import read_json
from ..questions import MARK, Question
from .common import by_anls


def read(folder: Path, protocol: Protocol) -> list[Question]:
    questions = []
    for number, record in enumerate(read_json(folder / "val_v1.0_withQT.json", under="data")):
        name = record.text("image").replace("documents/", "")
        places = (folder / "images" / name, folder / "documents" / name)
        picture = next((place for place in places if place.is_file()), places[0])
        front = f"{MARK} " if protocol == "published" else ""
        kinds = record.texts("question_types") if "question_types" in record.fields else []
        questions.append(
            Question(
                id=f"docvqa-{record.fields.get('questionId', number)}",
                images=(picture,),
                question=front + record.text("question"),
                answers=tuple(record.texts("answers")),
                kind=kinds[0] if kinds else "page",
            )
        )
    return questions


BENCHMARK = Benchmark(
    name="docvqa",
    title="DocVQA",
    read=read,
    measure=by_anls,
    figure="anls",
    files=("val_v1.0_withQT.json",),
    with_anls=True,
    paper={"idefics2": 74.79, "llava": 68.07},
)
