"""Neighbours that are looked up are those that holding each against all would give, and sooner."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from statistics import median

import pytest

from leopard_tools.reading.bands import Spread
from leopard_tools.reading.charts import bar_charts
from leopard_tools.reading.detection import Region, mended
from leopard_tools.reading.layout import arrange
from leopard_tools.reading.placed import (
    Item,
    Items,
    Levels,
    columns,
    level,
    overlap,
    stacks,
    straightened,
    visual_rows,
)
from leopard_tools.reading.tables import table
from leopard_tools.types import Box, Line


def scattered(seed: int) -> list[Line]:
    """Lines on a coarse grid, so that many touch, cover or equal each other, in layout's order."""
    source = random.Random(seed)
    lines = []
    for _ in range(source.randrange(5, 80)):
        left, top = 40 * source.randrange(12), source.choice((7, 20)) * source.randrange(20)
        height = source.choice((6, 12, 14, 14, 14, 20, 40))
        box = Box(left, top + source.randrange(3), source.randrange(5, 150), height)
        lines.append(Line(source.choice(("12", "ace", "gjpq", "Total", "–", "•")), box, 1.0))
    return sorted(lines, key=lambda line: (line.box.top, line.box.left, line.text, line.box.height))


def numbers(rows: int) -> list[Line]:
    return [
        Line(str(37 * row * column), Box(10 + 120 * column, 10 + 22 * row, 40, 14), 1.0)
        for row in range(rows)
        for column in range(8)
    ]


def torn(rows: int) -> list[Region]:
    """Regions in rows, of which every second has lost its end to a region of its own."""
    whole = [Region(100 + 300 * n, 20 * row, 250, 15, 0.0) for row in range(rows) for n in range(5)]
    ends = [Region(region.x + 130, region.y + 1, 30, 14, 0.0) for region in whole[::2]]
    return whole + ends


def slope_by_all_pairs(lines: list[Line]) -> float:
    def middle(line: Line) -> float:
        return line.box.top + line.box.height / 2

    slopes = []
    for line in lines:
        beside = [
            other
            for other in lines
            if other.box.left >= line.box.right
            and abs(middle(other) - middle(line)) < 0.6 * min(line.box.height, other.box.height)
        ]
        if beside:
            nearest = min(beside, key=lambda other: (other.box.left, other.box.top))
            run = nearest.box.left + nearest.box.width / 2 - line.box.left - line.box.width / 2
            slopes.append((middle(nearest) - middle(line)) / run)
    return median(slopes) if len(slopes) >= 4 else 0.0


def stacks_by_all_pairs(items: Items, gap: float) -> list[Items]:
    found: list[Items] = []
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        for stack in found:
            if overlap(stack[-1], item) and abs(item.top - stack[-1].bottom) < gap * item.height:
                stack.append(item)
                break
        else:
            found.append([item])
    return found


def mended_by_all_pairs(found: list[Region]) -> list[Region]:
    whole: list[Region] = []
    for region in sorted(found, key=lambda region: (region.x - region.width / 2, region.y)):
        torn = next((other for other in whole if other.runs_into(region)), None)
        if torn:
            whole[whole.index(torn)] = torn.joined(region)
        else:
            whole.append(region)
    return whole


@pytest.mark.parametrize("seed", range(20))
def test_the_slope_is_that_of_all_pairs(seed: int) -> None:
    lines = scattered(seed)
    slope = slope_by_all_pairs(lines)
    for line, item in zip(lines, straightened(lines), strict=True):
        shift = slope * (line.box.left + line.box.width / 2)
        assert item.middle == pytest.approx(line.box.top + line.box.height / 2 - shift)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("gap", [0.5, 1.2])
def test_stacks_are_those_of_all_pairs(seed: int, gap: float) -> None:
    items = straightened(scattered(seed))
    assert stacks(items, gap) == stacks_by_all_pairs(items, gap)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("tolerance", [0.15, 0.25])
def test_all_that_is_level_is_near(seed: int, tolerance: float) -> None:
    items = straightened(scattered(seed))
    levels = Levels(items)

    def beside(item: Item, others: Items) -> list[int]:
        return sorted(id(other) for other in others if level(item, other, tolerance))

    assert all(beside(item, levels.near(item)) == beside(item, items) for item in items)


@pytest.mark.parametrize("seed", range(20))
def test_mended_regions_are_those_of_all_pairs(seed: int) -> None:
    source = random.Random(seed)
    found = torn(6) + [
        Region(
            source.choice((50.0, 300.0, source.uniform(0, 900))),
            source.choice((20.0, 21.0, 40.0, source.uniform(0, 120))),
            source.uniform(5, 300),
            source.uniform(5, 40),
            source.choice((0.0, 0.0, -1.5, 3.0)),
        )
        for _ in range(60)
    ]
    assert mended(found) == mended_by_all_pairs(found)
    assert len(mended(torn(6))) == 30


@pytest.mark.parametrize("seed", range(20))
def test_rows_are_those_of_all_pairs(seed: int) -> None:
    rows: list[Items] = []
    items = straightened(scattered(seed))
    for item in sorted(items, key=lambda item: (item.middle, item.left)):
        last = rows[-1][-1] if rows else item
        same = abs(item.middle - last.middle) < 0.5 * min(item.height, last.height)
        if rows and same and not any(overlap(item, other) for other in rows[-1]):
            rows[-1].append(item)
        else:
            rows.append([item])
    assert visual_rows(items) == [sorted(row, key=lambda item: item.left) for row in rows]


@pytest.mark.parametrize("seed", range(20))
def test_columns_are_counted_as_they_are_found(seed: int) -> None:
    items = straightened(scattered(seed))
    spread = Spread.of(items[:1])
    for end in range(1, len(items)):
        assert spread.columns == len(columns(items[:end]))
        spread += Spread.of(items[end : end + 1])
    assert spread == Spread.of(items)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: a measure of the work that no busy machine disturbs."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "work",
    [
        lambda rows: straightened(numbers(rows)),
        lambda rows: stacks(straightened(numbers(rows))),
        lambda rows: mended(torn(rows)),
        lambda rows: bar_charts(straightened(numbers(rows))),
        lambda rows: table(straightened(numbers(rows))),
        lambda rows: arrange(numbers(rows)),
    ],
    ids=["straightened", "stacks", "mended", "bar_charts", "table", "arrange"],
)
def test_a_page_twice_as_long_takes_less_than_four_times_the_work(
    work: Callable[[int], object],
) -> None:
    once, twice = (calls(partial(work, rows)) for rows in (40, 80))
    assert twice < 3.5 * once


def test_a_table_of_four_times_the_cells_takes_less_than_seven_times_the_work() -> None:
    def table_of(size: int) -> list[Line]:
        # Numbers that differ a little in their places, as those of pages do.
        return [
            Line(
                str(37 * row + column), Box(10 + 60 * column, 10 + 22 * row + row % 2, 40, 14), 1.0
            )
            for row in range(size)
            for column in range(size)
        ]

    once, twice = (calls(partial(arrange, table_of(size))) for size in (20, 40))
    assert twice < 7 * once
