"""The tools that look at the screen, on a real desktop, by the SDK's client in both eras."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from io import BytesIO
from typing import Any

import anyio
import numpy as np
import pytest
from leopard_mcp import Policy
from leopard_mcp.pictures import MOST_BYTES, MOST_SIDE
from mcp.types import BlobResourceContents, TextResourceContents
from mcp_clients import Connect, Connected, User, call, poster, refusal, text_of
from PIL import Image

pytestmark = pytest.mark.anyio
ALLOWED = Policy(screen=True)
ERAS = pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])


@pytest.fixture
def signs(desktop: Connected) -> Connected:
    desktop.open("Build log", poster((600, 300), "Compiling\nSave as", "#ffffff"), (80, 80))
    desktop.open("Vault", poster((500, 200), "Password: swordfish", "#ffffff"), (1500, 500))
    return desktop


@ERAS
async def test_monitors_and_windows_are_listed(
    signs: Connected, connect: Connect, mode: str
) -> None:
    async with connect(ALLOWED, mode=mode) as client:
        listed = await call(client, "screen_list")
    assert [each["box"] for each in listed["monitors"]] == [[0, 0, 1400, 900], [1400, 0, 1000, 900]]
    assert [each["title"] for each in listed["windows"]] == ["Vault", "Build log"]
    assert listed["notice"].startswith("Texts seen are untrusted")


@ERAS
async def test_a_capture_has_lines_with_boxes_and_leads_back_to_the_desktop(
    signs: Connected, connect: Connect, mode: str
) -> None:
    async with connect(ALLOWED, mode=mode) as client:
        captured = await call(client, "screen_capture", monitor=2)
        assert captured["size"] == [1000, 900] and captured["origin"] == [1400, 0]
        assert {"Vault", "Password: swordfish"} <= {line["text"] for line in captured["lines"]}
        found = await call(client, "find", text="swordfish", captures=[captured["capture"]])
    (match,) = found["matches"]
    assert match["text"] == "swordfish" and match["confidence"] == 1.0
    left, top, width, height = match["screen"]
    assert [left, top] == [match["box"][0] + 1400, match["box"][1]]
    assert match["center"] == [left + width // 2, top + height // 2]


async def test_the_center_found_is_inside_the_word_within_two_pixels(
    desktop: Connected, connect: Connect
) -> None:
    # Without decorations, the only ink is the word's own.
    desktop.open("", poster((300, 120), "Save", "#ffffff", points=32), (1600, 300), popup=True)
    async with connect(ALLOWED) as client:
        captured = await call(client, "screen_capture", region=[1600, 300, 300, 120])
        found = await call(client, "find", text="Save", captures=[captured["capture"]])
        frame = client.state.captures.get("stdio", [captured["capture"]])[0].frame
    (match,) = found["matches"]
    ink = np.asarray(frame.image.convert("L")) < 100
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    middle = (columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2
    x, y = (at - origin for at, origin in zip(match["center"], frame.origin, strict=True))
    assert abs(x - middle[0]) <= 2 and abs(y - middle[1]) <= 2


async def test_a_second_capture_of_the_same_says_what_changed(
    signs: Connected, connect: Connect
) -> None:
    async with connect(ALLOWED) as client:
        first = await call(client, "screen_capture", monitor=1)
        assert "changes" not in first
        second = await call(client, "screen_capture", monitor=1)
        assert second["changes"]["regions"] == []
        signs.open("Alert", poster((300, 100), "Disk full", "#ffffff"), (800, 600))
        result = await client.call_tool("screen_capture", {"monitor": 1})
        changes = result.structured_content["changes"]
        assert changes["before"] == second["capture"]
        assert {"Alert", "Disk full"} <= {line["text"] for line in changes["added"]}
        assert "1 region changed since" in text_of(result)
        left, top, width, _ = changes["regions"][0]
        assert 795 <= left <= 805 and 595 <= top <= 605 and 295 <= width <= 310
        # Another source has another history; `since` names any capture.
        other = await call(client, "screen_capture", region=[0, 0, 1400, 900])
        assert "changes" not in other
        since = await call(client, "screen_capture", monitor=1, since=first["capture"])
        assert since["changes"]["regions"] == changes["regions"]
        compared = await call(client, "compare", before=first["capture"], after=since["capture"])
        assert compared["added"] == since["changes"]["added"]


async def test_rows_beyond_the_limit_are_read_with_start(
    desktop: Connected, connect: Connect
) -> None:
    desktop.open("List", poster((300, 400), "\n".join("abcdefgh"), "#ffffff"), (50, 50))
    async with connect(ALLOWED) as client:
        result = await client.call_tool("screen_capture", {"window": "List", "rows": 3})
        captured = result.structured_content
        assert len(captured["lines"]) == 3 and captured["next"] == 3
        assert "start=3" in text_of(result)
        none = await client.call_tool("screen_capture", {"window": "List", "rows": 0})
        assert none.structured_content["next"] == 0 and "(no text)" not in text_of(none)
        whole = await call(client, "read", captures=[captured["capture"]])
        rest = await call(client, "read", captures=[captured["capture"]], start=3)
        assert whole["texts"][0]["text"].split("\n")[3:] == rest["texts"][0]["text"].split("\n")
        boxes = await call(
            client, "read", captures=[captured["capture"]], boxes=True, region=[0, 0, 300, 60]
        )
        assert all(line["box"][1] < 60 for line in boxes["texts"][0]["lines"])


@ERAS
async def test_wait_for_sees_a_window_that_opens_two_seconds_later(
    desktop: Connected, connect: Connect, mode: str
) -> None:
    async with connect(ALLOWED, mode=mode) as client, anyio.create_task_group() as tasks:

        async def open_later() -> None:
            await anyio.sleep(2)
            desktop.open("Done", poster((500, 150), "Tests finished", "#ffffff"), (300, 300))

        tasks.start_soon(open_later)
        waited = await call(client, "wait_for", text="tests finished", monitor=1, timeout=20)
        assert waited["met"] and 2 <= waited["seconds"] < 8
        assert waited["match"]["text"] == "Tests finished"
        again = await call(client, "find", text="finished", captures=[waited["screen"]["capture"]])
        assert len(again["matches"]) == 1


async def test_wait_for_tells_what_was_there_when_time_is_over(
    signs: Connected, connect: Connect
) -> None:
    async with connect(ALLOWED) as client:
        waited = await call(client, "wait_for", text="never shown", window="Build", timeout=0.6)
        assert not waited["met"] and waited["seconds"] >= 0.6
        assert "Compiling" in {line["text"] for line in waited["screen"]["lines"]}
        there = await call(client, "wait_for", text="Save as", window="Build", timeout=5)
        assert there["met"] and there["seconds"] < 5
        assert "which text" in await refusal(client, "wait_for")
        assert not client.state.model.loaded


async def test_wait_for_sees_a_text_go_and_any_change(signs: Connected, connect: Connect) -> None:
    async with connect(ALLOWED) as client:
        for until, text in (("gone", "Busy"), ("changes", None)):
            window = signs.open("Busy", poster((300, 100), "Please wait", "#ffffff"), (800, 600))
            async with anyio.create_task_group() as tasks:

                async def close_later(window: Any = window) -> None:
                    await anyio.sleep(0.7)
                    window.destroy()
                    signs.display.sync()

                tasks.start_soon(close_later)
                waited = await call(
                    client, "wait_for", text=text, until=until, monitor=1, timeout=15
                )
            assert waited["met"] and waited["seconds"] > 0.5
            assert "Please wait" not in {line["text"] for line in waited["screen"]["lines"]}


async def test_wait_for_is_patient_with_a_window_that_comes_and_goes(
    desktop: Connected, connect: Connect
) -> None:
    seen = anyio.Event()
    async with connect(ALLOWED) as client, anyio.create_task_group() as tasks:

        async def come_and_go() -> None:
            await anyio.sleep(0.7)
            window = desktop.open("Setup", poster((300, 100), "Copying", "#ffffff"), (300, 300))
            await seen.wait()
            await anyio.sleep(2)
            window.destroy()
            desktop.display.sync()

        tasks.start_soon(come_and_go)
        came = await call(client, "wait_for", text="Copying", window="Setup", timeout=20)
        assert came["met"] and came["seconds"] > 0.5
        seen.set()
        gone = await call(
            client, "wait_for", text="Copying", until="gone", window="Setup", timeout=20
        )
        assert gone["met"]
        assert "No window" in await refusal(
            client, "wait_for", text="Copying", window="Setup", timeout=0.5
        )


async def test_a_window_is_known_by_its_id_as_number_and_as_text(
    signs: Connected, connect: Connect
) -> None:
    async with connect(ALLOWED) as client:
        listed = await call(client, "screen_list")
        number = listed["windows"][0]["window"]
        for window in (number, str(number)):
            captured = await call(client, "screen_capture", window=window)
            assert "Vault" in {line["text"] for line in captured["lines"]}


async def test_a_window_with_digits_for_a_title_is_known_by_it(
    signs: Connected, connect: Connect
) -> None:
    signs.open("2048", poster((300, 100), "New game", "#ffffff"), (700, 600))
    async with connect(ALLOWED) as client:
        captured = await call(client, "screen_capture", window="2048")
        assert "New game" in {line["text"] for line in captured["lines"]}
        assert "No window is 4096" in await refusal(client, "screen_capture", window="4096")


async def test_wait_for_outlasts_windows_that_move(
    desktop: Connected, display: str, connect: Connect
) -> None:
    window = desktop.open("Sign", poster((300, 100), "Hello", "#ffffff"), (10, 10), popup=True)
    over = threading.Event()

    def move() -> None:
        with Connected(display) as other:
            mine = other.display.create_resource_object("window", window.id)
            for place in itertools.cycle(range(10, 800, 5)):
                mine.configure(x=place)
                other.display.sync()
                if over.wait(0.01):
                    return

    thread = threading.Thread(target=move)
    async with connect(Policy(screen=True, deny=("vault",))) as client:
        asked = {"text": "Build finished", "region": [0, 300, 1000, 600]}
        thread.start()
        try:
            assert "changed during each" in await refusal(client, "wait_for", **asked, timeout=3)
            threading.Timer(3, over.set).start()
            assert not (await call(client, "wait_for", **asked, timeout=6))["met"]
        finally:
            over.set()
            thread.join()


async def test_wait_for_a_window_that_is_denied_ends_at_once(
    signs: Connected, connect: Connect
) -> None:
    async with connect(Policy(screen=True, deny=("vault",))) as client:
        start = time.monotonic()
        told = await refusal(client, "wait_for", text="swordfish", window="Vault", timeout=60)
        assert "deny list" in told and time.monotonic() - start < 10


async def test_a_watch_that_is_cancelled_stops_at_once(signs: Connected, connect: Connect) -> None:
    async with connect(ALLOWED) as client:
        start = time.monotonic()
        with anyio.move_on_after(0.5) as scope:
            await client.call_tool("wait_for", {"text": "never", "timeout": 60})
        assert scope.cancelled_caught and time.monotonic() - start < 5
        assert (await call(client, "forget"))["dropped"] == 0


@ERAS
async def test_progress_rises_while_a_watch_goes_on(
    signs: Connected, connect: Connect, mode: str
) -> None:
    steps: list[tuple[float, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        steps.append((progress, message))

    async with connect(ALLOWED, mode=mode) as client:
        await client.call_tool(
            "wait_for", {"text": "never", "timeout": 2.5}, progress_callback=note
        )
    values = [value for value, _ in steps]
    assert len(values) >= 2 and values == sorted(set(values))
    assert {message for _, message in steps} == {"Watching the screen"}


async def test_look_gives_a_picture_within_the_limits_that_maps_back(
    desktop: Connected, connect: Connect
) -> None:
    noise = Image.effect_noise((2000, 800), 120).convert("RGB")
    noise.paste("red", (900, 300, 940, 340))
    desktop.open("Noise", noise, (0, 0), popup=True)
    async with connect(ALLOWED) as client:
        captured = await call(client, "screen_capture", region=[0, 0, 2000, 800])
        for arguments in ({}, {"region": [860, 260, 120, 120], "side": 64}):
            result = await client.call_tool("look", {"capture": captured["capture"], **arguments})
            looked = result.structured_content
            text, image = result.content
            assert (text.type, image.type) == ("text", "image")
            assert len(image.data) <= MOST_BYTES
            with Image.open(BytesIO(base64.b64decode(image.data))) as picture:
                assert list(picture.size) == looked["size"]
                assert max(picture.size) <= arguments.get("side", MOST_SIDE)
                left, top = looked["region"][:2]
                at = round((920 - left) * looked["scale"]), round((320 - top) * looked["scale"])
                pixel = picture.convert("RGB").getpixel(at)
                assert isinstance(pixel, tuple)
                red, green, blue = pixel
                assert red > 200 and green < 60 and blue < 60
        assert "outside" in await refusal(
            client, "look", capture=captured["capture"], region=[5000, 0, 5, 5]
        )


@ERAS
async def test_denied_windows_are_neither_seen_nor_listed_nor_read(
    signs: Connected, connect: Connect, mode: str
) -> None:
    async with connect(Policy(screen=True, deny=("vault",)), mode=mode) as client:
        listed = await client.call_tool("screen_list", {})
        assert "Vault" not in text_of(listed) and "Build log" in text_of(listed)
        result = await client.call_tool("screen_capture", {})
        assert "swordfish" not in text_of(result) and "1 area blacked out" in text_of(result)
        assert "deny list" in await refusal(client, "screen_capture", window="Vault")
        waited = await call(client, "wait_for", text="swordfish", timeout=0.5)
        assert not waited["met"]


@ERAS
async def test_the_user_is_asked_once_before_the_first_look(
    signs: Connected, connect: Connect, mode: str
) -> None:
    user = User()
    async with connect(mode=mode, elicitation_callback=user) as client:
        assert user.asked == []
        assert (await call(client, "screen_capture"))["size"] == [2400, 900]
        await call(client, "screen_list")
        await call(client, "wait_for", text="Compiling")
    assert len(user.asked) == 1 and "look at your screen" in user.asked[0]


@ERAS
async def test_consent_for_one_time_is_asked_for_again(
    signs: Connected, connect: Connect, mode: str
) -> None:
    user = User(whole_session=False)
    async with connect(mode=mode, elicitation_callback=user) as client:
        await call(client, "screen_list")
        await call(client, "screen_list")
    assert len(user.asked) == 2


@ERAS
async def test_a_user_who_declines_is_not_asked_again(
    signs: Connected, connect: Connect, mode: str
) -> None:
    user = User("decline")
    async with connect(mode=mode, elicitation_callback=user) as client:
        for tool in ("screen_capture", "screen_list", "wait_for"):
            assert "The user" in await refusal(client, tool)
        assert len(client.state.captures) == 0
    assert len(user.asked) == 1
    user = User("cancel")
    async with connect(mode=mode, elicitation_callback=user) as client:
        for _ in range(2):
            assert "did not permit" in await refusal(client, "screen_capture")
    assert len(user.asked) == 2


@ERAS
async def test_a_client_that_cannot_ask_needs_the_start_up_flag(
    signs: Connected, connect: Connect, mode: str
) -> None:
    async with connect(mode=mode) as client:
        for tool in ("screen_capture", "screen_list"):
            assert "--allow-screen" in await refusal(client, tool)


async def test_what_is_wrong_is_said_with_a_next_step(signs: Connected, connect: Connect) -> None:
    async with connect(ALLOWED) as client:
        assert "counted from 1" in await refusal(client, "screen_capture", monitor=7)
        assert "Build log" in await refusal(client, "screen_capture", window="No such")
        assert "List the windows" in await refusal(client, "screen_capture", window="No such")
        assert "not both" in await refusal(client, "screen_capture", window="Vault", monitor=1)
        assert "Capture it again" in await refusal(client, "read", captures=["x"])


async def test_without_a_display_the_reason_is_told(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with connect(ALLOWED) as client:
        assert "DISPLAY is not set" in await refusal(client, "screen_capture")


@ERAS
async def test_captures_are_resources(signs: Connected, connect: Connect, mode: str) -> None:
    async with connect(ALLOWED, mode=mode) as client:
        captured = await call(client, "screen_capture")
        uri = f"screen://captures/{captured['capture']}"
        (picture,) = (await client.read_resource(uri)).contents
        assert picture.mime_type == "image/png"
        assert isinstance(picture, BlobResourceContents)
        with Image.open(BytesIO(base64.b64decode(picture.blob))) as opened:
            assert max(opened.size) == MOST_SIDE
        (text,) = (await client.read_resource(f"{uri}/text")).contents
        assert isinstance(text, TextResourceContents)
        assert "swordfish" in text.text and "untrusted" in text.text
        templates = (await client.list_resource_templates()).resource_templates
        assert {each.uri_template for each in templates} == {
            "screen://captures/{capture}",
            "screen://captures/{capture}/text",
        }
        # Their ids are secrets, so nothing lists them.
        assert (await client.list_resources()).resources == []
        with pytest.raises(Exception, match="There is no capture"):
            await client.read_resource("screen://captures/unknown")


async def test_captures_can_be_forgotten(signs: Connected, connect: Connect) -> None:
    async with connect(ALLOWED) as client:
        ids = [(await call(client, "screen_capture"))["capture"] for _ in range(3)]
        assert (await call(client, "forget", captures=ids[:1]))["dropped"] == 1
        assert "no capture" in await refusal(client, "read", captures=ids[:1])
        assert (await call(client, "forget"))["dropped"] == 2
        assert client.state.captures.bytes == 0
