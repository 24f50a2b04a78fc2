"""MIRB (arXiv 2406.12742): questions that need several pictures at once.

Layout: TASK.json files with questions, answers, images (paths from the folder). Its folder looks
like no other, so it is named: --benchmark mirb.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Record, found_files, read_json
from ..questions import LETTERS, MARK, Question

CHOICES = ("A", "B", "C", "D")
COUNTED = frozenset(
    {"count", "visual_chain", "3d_scene", "3d_scene_concat", "count_concat", "image_needles_concat"}
)
YES_NO = frozenset({"analogy", "attribute"})
CONTAINED = frozenset({"sightseeing"})

_WORD = "Answer with a single word."
_SYMBOL = "Answer with the option symbol."
_TITLE = "Answer with the paper title."
_NUMBER = "Answer with a single number."
_SCENE = f"The following images are different views of the same 3D scene. {_NUMBER}"
INSTRUCTIONS = {
    **dict.fromkeys(("codeu", "food", "image_jigsaw", "codeu_text"), _SYMBOL),
    **dict.fromkeys(("arxiv", "arxiv_text"), _TITLE),
    **dict.fromkeys(("count", "count_concat"), _NUMBER),
    **dict.fromkeys(("3d_scene", "3d_scene_concat"), _SCENE),
}
_SPELLED = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten",
        "- first second third fourth fifth sixth seventh eighth ninth tenth",
    )
    for number, word in enumerate(words.split())
}


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The questions of all tasks, by the files' names (the published loader: in no fixed order)."""
    return [
        _question(folder, file.stem, number, record, protocol)
        for file in found_files(folder, "*.json")
        for number, record in enumerate(read_json(file))
    ]


def _question(folder: Path, task: str, number: int, record: Record, protocol: Protocol) -> Question:
    text, answer, images = record.text("questions"), record.text("answers"), record.texts("images")
    chosen = record.fields["answers"] in tuple(LETTERS)
    if protocol == "published" and chosen:
        text = f"{f'{MARK} ' * len(images)}{_with_choices(text)}"
    return Question(
        id=f"mirb-{task}-{number}",
        images=tuple(folder / name for name in images),
        question=text,
        answers=(answer,),
        kind=task,
        sort="multiple-choice" if chosen else "open-ended",
        choices=CHOICES if chosen else (),
        instruction=INSTRUCTIONS.get(task, _WORD) if protocol == "standard" else None,
    )


def _with_choices(question: str) -> str:
    """The question with its choices set apart; cut where "A." stands again, as published."""
    stem, pieces = question.split("\nA. ")[0].strip(), question.split("A.")
    # Without any "A." the published loader ends with an error.
    listed = f"A. {pieces[1].strip()}" if len(pieces) > 1 else ""
    return f"{stem}\nChoices:\n{listed}"


def measure(question: Question, reply: str) -> Measures:
    """Its own accuracy: of the first line or sentence, a number, yes or no, or the text itself."""
    answer = question.answers[0].lower()
    found = first_piece(reply).lower()
    if question.kind in YES_NO or (question.kind in CONTAINED and answer in ("yes", "no")):
        right = answer in ("yes", "no") and ("yes" in found) == (answer == "yes")
    elif question.kind in CONTAINED:
        right = answer in found
    elif question.kind in COUNTED:
        digits = re.search(r"\d+", found)
        right = (digits.group() if digits else _SPELLED.get(found, "")) == answer
    else:
        right = found == answer
    return {"accuracy": float(right)}


def first_piece(reply: str) -> str:
    """What stands before the first line break, or else before the first full stop."""
    reply = reply.strip()
    end = reply.find("\n")
    end = reply.find(".") if end <= 0 else end
    return reply[:end] if end > 0 else reply


BENCHMARK = Benchmark(
    name="mirb",
    title="MIRB",
    read=read,
    measure=measure,
    figure="accuracy",
    paper={"idefics2": 41.38, "llava": 42.00},
)
