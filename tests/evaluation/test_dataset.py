"""Folders of questions that cannot be used say why, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from leopard_tools.errors import LeopardError
from leopard_tools.evaluation.dataset import read_questions
from leopard_tools.evaluation.questions import Question
from leopard_tools.types import Box

GOOD: dict[str, Any] = {
    "id": "one",
    "images": ["a.png", "b.png"],
    "question": "Who?",
    "answers": ["Ada"],
    "kind": "lookup",
    "page": 1,
    "box": [1, 2, 3, 4],
}


def write(folder: Path, *lines: str) -> Path:
    for name in ("a.png", "b.png"):
        (folder / name).touch()
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_questions_keep_their_order_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    other = {**GOOD, "id": "two", "kind": "absent", "page": None, "box": None}
    one, two = read_questions(write(tmp_path, json.dumps(GOOD), "", json.dumps(other)))
    images = (tmp_path / "a.png", tmp_path / "b.png")
    assert one == Question("one", images, "Who?", ("Ada",), "lookup", 1, Box(1, 2, 3, 4))
    assert one.answerable and not two.answerable


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": ""}, "id is ''"),
        ({"question": 3}, "question is 3"),
        ({"answers": []}, r"answers is \[\]"),
        ({"answers": "Ada"}, "answers is 'Ada'"),
        ({"images": ["a.png", "c.png"]}, "no picture .*c.png"),
        ({"images": ["a.png", f"{'c' * 300}.png"]}, "no picture .*c.png"),
        ({"images": ["a.png"] * 7}, "7 entries; at most 6"),
        ({"images": ["a.png", "../a.png"]}, "'../a.png' does not lie in"),
        ({"images": ["a.png", "sub/../../a.png"]}, "'sub/../../a.png' does not lie in"),
        ({"images": ["a.png", str(Path(__file__))]}, "test_dataset.py' does not lie in"),
        ({"kind": "guess"}, "'guess' is unknown. Known are: lookup, "),
        ({"page": 2}, "page is 2 and should be null or from 0 to 1"),
        ({"page": "1"}, "page is '1'"),
        ({"page": 1.0}, "page is 1.0 and .* a whole number"),
        ({"page": False}, "page is False"),
        ({"page": None}, "a box needs the page"),
        ({"box": [1, 2, 3]}, r"box is \[1, 2, 3\]"),
        ({"box": [10, 10, -5, -5]}, r"box is \[10, 10, -5, -5\] and its width and height"),
        ({"box": [1, 2, 3, 0]}, "above 0"),
        ({"extra": 1}, "needs one object with answers, box, "),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    folder = write(tmp_path, json.dumps({**GOOD, "id": "first"}), json.dumps({**GOOD, **change}))
    with pytest.raises(LeopardError, match=f"line 2: .*{message}"):
        read_questions(folder)


def test_pictures_may_lie_deeper_in_the_folder_and_behind_links_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "c.png").touch()
    (tmp_path / "d.png").touch()
    (folder / "d.png").symlink_to(tmp_path / "d.png")
    line = json.dumps({**GOOD, "images": ["pages/c.png", "d.png"]})
    [question] = read_questions(write(folder, line))
    assert question.images == (folder / "pages" / "c.png", folder / "d.png")


def test_a_file_that_is_no_set_of_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="cannot be read"):
        read_questions(tmp_path)
    deep = "[" * 100_000
    cases = (("", "no questions"), ("{", "no JSON"), ("[]", "needs one object"), (deep, "no JSON"))
    for text, message in cases:
        with pytest.raises(LeopardError, match=message):
            read_questions(write(tmp_path, text))
    (tmp_path / "questions.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(LeopardError, match="not UTF-8"):
        read_questions(tmp_path)


def test_only_a_line_feed_ends_a_line_and_a_mark_in_front_is_no_part_of_it(tmp_path: Path) -> None:
    asked = "One\u2028two\u2029three\x85four?"
    line = json.dumps({**GOOD, "question": asked}, ensure_ascii=False)
    other = json.dumps({**GOOD, "id": "two"})
    one, two = read_questions(write(tmp_path, f"\N{BYTE ORDER MARK}{line}\r", other))
    assert (one.question, two.id) == (asked, "two")


def test_an_id_stands_only_once(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="line 2: the id 'one' was used in line 1"):
        read_questions(write(tmp_path, json.dumps(GOOD), json.dumps(GOOD)))
