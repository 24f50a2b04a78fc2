"""The slides of an office file become frames: LibreOffice draws them, the file says what they are.

PPTX and ODP are drawn from a copy without what leads out of them (`package`): a picture or a film
that is only linked to is not drawn. PPT and KEY become ODP first, so that titles, notes and hidden
slides are known of them too; what they link to can be drawn then, other than behind the fence of
`libreoffice`.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import DocumentInvalid, ImageTooLarge
from .decks import BrokenDeck, read_slides, unpacked_size
from .documents import page_count, pdf_frames
from .faults import reason
from .libreoffice import ConversionFailed, OutOfTime, convert
from .naming import shown
from .package import copy_closed
from .wanted import ALL, Wanted

if TYPE_CHECKING:
    from typing import BinaryIO

    from ..types import Frame
    from .decks import Kind, Slide
    from .limits import Limits

# Without the option hidden slides are left out and the numbers of all that follow are wrong.
_PDF = 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
_AGAIN = "Open it in the program that made it, save it again, or export it to PDF and give that."
_NAMES: dict[str, str] = {
    "pptx": "a PowerPoint deck",
    "ppt": "an old PowerPoint deck",
    "odp": "an OpenDocument deck",
    "key": "a Keynote deck",
}


def office_frames(
    stream: BinaryIO, name: str, kind: Kind, limits: Limits, wanted: Wanted = ALL
) -> list[Frame]:
    """A frame for each wanted slide, hidden ones too, its longer side `limits.page_side` pixels.

    Frame.page is the slide's number in the deck; title, notes and hidden are the deck's own;
    Frame.scale is pixels per point. Raises DocumentInvalid for a deck that is locked, damaged or
    takes longer than `limits.convert_seconds`, ImageTooLarge over the limits, MissingDependency
    without LibreOffice.
    """
    title = shown(name)
    if kind == "locked":
        raise DocumentInvalid(
            f"{title}: locked with a password. Save a copy without the password and give that."
        )
    if unpacked_size(stream) > limits.unpacked_bytes:
        raise ImageTooLarge(
            f"{title}: unfolds to more than {limits.unpacked_bytes / 2**20:g} MiB, which is the "
            "limit. Give a smaller deck, or raise Limits.unpacked_bytes."
        )
    try:
        with tempfile.TemporaryDirectory(prefix="leopard-", ignore_cleanup_errors=True) as folder:
            return _drawn(stream, Path(folder) / f"deck.{kind}", kind, name, limits, wanted)
    except OutOfTime as fault:
        raise DocumentInvalid(
            f"{title}: {_NAMES[kind]} that LibreOffice does not draw within "
            f"{limits.convert_seconds:g} seconds. Raise Limits.convert_seconds, or export it to "
            "PDF and give that."
        ) from fault
    except (BrokenDeck, ConversionFailed) as fault:
        raise DocumentInvalid(
            f"{title}: {_NAMES[kind]}, but it cannot be opened ({reason(fault)}). {_AGAIN}"
        ) from fault


def _drawn(
    stream: BinaryIO, deck: Path, kind: str, name: str, limits: Limits, wanted: Wanted
) -> list[Frame]:
    end = time.monotonic() + limits.convert_seconds
    stream.seek(0)
    # A copy: LibreOffice leaves a lock beside what it opens, and a URL or bytes have no path.
    with deck.open("wb") as copy:
        shutil.copyfileobj(stream, copy)
    readable: Literal["pptx", "odp"] = "pptx" if kind == "pptx" else "odp"

    def check() -> None:
        wanted.check()
        if time.monotonic() > end:
            raise OutOfTime

    if kind not in ("pptx", "odp"):
        deck = convert(deck, "odp", limits.convert_seconds, wanted.check)
    slides = []
    closed = deck.with_name(f"closed.{readable}")
    with deck.open("rb") as opened, closed.open("wb") as copy:
        for slide in read_slides(opened, readable, shown(name), limits, check):
            check()
            slides.append(slide)
        if not slides:
            # LibreOffice would draw an empty one.
            raise BrokenDeck("it has no slides")
        # Before the minutes that drawing may take.
        indices = wanted.indices(len(slides), shown(name))
        copy_closed(opened, copy, limits.unpacked_bytes, check)
    pdf = convert(closed, _PDF, max(0.1, end - time.monotonic()), wanted.check)
    with pdf.open("rb") as drawn:
        count = page_count(drawn, name, limits, wanted)
        if count != len(slides):
            raise ConversionFailed(f"LibreOffice drew {count} pages for its {len(slides)} slides")
        frames = pdf_frames(drawn, name, limits, wanted)
    return [_described(frame, slides[index]) for frame, index in zip(frames, indices, strict=True)]


def _described(frame: Frame, slide: Slide) -> Frame:
    return replace(frame, title=slide.title, notes=slide.notes, hidden=slide.hidden)


__all__ = ["office_frames"]
