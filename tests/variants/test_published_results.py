"""Both published layouts compute what the published code computed, case by case."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from leopard_tools import Leopard
from leopard_tools.images.sources import load_all
from leopard_tools.types import Frame, Reading
from leopard_tools.variants.base import Encoding, Turn
from leopard_tools.variants.idefics2 import Idefics2
from leopard_tools.variants.llava import Llava

from .cases import Case, assert_close, cases

IDEFICS2 = [pytest.param(case, id=f"case{case.number}") for case in cases("leopard-idefics2-tiny")]
LLAVA = [pytest.param(case, id=f"case{case.number}") for case in cases("leopard-llava-tiny")]


def not_read(frame: Frame) -> Reading:
    raise AssertionError("a variant that sees must not need to read")


def ids_of(variant: Idefics2 | Llava, case: Case) -> list[int]:
    text = variant.join(case.question, variant.instruction)
    turn = Turn("user", (*load_all(case.images), text))
    return list(variant.build_prompt([turn], not_read).ids)


@pytest.mark.parametrize("case", IDEFICS2)
def test_idefics2_builds_the_ids_that_the_published_code_built(
    idefics2: Leopard, case: Case
) -> None:
    assert isinstance(idefics2._variant, Idefics2)
    assert ids_of(idefics2._variant, case) == case.result("input_ids").tolist()


@pytest.mark.parametrize("case", LLAVA)
def test_llava_builds_the_published_ids_with_169_positions_for_each_image_token(
    llava: Leopard, case: Case
) -> None:
    variant = llava._variant
    assert isinstance(variant, Llava)
    collapsed: list[int] = []
    for token, run in groupby(ids_of(variant, case)):
        count = len(list(run))
        if token == variant.image_token:
            assert count % 169 == 0
            count //= 169
        collapsed += [token] * count
    assert collapsed == case.result("input_ids").tolist()


@pytest.mark.parametrize("case", IDEFICS2)
def test_idefics2_encodes_the_first_image_as_published(idefics2: Leopard, case: Case) -> None:
    features = idefics2._variant.encode(load_all(case.images), Encoding())[0]
    assert features is not None
    assert_close(features.rows.numpy(), case.result("image_hidden_states")[0])


@pytest.mark.parametrize("case", LLAVA)
def test_llava_encodes_the_first_global_view_as_published(llava: Leopard, case: Case) -> None:
    features = llava._variant.encode(load_all(case.images), Encoding())[0]
    assert features is not None
    assert_close(features.rows[:169].numpy(), case.result("features_first_subimage"))


@pytest.mark.parametrize("case", LLAVA)
def test_llava_cuts_the_published_tiles(llava: Leopard, case: Case) -> None:
    from leopard_tools.images.pixels import cut_tiles, to_tensor
    from leopard_tools.images.tiling import plan_tiles

    frames = load_all(case.images)
    grids = plan_tiles([frame.size for frame in frames])
    sums = [
        float(to_tensor(tile).double().sum())
        for frame, grid in zip(frames, grids, strict=True)
        for tile in cut_tiles(frame.image, grid, 364)
    ]
    np.testing.assert_allclose(sums, case.result("pixel_sum"), rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "case"),
    [
        *(pytest.param("idefics2", *p.values, id=f"idefics2-{p.id}") for p in IDEFICS2),
        *(pytest.param("llava", *p.values, id=f"llava-{p.id}") for p in LLAVA),
    ],
)
def test_logits_tokens_and_counts_are_the_published_ones(
    name: str, case: Case, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    assert leopard.count_tokens(case.question, case.images) == case.sequence_length
    assert_close(leopard.logits(case.question, case.images).numpy(), case.result("last_logits"))
    answer = leopard.ask(case.question, case.images, max_tokens=len(case.greedy))
    assert answer.token_ids == case.greedy
    assert answer.usage.prompt_tokens == case.sequence_length
