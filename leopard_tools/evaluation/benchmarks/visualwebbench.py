"""VisualWebBench (arXiv 2404.05955): seven tasks on screenshots of web pages.

Layout (hub): TASK/test-*.parquet with id, task_type, image, answer and what the task needs
(instruction, options, elem_desc, question).
"""

from __future__ import annotations

from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Row, found_files, letter_of, read_parquet
from ..overlap import rouge_1, rouge_l
from ..prompts import published_options, with_choices
from ..questions import LETTERS, MARK, Question, Sort
from .common import by_letter

TASKS = (
    *("action_ground", "action_prediction", "element_ground", "element_ocr"),
    *("heading_ocr", "web_caption", "webqa"),
)
DRAWN = tuple("ABCDEFGH")
"""The letters drawn in the pictures of both grounding tasks."""

_LABELLED = (
    "In this website screenshot, I have labeled IDs for some HTML elements as candidates. "
    "Tell me which one {wanted}\n"
)
_IN_A_LETTER = (
    "You should directly tell me your choice in a single uppercase letter, and do not output any "
    "explanation or any other contents."
)
_BOXED = "You are given a screenshot of a webpage with a red rectangle bounding box."


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """All tasks in their order; both protocols ask with the loader's wording."""
    questions = []
    for task in TASKS:
        for row in read_parquet(found_files(folder, f"{task}/test-*.parquet")):
            questions.append(_question(row, task, protocol))
    return questions


def _question(row: Row, task: str, protocol: Protocol) -> Question:
    text, sort, choices = _text(row, task, protocol)
    picture = row.picture("image")
    chosen = sort == "multiple-choice"
    answers = [letter_of(row.number("answer"), LETTERS, row)] if chosen else row.texts("answer")
    return Question(
        id=f"visualwebbench-{row.text('id')}",
        images=(picture,) if picture else (),
        question=f"{MARK} {text}" if protocol == "published" else text,
        answers=tuple(answers),
        kind=task,
        sort=sort,
        choices=choices,
        # The texts say themselves how to answer.
        instruction="",
    )


def _text(row: Row, task: str, protocol: Protocol) -> tuple[str, Sort, tuple[str, ...]]:
    if task == "action_ground":
        wanted = f"I should click to complete the following task: {row.text('instruction')}"
        return _LABELLED.format(wanted=wanted) + _IN_A_LETTER, "multiple-choice", DRAWN
    if task == "element_ground":
        wanted = f"best matches the description: {row.text('elem_desc')}"
        return _LABELLED.format(wanted=wanted) + _IN_A_LETTER, "multiple-choice", DRAWN
    if task == "action_prediction":
        choices = tuple(row.texts("options"))
        stem = (
            f"{_BOXED} Please select the best webpage description that matches the new webpage "
            "after clicking the selected element in the bounding box.\nChoices:"
        )
        block = f"{stem}\n{published_options(choices)}"
        listed = block if protocol == "published" else with_choices(stem, choices)
        return f"{listed}\n{_IN_A_LETTER}", "multiple-choice", choices
    if task == "element_ocr":
        text = (
            f"{_BOXED}\nPlease perform OCR in the bounding box and recognize the text content "
            "within the red bounding box."
        )
        return text, "captioning", ()
    if task == "heading_ocr":
        text = (
            "You are given a screenshot of a webpage. Please generate the main text within the "
            "screenshot, which can be regarded as the heading of the webpage.\n\nYou should "
            "directly tell me the main content, and do not output any explanation or any other "
            "contents."
        )
        return text, "captioning", ()
    if task == "web_caption":
        # The loader's quotes after content= meet those of its own string and vanish.
        text = (
            "You are given a screenshot of a webpage. Please generate the meta web description "
            "information of this webpage, i.e., content attribute in <meta name='description' "
            "content=> HTML element.\n\n"
        )
        return text, "captioning", ()
    text = (
        f"{row.text('question')}\nYou should directly tell me your answer in the fewest words "
        "possible, and do not output any explanation or any other contents."
    )
    return text, "webqa", ()


def measure(question: Question, reply: str) -> Measures:
    """Accuracy of letters, ROUGE-L of texts, the best ROUGE-1 of answers; case counts."""
    if question.choices:
        return {"score": by_letter(question, reply)}
    if question.sort == "webqa":
        return {"score": max(rouge_1(reply, answer) for answer in question.answers)}
    return {"score": rouge_l(reply, question.answers[0])}


BENCHMARK = Benchmark(
    name="visualwebbench",
    title="VisualWebBench",
    read=read,
    measure=measure,
    figure="score",
    files=("webqa/test-*.parquet", "element_ocr/test-*.parquet"),
    by_kind=True,
)
