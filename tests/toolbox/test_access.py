"""What an agent may open is what its user permitted, and nothing beside it."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from leopard_tools.errors import CaptureDenied, ImageInvalid, LeopardError, SourceForbidden
from leopard_tools.toolbox import Access


def picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (30, 20), "white").save(stream, "PNG")
    return stream.getvalue()


def test_nothing_of_this_machine_is_open_by_default(data: Path) -> None:
    access = Access()
    for source in ("deck.pdf", str(data / "deck.pdf"), "/etc/passwd"):
        with pytest.raises(SourceForbidden, match=r"Access\(roots="):
            access.frames(source)
    with pytest.raises(SourceForbidden, match=r"127\.0\.0\.1"):
        access.frames("http://127.0.0.1/x.png")
    with pytest.raises(SourceForbidden, match="file URLs"):
        access.frames(f"file://{data / 'deck.pdf'}")
    with pytest.raises(CaptureDenied, match="screen=True"):
        access.check_screen()


def test_files_under_a_root_and_data_urls_are_opened(data: Path, tmp_path: Path) -> None:
    access = Access(roots=data, web=False)
    assert len(access.frames("deck.pdf")) == 6
    url = f"data:image/png;base64,{b64encode(picture()).decode()}"
    assert access.frames(url)[0].size == (30, 20)
    (tmp_path / "secret.png").write_bytes(picture())
    for source in (str(tmp_path / "secret.png"), "../../pyproject.toml"):
        with pytest.raises(SourceForbidden, match="under none of the folders"):
            access.frames(source)
    with pytest.raises(SourceForbidden, match="no web addresses"):
        access.frames("https://example.org/x.png")


def test_a_name_that_is_too_long_is_said_to_be(data: Path) -> None:
    with pytest.raises(ImageInvalid, match="name too long"):
        Access(roots=data).frames("a" * 5000)


def test_an_access_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="no such folder"):
        Access(roots=[tmp_path / "none"])
    for root in ("~nobody-of-that-name/decks", "a" * 5000):
        with pytest.raises(LeopardError, match="no such folder"):
            Access(roots=[root])
    with pytest.raises(CaptureDenied, match="empty pattern"):
        Access(deny=[""])
