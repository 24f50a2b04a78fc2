"""Pages that are drawn and read: the pictures, the file that keeps what was read, its use."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from PIL.Image import Image

from leopard_tools.reading.ocr import Reader
from leopard_tools.training import drawing
from leopard_tools.training.drawing import draw_page
from leopard_tools.training.packing import reading
from leopard_tools.training.rendered import extend, load_rendered
from leopard_tools.training.samples import Context, Pen, Question
from leopard_tools.training.stream import make_sample
from leopard_tools.training.written import pictures
from leopard_tools.training.written.guises import mark
from leopard_tools.training.written.texts import WrittenContext
from leopard_tools.types import EMPTY_CELL, Reading

ROWS = [
    ["Umsatz by region"],
    [EMPTY_CELL, "2021", "2022"],
    ["Harbour Lane", "1,204", "987"],
    ["Orchard Way", "312", "2,450"],
]

pytestmark = pytest.mark.skipif(
    not any(Path(folder).exists() for folder in drawing.FOLDERS),
    reason="the fonts of Debian's fonts-dejavu and fonts-liberation are not installed",
)


class Blind:
    """Reads nothing from pictures, so that only the file's own rules are seen."""

    def __init__(self) -> None:
        self.pictures: list[tuple[int, int]] = []

    def read(self, picture: Image) -> Reading:
        self.pictures.append(picture.size)
        return reading("nothing to be read")


def test_a_pen_draws_the_same_picture_again_and_others_draw_another() -> None:
    one, same, other = (draw_page(Pen(Random(seed)), ROWS) for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_what_is_drawn_is_read_as_the_rows_that_it_was_drawn_from() -> None:
    text = Reader(1).read(draw_page(Pen(Random(4)), ROWS)).text
    assert text.replace(" ", "") == "\n".join("|".join(row) for row in ROWS).replace(" ", "")


def test_contexts_ask_only_for_what_was_read_and_the_file_goes_on(tmp_path: Path) -> None:
    file, reader = tmp_path / "deep" / "rendered.jsonl", Blind()
    while not reader.pictures:
        first = extend(file, 0.002, reader)  # type: ignore[arg-type]
    second = extend(file, 0.002, reader)  # type: ignore[arg-type]
    assert second >= first >= 1
    numbers = [line.split(",")[0] for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(set(numbers)) == len(numbers) == second
    for context in load_rendered(file):
        assert set(context.images) == {"nothing to be read"}
        # Nothing stands there: only what is counted or is not there can still be asked.
        assert not any(
            question.kind in ("cell", "prose", "field") for question in context.questions
        )


def test_a_line_that_was_torn_when_its_writer_was_killed_is_made_again(tmp_path: Path) -> None:
    file, reader = tmp_path / "rendered.jsonl", Blind()
    whole = '{"number": 3, "images": ["a\u2028b"], "questions": []}\n'
    file.write_bytes(whole.encode() + '{"number": 4, "images": ["ü'.encode()[:-1])
    assert load_rendered(file) == []
    while not reader.pictures:
        lines = extend(file, 0.002, reader)  # type: ignore[arg-type]
    kept = file.read_text(encoding="utf-8")
    assert kept.startswith(whole)
    rows = [json.loads(line) for line in kept.split("\n")[:-1]]
    assert len(rows) == lines and rows[1]["number"] > 3

    written = WrittenContext("ward", [ROWS], [])
    row = json.dumps({"name": written.name, "mark": mark(written), "pages": [ROWS]})
    file.write_text(f'{row}\n{{"name": "kitch', encoding="utf-8")
    assert pictures.extend(file, [written], reader, 0) == 1  # type: ignore[arg-type]
    assert file.read_text(encoding="utf-8") == f"{row}\n"


def test_a_part_of_the_samples_are_rendered_where_there_are_any() -> None:
    context = Context(("a",), (Question("What?", "a", "prose"),))
    samples = [make_sample(1, number, [context]) for number in range(300)]
    assert 0.04 < samples.count(context) / len(samples) < 0.12
    assert make_sample(1, 5) == make_sample(1, 5)
    assert load_rendered(None) == []
