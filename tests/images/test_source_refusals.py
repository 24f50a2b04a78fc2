"""What is given as an image and is none, and what the message says about it."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from leopard_tools.errors import (
    DocumentInvalid,
    ImageInvalid,
    ImageTooLarge,
    SourceForbidden,
)
from leopard_tools.images import files
from leopard_tools.images.sources import load_frames
from leopard_tools.types import Frame

from .sample_images import (
    LOCKED_PDF,
    encoded,
    huge_png,
    icon,
    miscounted_pdf,
    pdf,
    refused,
    sketch,
    tiff,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from leopard_tools.types import ImageSource


def test_no_such_file_names_the_path() -> None:
    assert "missing.png: no such file" in refused("missing.png")
    assert "no such file" in refused("")
    assert "no such file" in refused(Path("missing") / "x.png")


def test_a_file_below_a_file_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    assert "no such file" in refused(tmp_path / "a" / "b.png")


def test_a_folder_and_a_pipe_are_not_opened(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in refused(tmp_path / "pipe")


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # What opens the path after a look at it that found a file.
    with pytest.raises(ImageInvalid, match="pipe"):
        files._open(str(tmp_path / "pipe"), os.O_RDONLY, "a.png")


def test_an_unreadable_file_says_so(ordinary_user: None) -> None:
    # A folder of its own: those of tmp_path belong to whoever runs the tests.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret.png"
        path.write_bytes(encoded(sketch(), "PNG"))
        path.chmod(0)
        assert "permissions" in refused(path)


@pytest.mark.parametrize("path", ["a\0b.png", "\ud800.png", "x" * 5000, "/" + "d/" * 4000])
def test_an_impossible_path_is_refused_in_one_short_line(path: str) -> None:
    message = refused(path)
    assert len(message) < 500
    assert message.isprintable()


@pytest.mark.parametrize("source", [None, 7, 1.5, ["a.png"], {"url": "x"}, object(), str])
def test_other_objects_are_refused_by_their_type(source: object) -> None:
    assert type(source).__name__ in refused(source)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2, 3), np.float32),
        np.zeros((2, 2), bool),
        np.zeros((2, 2, 2), np.uint8),
        np.zeros((3,), np.uint8),
        np.zeros((1, 2, 2, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused_with_shape_and_dtype(array: ImageSource) -> None:
    message = refused(array)
    assert str(array.shape) in message  # type: ignore[union-attr]
    assert str(array.dtype) in message  # type: ignore[union-attr]


@pytest.mark.parametrize("source", [np.zeros((0, 5, 3), np.uint8), Image.new("RGB", (0, 5))])
def test_a_picture_without_pixels_is_refused(source: ImageSource) -> None:
    assert "nothing to see" in refused(source)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "empty"),
        (b"just some words", "text"),
        ("wörter".encode(), "text"),
        (b"BMW is a car maker", "damaged"),
        (b"\n <!DOCTYPE HTML><html>", "an HTML page"),
        (b"<?xml version='1.0'?><svg/>", "an SVG drawing"),
        ("<svg><text>Größe</text></svg>".encode("utf-16"), "an SVG drawing"),
        ("<?xml encoding='latin-1'?><svg>Größe</svg>".encode("latin-1"), "an SVG drawing"),
        (gzip.compress(b"<svg>" + b" " * 200_000, mtime=0), "an SVG drawing"),
        (gzip.compress(b"anything else", mtime=0), "a gzip archive"),
        (b"\x1f\x8b and then nothing of gzip", "a gzip archive"),
        ("wörter".encode("utf-16"), "text"),
        ("wörter".encode("latin-1"), "unknown binary data"),
        (b"\x00\x01\x02\x03" * 50, "unknown binary data"),
        (zipped("word/document.xml"), "a Word file"),
        (zipped("xl/workbook.xml"), "an Excel file"),
        (zipped("a.png"), "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "an old Office file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 99, "an HEIC photo"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 99, "an HEIF photo"),
        (b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc" + b"\0" * 99, "an HEIF photo"),
        (b"\xff\x0a" + b"\0" * 99, "a JPEG XL picture"),
        (b"<?xml version='1.0'?><office:document x='y'/>", "a flat OpenDocument file"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 99, "a video"),
    ],
)
def test_what_is_no_picture_is_named_for_what_it_is(data: bytes, found: str) -> None:
    message = refused(data)
    assert found in message
    assert message.startswith("bytes: ")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_truncated_picture_is_damaged(form: str, tmp_path: Path) -> None:
    noise = Image.frombytes("RGB", (64, 64), np.random.default_rng(1).bytes(64 * 64 * 3))
    data = encoded(noise, form)
    path = tmp_path / "cut.bin"
    path.write_bytes(data[: len(data) // 2])
    message = refused(path)
    assert message.startswith(str(path))
    assert "damaged or incomplete" in message


def test_a_picture_of_an_image_library_that_cannot_be_decoded_is_damaged() -> None:
    data = encoded(sketch().resize((400, 400)), "JPEG")
    with Image.open(io.BytesIO(data[:900])) as picture:
        assert "damaged" in refused(picture)


def test_a_frame_whose_picture_cannot_be_decoded_is_damaged() -> None:
    data = encoded(sketch().resize((400, 400)), "JPEG")
    with Image.open(io.BytesIO(data[:900])) as picture:
        message = refused(Frame(picture, "photo", page=2))
    assert message.startswith("photo, page 2: ") and "damaged" in message


def test_pdfs_that_cannot_be_opened_say_why() -> None:
    assert "password" in refused(LOCKED_PDF, DocumentInvalid)
    assert "without pages" in refused(b"%PDF-1.7\nnothing more", DocumentInvalid)
    assert "without pages" in refused(encoded(sketch(), "PDF")[:200], DocumentInvalid)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("branch", [None, 3, 7])
def test_a_pdf_that_counts_fewer_pages_than_it_has_is_refused(
    count: int, branch: int | None
) -> None:
    message = refused(miscounted_pdf(count, branch=branch), DocumentInvalid)
    assert f"says it has {count} page" in message
    assert f"holds {3 - count} more, which would be lost" in message


@pytest.mark.parametrize("branch", [1, 2, 7])
def test_a_branch_of_a_pdf_may_count_wrongly(branch: int) -> None:
    assert len(load_frames(miscounted_pdf(3, branch=branch))) == 3


def test_a_pdf_that_counts_more_pages_than_it_has_is_damaged() -> None:
    assert "a PDF, but damaged or incomplete" in refused(miscounted_pdf(5), DocumentInvalid)


def test_a_tiff_of_a_kind_that_is_not_decoded_is_not_called_damaged() -> None:
    floats = encoded(Image.new("F", (9, 9)), "TIFF")
    bits = struct.pack("<HHI", 258, 3, 1)
    doubles = floats.replace(bits + b"\x20", bits + b"\x40")
    assert doubles != floats
    message = refused(doubles)
    assert "of a kind that is not decoded here" in message and "damaged" not in message
    assert "Save it as PNG" in message


def test_a_damaged_page_of_a_tiff_is_named() -> None:
    noise = Image.frombytes("L", (64, 64), np.random.default_rng(1).bytes(64 * 64))
    data = tiff(noise, noise, compression="tiff_adobe_deflate")
    start = data.rindex(zlib.compress(b"")[:1], 0, len(data) - 2000)
    broken = data[:start] + b"\0" * 1500 + data[start + 1500 :]
    assert "page 2" in refused(broken, DocumentInvalid)


@pytest.mark.parametrize(
    ("source", "limits"),
    [
        (lambda: huge_png(100_000, 50_000), {}),
        (lambda: huge_png(12_000, 9_000), {}),
        (lambda: icon(huge_png(12_000, 9_000)), {}),
        (lambda: icon(struct.pack("<IIIHHIIIIII", 40, 12_000, 18_000, 1, 32, *[0] * 6)), {}),
        (lambda: encoded(sketch(), "GIF"), {"megapixels": 0.0001}),
        (lambda: sketch(), {"megapixels": 0.0001}),
        (lambda: np.asarray(sketch()), {"megapixels": 0.0001}),
        (lambda: Frame(sketch(), "screen"), {"megapixels": 0.0001}),
        (lambda: pdf((100, 100)), {"page_side": 12_000}),
        (lambda: pdf((9, 9), (9, 9)), {"document_megapixels": 5}),
        (lambda: tiff(sketch(), sketch()), {"document_megapixels": 0.001}),
        (lambda: pdf((9, 9), (9, 9), (9, 9)), {"pages": 2}),
        (lambda: tiff(sketch(), sketch(), sketch()), {"pages": 2}),
    ],
)
def test_what_is_over_a_limit_is_too_large_and_names_the_limit(
    source: Callable[[], ImageSource], limits: dict[str, float]
) -> None:
    assert "Limits." in refused(source(), ImageTooLarge, **limits)


def test_the_limits_here_hold_where_the_image_library_would_warn() -> None:
    header = huge_png(10_000, 9_500)
    assert "damaged" in refused(header)  # 95 megapixels: tried, not refused and not warned of


@pytest.mark.parametrize("url", ["file:///etc/passwd", "FILE:/etc/passwd", "ftp://host/a.png"])
def test_other_schemes_are_forbidden(url: str) -> None:
    assert url in refused(url, SourceForbidden)


@pytest.mark.parametrize(
    "url", ["data:image/png;base64", "data:;base64,a", "data:,", "data:;base64,§§"]
)
def test_a_broken_data_url_is_refused(url: str) -> None:
    assert refused(url).startswith("data URL")


def test_a_long_source_is_shortened_and_its_password_left_out() -> None:
    assert len(refused("data:image/png;base64," + "A" * 100_000)) < 400
    message = refused("ftp://user:pa@ss@host/x.png?key=hidden#more", SourceForbidden)
    assert "ss@" not in message and "user" not in message and "hidden" not in message
