"""Pictures and documents made for the tests, as bytes, and how the tests look at frames."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from leopard_tools.errors import ImageInvalid, LeopardError
from leopard_tools.images.sources import Limits, load_frames

if TYPE_CHECKING:
    from leopard_tools.types import Frame

# One blank page of 60 x 40 points, encrypted with the user password "secret" (RC4, 128 bits).
LOCKED_PDF = base64.b64decode(
    "JVBERi0xLjMKJeLjz9MKMSAwIG9iago8PAovUHJvZHVjZXIgPDZmZTRjMGE2ZDU+Cj4+CmVuZG9iagoyIDAgb2Jq"
    "Cjw8Ci9UeXBlIC9QYWdlcwovQ291bnQgMQovS2lkcyBbIDQgMCBSIF0KPj4KZW5kb2JqCjMgMCBvYmoKPDwKL1R5"
    "cGUgL0NhdGFsb2cKL1BhZ2VzIDIgMCBSCj4+CmVuZG9iago0IDAgb2JqCjw8Ci9UeXBlIC9QYWdlCi9SZXNvdXJj"
    "ZXMgPDwKPj4KL01lZGlhQm94IFsgMC4wIDAuMCA2MCA0MCBdCi9QYXJlbnQgMiAwIFIKPj4KZW5kb2JqCjUgMCBv"
    "YmoKPDwKL1YgMgovUiAzCi9MZW5ndGggMTI4Ci9QIDQyOTQ5NjcyOTIKL0ZpbHRlciAvU3RhbmRhcmQKL08gPDBl"
    "NTIyOTI1YTNlNGU4NzRjM2NmYWNiZWY1MTFhNzNhYzRlYzJiZDg2NWRjZDNkNDYyNzYxNDkxN2FiZmQ3ZTQ+Ci9V"
    "IDxhZGVkMmYyYTcxMjg4NDQzYmQzYTJhMGNkMTljODZmZTI4YmY0ZTVlNGU3NThhNDE2NDAwNGU1NmZmZmEwMTA4"
    "Pgo+PgplbmRvYmoKeHJlZgowIDYKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAw"
    "MDAwNTkgMDAwMDAgbiAKMDAwMDAwMDExOCAwMDAwMCBuIAowMDAwMDAwMTY3IDAwMDAwIG4gCjAwMDAwMDAyNTkg"
    "MDAwMDAgbiAKdHJhaWxlcgo8PAovU2l6ZSA2Ci9Sb290IDMgMCBSCi9JbmZvIDEgMCBSCi9JRCBbIDxhMjE2NWVl"
    "MmQ2ZjQxYmE0MDgzNjBhYWFmNGY0ODc3MT4gPGEyMTY1ZWUyZDZmNDFiYTQwODM2MGFhYWY0ZjQ4NzcxPiBdCi9F"
    "bmNyeXB0IDUgMCBSCj4+CnN0YXJ0eHJlZgo0NzQKJSVFT0YK"
)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def sketch(mode: str = "RGB") -> Image.Image:
    """40 x 20, red but for a blue square in its top left corner."""
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("blue", (0, 0, 10, 10))
    return picture.convert(mode)


def pdf(*sizes: tuple[float, float]) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for size in sizes:
        document.new_page(*size).close()
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def handmade_pdf(box: str) -> bytes:
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % box.encode()
    )


def miscounted_pdf(count: int, *, branch: int | None = None) -> bytes:
    """A PDF of three pages that says it has `count`; they may hang in a branch that says so too."""
    kids, parent = b"4 0 R 5 0 R 6 0 R", 2 if branch is None else 3
    root = kids if branch is None else b"3 0 R"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (root, count),
        b"<</Type/Pages/Parent 2 0 R/Kids[%s]/Count %d>>" % (kids, branch or 0),
        *[b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 60 40]>>" % parent] * 3,
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % each for each in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def tiff(*pages: Image.Image, **options: object) -> bytes:
    return encoded(pages[0], "TIFF", save_all=True, append_images=list(pages[1:]), **options)


def icon(content: bytes, *, bits: int = 32) -> bytes:
    """An icon of one picture, a PNG or a BMP without its head, said to be 16 x 16."""
    place = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, bits, len(content), 22)
    return struct.pack("<HHH", 0, 1, 1) + place + content


def huge_png(width: int, height: int) -> bytes:
    """The header of a PNG that would be enormous, with hardly any data behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 99))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def only(frames: list[Frame]) -> Frame:
    (frame,) = frames
    assert frame.image.mode == "RGB"
    return frame


def pixel(frame: Frame, x: int, y: int) -> tuple[int, ...]:
    value = frame.image.getpixel((x, y))
    assert isinstance(value, tuple)
    return value


def refused(source: object, kind: type[LeopardError] = ImageInvalid, **limits: float) -> str:
    with pytest.raises(kind) as caught:
        load_frames(source, Limits(**limits))  # type: ignore[arg-type]
    assert type(caught.value) is kind
    return str(caught.value)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, np.random.default_rng(0).bytes(90_000))
    return buffer.getvalue()
