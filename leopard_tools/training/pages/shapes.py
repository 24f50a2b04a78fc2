"""How a reader gives tables, tiles and charts: mostly a row for what belongs together.

leopard_tools.reading marks a table's empty cells, reads a tile as one row and a bar's label with
its values. Where it does not recognise them, their texts come in other orders: these are here too.
"""

from __future__ import annotations

from ...types import EMPTY_CELL
from ..samples import Pen, Rows

MARKED = 0.85
"""How often a table's empty cells are seen as such."""
TOGETHER = 0.65
"""How often what belongs together is read as one row."""


def header(pen: Pen, head: str, columns: list[str]) -> list[str]:
    """A table's first row, with `head` over its names, or with nothing there."""
    if head:
        return [head, *columns]
    return [EMPTY_CELL, *columns] if len(columns) > 1 and pen.chance(MARKED) else list(columns)


def filled(pen: Pen, row: list[str], width: int) -> list[str]:
    """A row that ends before the others do."""
    return row + [EMPTY_CELL] * (width - len(row)) if pen.chance(MARKED) else row


def across_or_down(pen: Pen, parts: list[list[str]]) -> Rows:
    """Tiles in a row each, or as rows of each part as wide as a line of tiles, or line by line."""
    count = len(parts[0])
    if pen.chance(TOGETHER):
        return [[part[i] for part in parts] for i in range(count)]
    if pen.chance(0.35):
        return [[part[i]] for i in range(count) for part in parts]
    width = count if count <= 4 and pen.chance(0.6) else pen.rng.choice((2, 3, 4))
    return [part[i : i + width] for i in range(0, count, width) for part in parts]


def bars(pen: Pen, names: list[str], texts: list[str]) -> Rows:
    """The labels of a chart and their values."""
    pairs: Rows = [[name, text] for name, text in zip(names, texts, strict=True)]
    if pen.chance(TOGETHER):
        return pairs
    form = pen.rng.choice(("row", "column", "pairs", "apart"))
    if form == "row":
        return [texts, names]
    if form == "column":
        return [*[[text] for text in texts], names]
    if form == "pairs":
        return [[part] for name, text in pairs for part in (text, name)]
    return [*[[text] for text in texts], *[[name] for name in names]]


def series(pen: Pen, names: list[str], categories: list[str], texts: list[list[str]]) -> Rows:
    """A chart of several series, texts[series][category], with its legend."""
    columns = list(zip(*texts, strict=True))
    turned: Rows = [[c, *values] for c, values in zip(categories, columns, strict=True)]
    if pen.chance(TOGETHER):
        return [[EMPTY_CELL, *names], *turned]
    few = len(columns) * len(names) <= 10
    form = pen.rng.choice(("table", "across", "blocks", "turned", "labelled", *(["flat"] * few)))
    lines: Rows = [[name, *row] for name, row in zip(names, texts, strict=True)]
    if form == "table":
        return [header(pen, "", categories), *lines]
    if form == "turned":
        return [names, *turned]
    if form == "labelled":
        return [*lines, categories]
    rows: Rows
    if form == "across":
        rows = [*texts, categories]
    elif form == "blocks":
        rows = [line for category, *values in turned for line in ([category], values)]
    else:
        rows = [[text for column in columns for text in column], categories]
    legend = [names] if pen.chance(0.6) else [[name] for name in names]
    # A legend over the chart or under it.
    return [*legend, *rows] if pen.chance(0.6) else [*rows, *legend]
