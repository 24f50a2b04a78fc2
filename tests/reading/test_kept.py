"""What one program read, another finds in the folder that LEOPARD_READINGS names."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.errors import LeopardError
from leopard_tools.reading.detection import DetectorSettings
from leopard_tools.reading.kept import VARIABLE, KeptReadings
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Box, Line, Reading

KEY, OTHER = b"\x00" * 16, b"\x01" * 16
PAGE = Path(__file__).parents[2] / "examples" / "data" / "scan.jpg"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "readings"))
    return tmp_path / "readings"


@pytest.fixture
def note() -> Image.Image:
    picture = Image.new("RGB", (420, 90), "white")
    ImageDraw.Draw(picture).text(
        (20, 30), "Total € 42", 0, ImageFont.truetype("DejaVuSans.ttf", 24)
    )
    return picture


def line(text: str) -> Line:
    return Line(text, Box(1, 2, 30, 4), 0.5)


numbers = st.floats(allow_nan=False, allow_infinity=False)
lines = st.builds(
    Line,
    st.text(),
    st.builds(Box, *[st.integers(-(2**31), 2**31)] * 4),
    numbers,
    st.lists(numbers).map(tuple),
    st.integers(0, 3),
)
readings = st.builds(
    Reading,
    st.lists(st.lists(lines, max_size=3).map(tuple), max_size=3).map(tuple),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.lists(st.lists(st.integers(-1, 3), max_size=3).map(tuple), max_size=3).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(readings, st.builds(Effort, *[st.integers(0, 1000)] * 4))
def test_a_reading_comes_back_as_it_was(tmp_path: Path, reading: Reading, effort: Effort) -> None:
    for number in (0, 1):
        kept = KeptReadings(tmp_path / "readings")
        if not number:
            kept.get(KEY)
            kept.put(KEY, reading, effort)
    assert kept.get(KEY) == (reading, effort)
    assert kept.get(OTHER) is None


def test_another_reader_has_what_was_read_and_computes_nothing(folder: Path) -> None:
    with Image.open(PAGE) as page:
        reading, first = Reader().read_counted(page)
        again, effort = Reader().read_counted(page)
        assert again == reading == Reader(cache_bytes=0).read(page)
    assert effort == first.repeated() and first.lines_read > 20
    assert len(list(folder.iterdir())) == 1


def test_other_settings_and_other_pictures_are_read_for_themselves(
    folder: Path, note: Image.Image
) -> None:
    Reader().read(note)
    thorough = DetectorSettings(everywhere=True)
    assert Reader(settings=thorough).read_counted(note)[1].pieces_read
    note.putpixel((0, 0), (254, 255, 255))
    assert Reader().read_counted(note)[1].pieces_read
    assert len(list(folder.iterdir())) == 3


def test_nothing_is_kept_where_nothing_is_wanted(
    folder: Path, note: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reader(cache_bytes=0).read(note)
    monkeypatch.delenv(VARIABLE)
    Reader().read(note)
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_only_its_user_sees_what_is_kept(folder: Path, note: Image.Image) -> None:
    Reader().read(note)
    [file] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("left", [0, 10, -1])
def test_a_damaged_file_is_read_anew(folder: Path, note: Image.Image, left: int) -> None:
    reading = Reader().read(note)
    [file] = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:left] + (b"?" if left < 0 else b""))
    again, effort = Reader().read_counted(note)
    assert again == reading and effort.lines_read == 1
    assert file.read_bytes() == whole


def test_what_was_used_least_recently_goes_and_nothing_of_others(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine" * 1000)
    reading = Reading(((line("x" * 50),),), 5, 5)
    kept = KeptReadings(tmp_path)
    for number in range(20):
        key = bytes([number]) * 16
        assert kept.get(key) is None
        kept.put(key, reading, Effort())
        os.utime(tmp_path / f"{key.hex()}.reading", (number, number))
    size = (tmp_path / f"{KEY.hex()}.reading").stat().st_size
    # Used again, so that it is the last to go.
    assert kept.get(KEY)
    small = KeptReadings(tmp_path, limit=3 * size)
    assert small.get(b"new".ljust(16)) is None
    small.put(b"new".ljust(16), reading, Effort())
    left = [number for number in range(20) if small.get(bytes([number]) * 16)]
    assert left == [0, 19] and small.get(b"new".ljust(16))
    assert (tmp_path / "diary.txt").exists()


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_a_folder_that_others_write_to_is_not_believed(folder: Path, note: Image.Image) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(LeopardError, match="Others may write to"):
        Reader().read(note)
    folder.chmod(0o755)
    assert Reader().read(note).text == "Total € 42"


@pytest.mark.parametrize("place", ["file/readings", "~no-such-user/readings"])
def test_a_folder_that_cannot_be_is_an_error_before_anything_is_read(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [Path(sys.executable).with_name("leopard"), "read", PAGE],
        env={**os.environ, VARIABLE: place},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "No readings can be kept in" in done.stderr and done.stderr.count("\n") == 1
