"""What an agent may open is what its user permitted, and nothing beside it."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from leopard_tools.errors import CaptureDenied, ImageInvalid, LeopardError, SourceForbidden
from leopard_tools.images import files
from leopard_tools.lazy import LazyLeopard
from leopard_tools.toolbox import Access, Toolbox
from leopard_tools.toolbox.captures import CaptureStore


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
    with pytest.raises(SourceForbidden, match=r"^https://example\.org/x\.png\?…: no web addr"):
        access.frames("https://user:hunter2@example.org/x.png?token=secret")


class Raced(Access):
    """Somebody makes a link of the file as soon as it was permitted."""

    def permitted(self, path: str) -> Path:
        file = super().permitted(path)
        file.unlink()
        file.symlink_to(file.parent.parent / "secret.png")
        return file


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_becomes_a_link_is_not_followed_out(
    told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not told:  # As on a system that does not say where an open file lies.
        monkeypatch.setattr(files, "_place", lambda descriptor: None)
    root = tmp_path / "root"
    root.mkdir()
    for file in (tmp_path / "secret.png", root / "a.png"):
        file.write_bytes(picture())
    assert Access(roots=root).frames("a.png")[0].size == (30, 20)
    raced = Raced(roots=root)
    for opens in (raced.frames, raced.open, Toolbox(LazyLeopard(), raced).slides):
        with pytest.raises(SourceForbidden, match="under none of the folders"):
            opens("a.png")
        (root / "a.png").unlink()
        (root / "a.png").write_bytes(picture())


def test_a_file_that_is_replaced_is_read_as_it_was_opened(tmp_path: Path) -> None:
    file, later = tmp_path / "a.png", tmp_path / "b.png"
    for each in (file, later):
        each.write_bytes(picture())
    with Access(roots=tmp_path).open("a.png") as stream:
        later.replace(file)
        assert stream.read() == picture()
        assert stream.name == str(file.resolve())


def test_a_name_that_is_too_long_is_said_to_be(data: Path) -> None:
    with pytest.raises(ImageInvalid, match="name too long"):
        Access(roots=data).frames("a" * 5000)


def test_a_file_whose_name_begins_like_a_home_is_opened(tmp_path: Path) -> None:
    # Editors and office programs begin the names of copies so.
    (tmp_path / "~nobody-of-that-name.png").write_bytes(picture())
    access = Access(roots=[tmp_path])
    assert access.frames("~nobody-of-that-name.png")[0].size == (30, 20)
    with pytest.raises(SourceForbidden, match="under none of the folders"):
        access.frames("~/secret.png")


def test_what_is_refused_is_not_repeated_at_length(data: Path) -> None:
    long = "/elsewhere/" + "a" * 50_000
    with pytest.raises(SourceForbidden, match="under none of the folders") as refused:
        Access(roots=data).frames(long)
    assert len(str(refused.value)) < 1000
    with pytest.raises(LeopardError, match="There is no capture") as unknown:
        CaptureStore(1000).get("me", [long])
    assert len(str(unknown.value)) < 1000


def test_an_access_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="no such folder"):
        Access(roots=[tmp_path / "none"])
    for root in ("~nobody-of-that-name/decks", "a" * 5000):
        with pytest.raises(LeopardError, match="no such folder"):
            Access(roots=[root])
    # As a shell has it of a variable that is not set: not the folder that the program runs in.
    for roots in ("", [tmp_path, ""]):
        with pytest.raises(LeopardError, match="is empty"):
            Access(roots=roots)
    with pytest.raises(CaptureDenied, match="empty pattern"):
        Access(deny=[""])
