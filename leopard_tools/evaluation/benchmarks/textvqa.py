"""TextVQA (arXiv 1904.08920): text in photographs, ten people's answers a question.

Layout: TextVQA_0.5.1_val.json with data[] of question_id, image_id, question, answers;
train_images/IMAGE_ID.jpg.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import read_json
from ..metrics import exact_match
from ..questions import MARK, Question

ENOUGH = 3
"""A reply that so many people gave counts whole."""

_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
} | {"none": "0"}
_ARTICLES = frozenset({"a", "an", "the"})
_MARKS = ';/[]"{}()=+\\_-><@`!'
_POINT = re.compile(r"\.(?!\d)")


def read(folder: Path, protocol: Protocol) -> list[Question]:
    questions = []
    for number, record in enumerate(read_json(folder / "TextVQA_0.5.1_val.json", under="data")):
        name = f"{record.text('image_id')}.jpg"
        places = (folder / "train_images" / name, folder / "images" / "train_images" / name)
        front = f"{MARK} " if protocol == "published" else ""
        questions.append(
            Question(
                id=f"textvqa-{record.fields.get('question_id', number)}",
                images=(next((p for p in places if p.is_file()), places[0]),),
                question=front + record.text("question"),
                answers=tuple(record.texts("answers")),
                kind="photograph",
            )
        )
    return questions


def measure(question: Question, reply: str) -> Measures:
    return {
        "vqa accuracy": vqa_accuracy(reply, question.answers),
        "exact": float(exact_match(reply, question.answers)),
    }


def vqa_accuracy(reply: str, answers: tuple[str, ...]) -> float:
    """min(1, how many others gave it / 3), the mean of leaving each of the answers out.

    Texts are compared as `normalised` has them.

    >>> round(vqa_accuracy("Two", ("2",) * 3 + ("3",) * 7), 3)
    0.9
    """
    same = Counter(map(normalised, answers))[normalised(reply)]
    left_out = [min(1.0, (same - 1) / ENOUGH)] * same
    kept = [min(1.0, same / ENOUGH)] * (len(answers) - same)
    return sum(left_out + kept) / len(answers) if answers else 0.0


def normalised(text: str) -> str:
    """A text as TextVQA's evaluation compares it (EvalAIAnswerProcessor of facebookresearch/mmf).

    Without case, articles, commas, question marks and points that end something; other marks part
    words, or vanish where one of their kind stands beside a space. Number words are numbers; signs
    such as $, % and : stay. Its list of contractions without apostrophes is not applied.

    >>> normalised("The price: $1,000."), normalised("Ten-speed (blue)")
    ('price: $1000', '10 speed blue')
    """
    text = " ".join(text.lower().replace(",", "").replace("?", "").replace("'s", " 's").split())
    plain = text
    for mark in _MARKS:
        beside_a_space = f"{mark} " in text or f" {mark}" in text
        plain = plain.replace(mark, "" if beside_a_space else " ")
    words = (_NUMBERS.get(word, word) for word in _POINT.sub("", plain).split())
    return " ".join(word for word in words if word not in _ARTICLES)


BENCHMARK = Benchmark(
    name="textvqa",
    title="TextVQA",
    read=read,
    measure=measure,
    figure="vqa accuracy",
    files=("TextVQA_0.5.1_val.json",),
    paper={"idefics2": 80.40, "llava": 67.70},
)
