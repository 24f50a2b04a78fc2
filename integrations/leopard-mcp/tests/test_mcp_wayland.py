"""The tools that look at the screen, on a Wayland desktop, where the desktop takes the pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from leopard_mcp import Policy
from mcp_clients import Connect, call, refusal, take_part, two_wayland_monitors

from leopard_tools.capture import portal

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("wayland")]
MONITORS = [[0, 0, 800, 600], [800, 100, 400, 500]]
SCALE = 2


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, str]]:
    with two_wayland_monitors() as environment:
        yield environment


@pytest.fixture
def wayland(session: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    take_part(monkeypatch, session)


async def test_a_monitor_is_captured_read_and_leads_back_to_the_desktop(connect: Connect) -> None:
    async with connect(Policy(screen=True)) as client:
        listed = await call(client, "screen_list")
        assert [each["box"] for each in listed["monitors"]] == MONITORS
        assert listed["windows"] == []
        captured = await call(client, "screen_capture", monitor=1)
        assert captured["size"] == [SCALE * 800, SCALE * 600]
        found = await call(client, "find", text="finished", captures=[captured["capture"]])
        (match,) = found["matches"]
        left, top, width, height = match["box"]
        assert match["center"] == pytest.approx(
            [(left + width / 2) / SCALE, (top + height / 2) / SCALE], abs=1
        )
        seen = await call(client, "wait_for", text="Build finished", timeout=20)
        assert seen["met"]


async def test_the_desktop_is_not_asked_for_a_picture_all_the_time(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[None] = []
    ask = portal.whole_desktop
    monkeypatch.setattr(portal, "whole_desktop", lambda: looks.append(None) or ask())
    async with connect(Policy(screen=True)) as client:
        seen = await call(client, "wait_for", text="never shown", timeout=4)
    assert not seen["met"] and 1 < len(looks) < 5


async def test_a_deny_list_that_cannot_be_held_is_no_picture(connect: Connect) -> None:
    async with connect(Policy(screen=True, deny=("vault",))) as client:
        assert "in a Wayland session" in await refusal(client, "screen_capture")
        assert "in a Wayland session" in await refusal(client, "wait_for", text="x", timeout=1)
