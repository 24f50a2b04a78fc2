"""`leopard screen`, `slides` and `web` as a person types them, each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from leopard_tools.cli.captured import Wishes, report
from leopard_tools.cli.output import ModelChoice
from leopard_tools.types import Box, Frame

from ..cli.test_commands import LEOPARD, run
from ..images.local_site import Site
from .decks import save_deck
from .pages import html
from .real_desktop import Connected, poster

NANO = ModelChoice("nano", None, "auto", "auto")


@pytest.fixture
def signs(desktop: Connected) -> Connected:
    desktop.open(
        "Build log", poster((600, 300), "Build finished: 3 tests failed", "#ffffff"), (80, 80)
    )
    desktop.open("Vault", poster((500, 200), "Password: swordfish", "#ffffff"), (1500, 500))
    return desktop


def test_screen_prints_the_text_and_keeps_denied_windows_out_of_it(
    signs: Connected, tmp_path: Path
) -> None:
    done = run(
        "screen", "--deny", "vault", "--save", tmp_path / "out", "--show", tmp_path / "x.png"
    )
    assert done.returncode == 0, done.stderr
    assert "Build finished: 3 tests failed" in done.stdout and "swordfish" not in done.stdout
    with (
        Image.open(tmp_path / "out" / "screen.png") as saved,
        Image.open(tmp_path / "x.png") as shown,
    ):
        assert saved.size == shown.size == (2400, 900)
        assert saved.tobytes() != shown.tobytes()
    assert done.stderr.strip() == str(tmp_path / "out" / "screen.png")


def test_screen_tells_where_lines_stand_on_the_desktop(signs: Connected) -> None:
    done = run("screen", "--window", "vault", "--json")
    (image,) = json.loads(done.stdout)["images"]
    assert image["window"] == "Vault" and image["scale"] == 1.0
    line = next(line for line in image["lines"] if "swordfish" in line["text"])
    box = Box(*line["box"])
    left, top = image["origin"]
    # The poster's text begins at (20, 20) in a window at (1500, 500), below its title.
    assert abs(left + box.left - 1521) <= 4 and 500 < top + box.top < 560


def test_screen_answers_a_question_about_a_monitor(signs: Connected, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    question = "What is the password?"
    done = run("screen", question, "--monitor", "2", "--verbatim", "--cite", "--show", out)
    assert (done.returncode, done.stdout) == (0, "swordfish\n")
    assert done.stderr.startswith("screen: “swordfish” at ")
    with Image.open(out) as picture:
        assert picture.size == (1000, 900)


def test_screen_says_what_is_wrong(desktop: Connected) -> None:
    assert run("screen", "--region", "1,2,3").returncode == 2
    assert run("screen", "--window", "a", "--monitor", "1").returncode == 2
    done = run("screen", "--monitor", "7")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("leopard: There is no monitor 7")
    done = run("screen", env={"DISPLAY": ""})
    assert done.returncode == 1 and "DISPLAY is not set" in done.stderr


def test_slides_prints_numbers_titles_notes_and_text(tmp_path: Path) -> None:
    deck = save_deck(tmp_path / "deck.pptx")
    done = run("slides", deck, "--json", "--save", tmp_path / "out")
    images = json.loads(done.stdout)["images"]
    assert [image["page"] for image in images] == [1, 2, 3, 4]
    assert [image["hidden"] for image in images] == [False, True, False, True]
    assert images[0]["notes"] == "Greet the board.\nThen wait."
    assert "This is slide 3" in images[2]["text"]
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == [f"slide-{number}.png" for number in range(1, 5)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_leaves_nothing_behind(
    data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    # What is ignored where the tests run (in the background, behind nohup) is not here.
    command = ["env", "--default-signal", str(LEOPARD), "slides", str(data / "deck.pptx")]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as drawing:
        while not drawn_in(tmp_path):
            assert drawing.poll() is None
            os.sched_yield()
        drawing.send_signal(number)
        _, told = drawing.communicate()
    assert (drawing.returncode, told) == (128 + number, b"")
    # What was killed takes some hundredths of a second to be gone from the system's list.
    end = time.monotonic() + 5
    while drawn_in(tmp_path):
        assert time.monotonic() < end
    assert not list(tmp_path.iterdir())


def drawn_in(folder: Path) -> bool:
    """Whether LibreOffice is at work in a folder."""
    found = False
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found |= (
                b"soffice" in (command := file.read_bytes()) and str(folder).encode() in command
            )
    return found


def test_slides_says_which_are_hidden_and_what_their_notes_are(tmp_path: Path) -> None:
    texts = run("slides", save_deck(tmp_path / "deck.pptx")).stdout.split("\n\n")
    assert texts[0].startswith("page 1 Rollout plan notes: Greet the board. Then wait.\n")
    assert texts[1].startswith("page 2 Costs nobody should see (hidden) notes: Only if asked.\n")
    assert not texts[2].startswith("page")
    assert texts[3].startswith("page 4 (hidden) notes: The end\n")


@pytest.mark.skipif(sys.platform == "win32", reason="sends to a group of processes")
def test_an_interrupt_in_a_terminal_ends_the_browser_without_a_word_or_a_trace(
    site: Site,
) -> None:
    asked = threading.Event()
    # The page never comes.
    site.answers["/"] = lambda _: asked.set() or (site.over.wait(20) and None)
    command = ["env", "--default-signal", str(LEOPARD), "web", site.url(), "--allow-private"]
    # Not pytest's folder: with what Chromium puts there, a socket's path would be too long.
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "TMPDIR": folder}
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, start_new_session=True, env=environment
        ) as opening:
            assert asked.wait(60)
            # A terminal sends it to all of them, playwright's driver among them.
            os.killpg(opening.pid, signal.SIGINT)
            _, told = opening.communicate()
        assert (opening.returncode, told) == (130, b"")
        assert not list(Path(folder).iterdir())


def test_web_prints_every_line_of_a_long_page_once(site: Site, tmp_path: Path) -> None:
    lines = "".join(f"<p>This is line {number} of it</p>" for number in range(70))
    site.answers["/"] = html(f"<title>Long</title><body style='font:22px sans-serif'>{lines}")
    done = run("web", site.url(), "--full", "--allow-private", "--save", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    found = [line for line in done.stdout.splitlines() if line]
    assert found == [f"This is line {number} of it" for number in range(70)]
    assert sorted(file.name for file in (tmp_path / "out").iterdir())[0] == "page-1.png"


def test_web_shows_a_page_of_any_height_in_parts(site: Site) -> None:
    site.answers["/"] = html(
        "<body style='margin:0;font:40px sans-serif'>"
        "<div style='height:29000px'>The beginning</div>"
        "<div style='height:6000px'>The middle</div>The end"
    )
    done = run("web", site.url(), "--full", "--allow-private")
    assert done.returncode == 1 and "`leopard web --start 0`" in done.stderr
    show = ("web", site.url(), "--allow-private", "--start")
    first = run(*show, "0")
    assert "The beginning" in first.stdout and "The middle" in first.stdout
    assert "The end" not in first.stdout
    told = next(line for line in first.stderr.splitlines() if "goes on" in line)
    after = told.split("--start ")[1].split()[0]
    last = run(*show, after)
    assert "The end" in last.stdout and "The beginning" not in last.stdout
    assert last.returncode == 0 and "goes on" not in last.stderr


def test_web_prints_a_row_that_two_segments_share_once(site: Site) -> None:
    site.answers["/"] = html(
        "<style>body{margin:0;font:24px/26px sans-serif;height:1700px}"
        "th,td{text-align:left;vertical-align:top;width:400px;padding:0 0 10px 40px}</style>"
        "<div style='height:792px'>Fleet overview</div><table>"
        "<tr><th>Kittiwake<th>Fulmar<th>Gannet</tr>"
        "<tr><td>Oban<td>Ullapool and Stornoway, twice every single day<td>Mallaig</tr>"
        "<tr><td>42 cars<td>120 cars<td>68 cars</tr></table>"
    )
    text = run("web", site.url(), "--full", "--allow-private").stdout
    for words in ("Kittiwake", "Gannet", "Oban", "Ullapool", "single", "Mallaig", "42", "120"):
        assert text.count(words) == 1, words


def test_what_two_segments_share_is_told_once_in_json_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = poster((300, 1700), "\n".join(f"Row {number}." for number in range(40)), "white")
    frames = [
        Frame(page.crop((0, top, 300, top + 900)), "page", page=number, origin=(0, top))
        for number, top in ((1, 0), (2, 800))
    ]
    report(frames, Wishes("page", None, True, False, False, None, None, NANO))
    images = json.loads(capsys.readouterr().out)["images"]
    lines = [line["text"] for image in images for line in image["lines"]]
    assert sorted(lines) == sorted(f"Row {number}." for number in range(40))
    assert [len(image["text"].splitlines()) for image in images] == [
        len(image["lines"]) for image in images
    ]


def test_web_answers_a_question_and_refuses_private_addresses(site: Site) -> None:
    site.answers["/"] = html("<h1>Opening hours</h1><p>Phone: 01631 960 244</p>")
    question = "What is the phone number?"
    done = run("web", site.url(), question, "--allow-private", "--verbatim")
    assert (done.returncode, done.stdout) == (0, "01631 960 244\n")
    done = run("web", site.url(), question)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not a public address" in done.stderr and "--allow-private" in done.stderr
