"""What a watch costs and takes for a change, with a screen made of pictures."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from leopard_mcp.watching import Seen, Until, Watch
from PIL import Image, ImageDraw

from leopard_tools.errors import CaptureDenied, CaptureUnavailable, ScreenUnsteady
from leopard_tools.types import Box, Frame, Line, Reading

pytestmark = pytest.mark.anyio


def shown(text: str = "", caret: bool = False) -> Frame:
    """A frame whose text is in its title, and painted so that the pixels say so too."""
    image = Image.new("RGB", (200, 100), "white")
    ImageDraw.Draw(image).text((5, 5), text, "black")
    if caret:
        image.paste("black", (150, 40, 152, 60))
    return Frame(image, "screen", title=text)


class Scene:
    """Frames and errors one after another, the last one for good; counts what was read."""

    def __init__(self, events: Iterable[Frame | Exception]) -> None:
        self._events = list(events)
        self.grabs = 0
        self.read_texts: list[str | None] = []

    async def grab(self) -> Frame:
        event = self._events[min(self.grabs, len(self._events) - 1)]
        self.grabs += 1
        if isinstance(event, Exception):
            raise event
        return event

    async def read(self, frame: Frame) -> Reading:
        self.read_texts.append(frame.title)
        line = Line(frame.title or "", Box(5, 5, 50, 12), 1.0)
        return Reading(((line,),), *frame.size)

    async def watch(
        self, until: Until, text: str = "", timeout: float = 0.2, *, patient: bool = False
    ) -> Seen:
        return await Watch(until, text, self.grab, self.read, patient, pause=0.001).run(timeout)


async def test_a_screen_that_stays_the_same_is_read_once() -> None:
    scene = Scene([shown("Running")])
    seen = await scene.watch("appears", "Done")
    assert not seen.met and scene.grabs > 5 and scene.read_texts == ["Running"]


async def test_only_frames_that_changed_are_read() -> None:
    scene = Scene([shown("1 of 2"), shown("1 of 2"), shown("2 of 2"), shown("Done")])
    seen = await scene.watch("appears", "done", 5)
    assert seen.met and seen.line is not None and seen.line.text == "Done"
    assert scene.read_texts == ["1 of 2", "2 of 2", "Done"]


async def test_a_text_that_only_looks_alike_has_not_appeared() -> None:
    seen = await Scene([shown("Build failed")]).watch("appears", "Build passed")
    assert not seen.met and seen.line is None


async def test_a_blinking_caret_is_no_change_and_a_word_is_one() -> None:
    scene = Scene([shown("a", caret=bool(n % 2)) for n in range(50)])
    assert not (await scene.watch("changes", timeout=0.02)).met
    scene = Scene([shown("a"), shown("a", caret=True), shown("Another sentence")])
    seen = await scene.watch("changes", timeout=5)
    assert seen.met and seen.frame.title == "Another sentence" and scene.read_texts == []


async def test_a_changing_screen_is_taken_when_it_comes_to_rest() -> None:
    parts = ("Loading the list", "Half of a table that", "A whole table it is")
    seen = await Scene([shown(), *map(shown, parts)]).watch("changes", timeout=5)
    assert seen.met and seen.frame.title == "A whole table it is"


async def test_a_window_that_is_not_there_yet_is_waited_for_with_patience_only() -> None:
    events = [CaptureUnavailable("no window"), CaptureUnavailable("no window"), shown("Done")]
    assert (await Scene(events).watch("appears", "Done", 5, patient=True)).met
    with pytest.raises(CaptureUnavailable):
        await Scene(events).watch("appears", "Done", 5)
    with pytest.raises(CaptureUnavailable):
        await Scene(events[:1]).watch("appears", "Done", 0.05, patient=True)


async def test_a_text_is_gone_with_its_window() -> None:
    scene = Scene([shown("Busy"), CaptureUnavailable("no window")])
    seen = await scene.watch("gone", "Busy", 5, patient=True)
    assert seen.met and seen.frame.title == "Busy" and seen.line is None


async def test_a_window_that_is_closed_has_changed() -> None:
    scene = Scene([shown("Busy"), shown("Busy"), CaptureUnavailable("no window")])
    seen = await scene.watch("changes", timeout=5, patient=True)
    assert seen.met and seen.seconds < 4 and seen.frame.title == "Busy"
    # The whole desktop is no window: without it there is nothing to be told.
    with pytest.raises(CaptureUnavailable):
        await Scene([shown("Busy"), CaptureUnavailable("no screen")]).watch("changes", timeout=5)


async def test_windows_that_move_are_tried_again_until_the_end_of_the_wait() -> None:
    moving = ScreenUnsteady("the windows moved")
    for patient in (False, True):
        events = [moving] * 9 + [shown("Busy")] + [moving] * 9 + [shown("Done")]
        assert (await Scene(events).watch("appears", "Done", 5, patient=patient)).met
        assert (await Scene(events).watch("gone", "Busy", 5, patient=patient)).met
    scene = Scene([moving])
    with pytest.raises(ScreenUnsteady):
        await scene.watch("appears", "Done", 0.05)
    assert scene.grabs > 3


async def test_a_window_that_is_denied_is_not_waited_for() -> None:
    scene = Scene([CaptureDenied("on the deny list")])
    with pytest.raises(CaptureDenied):
        await scene.watch("appears", "Done", 5, patient=True)
    assert scene.grabs == 1


@pytest.mark.parametrize("fault", [CaptureUnavailable("no window"), CaptureDenied("denied")])
async def test_a_change_is_one_also_when_nothing_of_it_is_left_to_be_seen(
    fault: Exception,
) -> None:
    scene = Scene([shown("Working"), shown("Finished at last"), fault])
    seen = await scene.watch("changes", timeout=5, patient=True)
    assert seen.met and seen.frame.title == "Finished at last"
