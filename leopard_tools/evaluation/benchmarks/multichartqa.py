"""MultiChartQA (arXiv 2410.14179): questions about two or three charts.

Layout (Zivenzhu/Multi-chart-QA): data/SET/chart-path_and_question-answer_pair.json with id, image
(paths from the repository's root), question (options and the form of the answer in it), answer,
type (open-ended or multiple-choice), task.
"""

from __future__ import annotations

from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Record, found_files, read_json
from ..letters import published_letter
from ..metrics import open_match, relaxed_match
from ..questions import Question

FILE = "chart-path_and_question-answer_pair.json"
CHOICES = ("A", "B", "C", "D")


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The questions of all sets, by the sets' names.

    The published loader never empties its list of charts inside a set, and all questions of a set
    share that one list: each is asked with the charts of all questions before and after it.
    """
    questions = []
    for file in found_files(folder, f"data/*/{FILE}", f"*/{FILE}"):
        records = read_json(file)
        everything = [chart for record in records for chart in _charts(folder, record)]
        for number, record in enumerate(records):
            charts = everything if protocol == "published" else _charts(folder, record)
            chosen = record.text("type") == "multiple-choice"
            task = str(record.fields.get("task", record.text("type")))
            questions.append(
                Question(
                    id=f"multichartqa-{file.parent.name}-{record.fields.get('id', number)}",
                    images=tuple(charts),
                    question=record.text("question"),
                    answers=(record.text("answer"),),
                    kind=task.partition("/")[0],
                    sort="multiple-choice" if chosen else "open-ended",
                    choices=CHOICES if chosen else (),
                )
            )
    return questions


def _charts(folder: Path, record: Record) -> list[Path]:
    return [folder / name.replace("\\", "/") for name in record.texts("image")]


def measure(question: Question, reply: str) -> Measures:
    """Its own accuracy: the letter, or containment of the answer or of one of its parts.

    Beside it: how many parts of the answer are right within 5 %.
    """
    parts = [part.strip() for part in question.answers[0].split(";")]
    if question.choices:
        letter = published_letter(reply, [f"Answer: {x}" for x in CHOICES], "idefics2", None)
        return {"accuracy": float(letter in parts), "relaxed": float(letter in parts)}
    right = open_match(reply, question.answers) or open_match(reply, parts)
    tail = reply.rpartition("Answer:")[2]
    found = [part.strip() for part in tail.split(";")]
    pairs = zip(found, parts, strict=False)
    near = sum(relaxed_match(one, [other]) for one, other in pairs) / len(parts)
    return {"accuracy": float(right), "relaxed": near}


BENCHMARK = Benchmark(
    name="multichartqa",
    title="MultiChartQA",
    read=read,
    measure=measure,
    figure="accuracy",
    files=(f"data/*/{FILE}",),
    paper={"idefics2": 18.03, "llava": 14.30},
)
