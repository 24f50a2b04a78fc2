"""Bar charts: the number over each bar belongs to the label under it.

A chart is a row of labels with at most one lone number over each, at changing heights. Read by
rows, its numbers would come out by size and its labels after all of them; here each label and
its number become a row. Must not know how the rest of the page is ordered.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from .placed import Item, Items, level, visual_rows

LABELS = 3
"""A chart has at least so many labels."""


def bar_charts(items: Items) -> Items:
    """The items with those of each chart replaced by one that stands for it, read already."""
    for row in reversed(visual_rows(items)):
        if len(row) < LABELS:
            continue
        for labels in _runs(row):
            values = _values(labels, items)
            if values:
                parts = {id(item) for item in (*labels, *values.values())}
                others = [item for item in items if id(item) not in parts]
                return bar_charts([*others, _figure(labels, values)])
    return items


def _runs(row: Items) -> list[Items]:
    """The parts of a row whose items stand at even distances, as the labels of an axis do."""
    runs: list[Items] = [row[:1]]
    for before, item in pairwise(row):
        run = runs[-1]
        distance = item.center - before.center
        usual = median(b.center - a.center for a, b in pairwise(run)) if len(run) > 1 else distance
        if abs(distance - usual) <= 0.2 * usual and not item.rows:
            run.append(item)
        else:
            runs.append([item])
    return [run for run in runs if len(run) >= LABELS]


def _values(labels: Items, items: Items) -> dict[int, Item]:
    """The number over each label, by the label's index; {} where this is no chart."""
    distance = median(b.center - a.center for a, b in pairwise(labels))
    left, right = labels[0].center - distance / 2, labels[-1].center + distance / 2
    bottom = min(label.top for label in labels)
    found: dict[int, Item] = {}
    over = [item for item in items if left < item.center < right and item.bottom <= bottom + 2]
    # From the labels upwards, until something stands there that is no bar's number.
    for item in sorted(over, key=lambda item: -item.bottom):
        index = min(range(len(labels)), key=lambda n: abs(labels[n].center - item.center))
        centred = abs(labels[index].center - item.center) < 0.15 * distance
        if index in found or not centred or not _number(item.line.text):
            break
        found[index] = item
    values = list(found.values())
    heights = sum(not any(level(v, o) for o in values if o is not v) for v in values)
    # Numbers at one height are a row of a table.
    return found if len(found) >= 0.6 * len(labels) and 2 * heights >= len(found) else {}


def _number(text: str) -> bool:
    """Whether a text is a number with its unit at most."""
    return len(text) <= 12 and 2 * sum(map(str.isdigit, text)) >= len(text.replace(" ", "")) - 2


def _figure(labels: Items, values: dict[int, Item]) -> Item:
    parts = [*labels, *values.values()]
    rows = tuple(
        (label.line, values[index].line) if index in values else (label.line,)
        for index, label in enumerate(labels)
    )
    left, right = min(part.left for part in parts), max(part.right for part in parts)
    top, bottom = min(part.top for part in parts), max(part.bottom for part in parts)
    return Item(labels[0].line, left, right, top, bottom, rows)


__all__ = ["bar_charts"]
