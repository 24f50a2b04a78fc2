"""Whatever bytes or text come, nothing but frames or an error of ours goes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from leopard_tools.errors import LeopardError
from leopard_tools.images.sources import Limits, load_frames

from .sample_images import encoded, tiff


def drawn() -> Image.Image:
    picture = Image.new("RGB", (32, 24), "white")
    ImageDraw.Draw(picture).text((2, 2), "Leopard", fill="black")
    return picture


VALID = {
    "PNG": encoded(drawn(), "PNG"),
    "JPEG": encoded(drawn(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "GIF": encoded(drawn(), "GIF"),
    "WEBP": encoded(drawn(), "WEBP"),
    "BMP": encoded(drawn(), "BMP"),
    "TIFF": tiff(drawn(), drawn(), compression="tiff_lzw"),
    "ICO": encoded(drawn(), "ICO", sizes=[(16, 16)]),
}


PDF = encoded(drawn(), "PDF")


@pytest.mark.parametrize("form", sorted(VALID))
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_damaged_bytes_give_frames_or_an_error_of_ours(form: str, data: st.DataObject) -> None:
    check_damaged(VALID[form], data)


# Each is a process of its own.
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_a_damaged_pdf_gives_frames_or_an_error_of_ours(data: st.DataObject) -> None:
    check_damaged(PDF, data)


def check_damaged(valid: bytes, data: st.DataObject) -> None:
    damaged = bytearray(valid)
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    try:
        frames = load_frames(bytes(damaged), Limits(megapixels=4, page_side=64))
    except LeopardError as error:
        assert len(str(error)) < 500
    else:
        assert all(frame.image.mode == "RGB" for frame in frames)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_any_text_gives_an_error_of_ours(text: str) -> None:
    with pytest.raises(LeopardError):
        load_frames("nowhere/" + text)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_give_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(LeopardError):
        load_frames(data)
