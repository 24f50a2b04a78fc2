"""A reading as passages: what may be quoted from an image, with the way back to its boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..types import Line, Reading


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text of one image: its lines joined by spaces.

    `starts` are the positions in `text` at which each of `lines` begins.
    """

    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]

    def parts(self, start: int, end: int) -> list[tuple[Line, int, int]]:
        """text[start:end] as pieces of lines: (line, start, end) in each line's own text."""
        found = []
        for line, first in zip(self.lines, self.starts, strict=True):
            low, high = max(start - first, 0), min(end - first, len(line.text))
            if low < high:
                found.append((line, low, high))
        return found


def passages(reading: Reading) -> list[Passage]:
    """The passages of an image, in reading order.

    Rows of one cell that follow each other are running text, which a quotation may cross; each
    cell of a table's row stands for itself, with all lines that it wraps into.
    """
    found: list[Passage] = []
    running: list[Line] = []
    for row in reading.celled:
        if len(row) == 1:
            running += row[0]
            continue
        found += _joined(running)
        running = []
        found += [passage for cell in row for passage in _joined(cell)]
    return found + _joined(running)


def _joined(lines: Sequence[Line]) -> list[Passage]:
    if not lines:
        return []
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line.text) + 1)
    return [Passage(" ".join(line.text for line in lines), tuple(lines), tuple(starts))]
