"""The tile planner against the published code's plans, and the facts that hold for any plan."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leopard_tools.images.tiling import fit_tiles, plan_tiles

CASES = json.loads((Path(__file__).parents[1] / "golden" / "tiling.json").read_text())["cases"]
side = st.integers(1, 5000)
sizes = st.lists(st.tuples(side, side), min_size=1, max_size=60)


def test_equals_the_published_code_on_all_its_cases() -> None:
    assert len(CASES) == 400
    for case in CASES:
        grids = [None if grid is None else tuple(grid) for grid in case["grids"]]
        assert plan_tiles([tuple(size) for size in case["sizes"]]) == grids


@pytest.mark.parametrize(
    ("given_sizes", "resolutions"),
    [
        ([(1280, 720)], [(1456, 728)]),
        ([(800, 400), (1190, 1684), (300, 300)], [(728, 364), (1092, 1820), None]),
        ([(200, 150)], [None]),
        ([(1920, 1080)] * 4, [(1456, 728)] * 4),
        ([(1000, 1400)] * 8, [(728, 728)] * 8),
    ],
)
def test_equals_the_resolutions_of_the_tiny_checkpoint(
    given_sizes: list[tuple[int, int]], resolutions: list[tuple[int, int] | None]
) -> None:
    grids = plan_tiles(given_sizes)
    assert [grid and (grid[1] * 364, grid[0] * 364) for grid in grids] == resolutions


@given(sizes, st.integers(1, 80))
def test_never_spends_more_than_the_budget(given_sizes: list[tuple[int, int]], budget: int) -> None:
    grids = plan_tiles(given_sizes, budget=budget)
    tiles = sum(grid[0] * grid[1] for grid in grids if grid)
    assert len(grids) == len(given_sizes)
    assert tiles <= max(0, budget - len(given_sizes))


@given(st.tuples(side, side), st.integers(1, 50))
def test_a_single_image_is_never_cut_into_one_tile(size: tuple[int, int], budget: int) -> None:
    (grid,) = plan_tiles([size], budget=budget)
    assert grid is None or grid[0] * grid[1] > 1


def test_no_images_need_no_tiles() -> None:
    assert plan_tiles([]) == []


@given(st.tuples(side, side), st.tuples(st.integers(1, 10), st.integers(1, 10)))
def test_a_fitted_image_stays_inside_its_canvas_and_touches_two_sides(
    size: tuple[int, int], grid: tuple[int, int]
) -> None:
    (width, height), (left, top) = fit_tiles(size, grid)
    across, down = grid[1] * 364, grid[0] * 364
    assert 1 <= width <= across and 1 <= height <= down
    assert width == across or height == down
    assert 0 <= across - width - 2 * left <= 1
    assert 0 <= down - height - 2 * top <= 1


def test_a_fitted_image_keeps_its_aspect_ratio_and_is_centred() -> None:
    assert fit_tiles((1280, 720), (2, 4)) == ((1295, 728), (80, 0))
    assert fit_tiles((100, 300), (1, 1), tile=300) == ((100, 300), (100, 0))
    assert fit_tiles((3000, 10), (1, 2)) == ((728, 3), (0, 180))


@pytest.mark.parametrize("size", [(0, 10), (10, -1)])
def test_a_size_without_pixels_is_a_programming_error(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        plan_tiles([size])
