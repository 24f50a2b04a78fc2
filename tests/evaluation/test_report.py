"""The report in a real Chromium: filters, pictures, boxes, keyboard, colours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from leopard_tools.capture.browser import find_browser
from leopard_tools.evaluation.plan import make_plan
from leopard_tools.evaluation.replies import Reply
from leopard_tools.evaluation.report import write_report
from leopard_tools.evaluation.saved import Saved, load_saved
from leopard_tools.types import Box, Citation

from .small import SMALL
from .test_saved import FIELDS, own_set, run

HOSTILE = "</script><img src=x onerror=\"document.title='taken'\">"
SECONDS = 2.0


# Not for the session: as long as it lives, its event loop counts as running in this thread, and
# no test may have one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), chromium_sandbox=os.geteuid() != 0
        )
        yield chromium
        chromium.close()


def saved(folder: Path, replies: list[Reply]) -> Saved:
    plan = make_plan(folder)
    scores = tuple(plan.score(replies))
    return Saved(folder / "run.jsonl", "a system", None, plan, tuple(replies), scores, 0)


def write_set(folder: Path, rows: list[tuple[object, ...]]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = (json.dumps(dict(zip(FIELDS, row, strict=True))) for row in rows)
    (folder / "questions.jsonl").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five answers: right, wrong and sure, wrong and unsure, without an answer, absent."""
    folder = tmp_path_factory.mktemp("set")
    Image.new("RGB", (2000, 1000), "white").save(folder / "wide.png")
    Image.new("RGB", (300, 400), "white").save(folder / "tall.png")
    (folder / "broken.png").write_bytes(b"no picture")
    both = ["wide.png", "tall.png"]
    write_set(
        folder,
        [
            ("ok", both, "Which city?", ["Oslo"], "lookup", 1, [30, 40, 90, 20]),
            ("sure", ["wide.png"], HOSTILE, ["Rome"], "lookup", 0, None),
            ("unsure", ["wide.png"], "Wer zählt?", ["Ada"], "table", None, None),
            ("failed", ["broken.png"], "What is here?", ["x"], "lookup", None, None),
            ("none", ["tall.png"], "Is there a fax?", ["not in the images"], "absent", None, None),
        ],
    )
    replies = [
        Reply("ok", "Oslo", 0.9, (Citation(1, Box(33, 44, 60, 12), "Oslo"),), probability=0.9),
        Reply(
            "sure", "Paris", 0.9, (Citation(0, Box(500, 250, 1000, 500), "Paris"),), probability=0.8
        ),
        Reply("unsure", "Bob", 0.9, probability=0.3),
        Reply("failed", "", 0.0, error="it holds no picture", broken=("broken.png",)),
        Reply("none", "not in the images", 0.9, probability=0.7),
    ]
    out = folder / "report.html"
    assert write_report([saved(folder, replies)], out) == 0
    return out


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The report, opened; it must ask for nothing and log nothing."""
    asked: list[str] = []
    logged: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 800}, color_scheme="light")
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: logged.append(message.text))
    opened.on("pageerror", lambda error: logged.append(str(error)))
    opened.goto(report.as_uri())
    opened.wait_for_selector("html[data-ready]")
    yield opened
    context.close()
    outside = [url for url in asked if not url.startswith(("data:", report.as_uri()))]
    assert (outside, logged) == ([], [])


def headings(page: Page) -> list[str]:
    return page.locator("article h3").all_inner_texts()


def test_the_wrong_ones_come_first_the_surest_of_them_at_the_top(page: Page) -> None:
    assert headings(page) == [
        HOSTILE, "Wer zählt?", "What is here?", "Which city?", "Is there a fax?"
    ]  # fmt: skip
    verdicts = page.locator("article .verdict").all_inner_texts()
    assert verdicts == ["wrong", "wrong", "no answer", "right", "right"]
    page.get_by_role("combobox", name="Order").select_option("as asked")
    assert headings(page)[0] == "Which city?"
    page.get_by_role("combobox", name="Order").select_option("least sure first")
    assert headings(page)[:2] == ["What is here?", "Wer zählt?"]


def test_answers_are_filtered_and_searched_and_counted_aloud(page: Page) -> None:
    status = page.get_by_role("status")
    expect(status).to_have_text("5 of 5 answers")
    page.get_by_role("combobox", name="Verdict").select_option("wrong")
    expect(status).to_have_text("2 of 5 answers")
    page.get_by_role("combobox", name="Kind").select_option("table")
    assert headings(page) == ["Wer zählt?"]
    page.get_by_role("combobox", name="Kind").select_option("all")
    page.get_by_role("combobox", name="Verdict").select_option("all")
    page.keyboard.press("/")
    page.keyboard.type("ZÄHLT bob")
    expect(status).to_have_text("1 of 5 answers")
    assert headings(page) == ["Wer zählt?"]
    page.get_by_role("searchbox").fill("nothing has this")
    expect(status).to_have_text("0 of 5 answers")


def test_texts_stay_texts(page: Page) -> None:
    assert headings(page)[0] == HOSTILE
    assert "taken" not in page.title() and page.locator("article h3 img").count() == 0


def places(page: Page, selector: str, image: str) -> list[list[float]]:
    """Where boxes lie in the image beside them, in the image's own pixels."""
    found = page.evaluate(
        """([selector, image]) => {
          const picture = document.querySelector(image);
          const frame = picture.getBoundingClientRect();
          const [w, h] = [frame.width, frame.height];
          return [...document.querySelectorAll(selector)].map(box => {
            const r = box.getBoundingClientRect();
            return [(r.left - frame.left) / w, (r.top - frame.top) / h, r.width / w, r.height / h];
          });
        }""",
        [selector, image],
    )
    assert isinstance(found, list)
    return found


def test_boxes_lie_where_the_evidence_is(page: Page) -> None:
    page.get_by_role("combobox", name="Kind").select_option("lookup")
    page.get_by_role("combobox", name="Verdict").select_option("right")
    strip = "article .thumb:nth-child(2)"
    page.locator(f"{strip} img").scroll_into_view_if_needed()
    for where in (strip, "#stage"):
        if where == "#stage":
            page.get_by_role("button", name="Open Image 2 of 2: tall.png").click()
        page.wait_for_function(f"document.querySelector('{where} img').complete")
        (cited,) = places(page, f"{where} .box.evidence", f"{where} img")
        assert cited == pytest.approx([33 / 300, 44 / 400, 60 / 300, 12 / 400], abs=0.003)
        (known,) = places(page, f"{where} .box.known", f"{where} img")
        assert known == pytest.approx([30 / 300, 40 / 400, 90 / 300, 20 / 400], abs=0.003)
    # The first picture has no evidence in it.
    assert page.locator("article .thumb:nth-child(1) .box").count() == 0


def test_a_picture_opens_and_closes_with_the_keyboard(page: Page) -> None:
    page.get_by_role("combobox", name="Verdict").select_option("right")
    thumb = page.get_by_role("button", name="Open Image 1 of 2: wide.png")
    thumb.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(page.locator("#caption")).to_have_text("Image 1 of 2: wide.png")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#caption")).to_have_text("Image 2 of 2: tall.png. Evidence outlined: Oslo")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#caption")).to_have_text("Image 1 of 2: wide.png")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(thumb).to_be_focused()


def test_a_screen_reader_finds_names_for_everything(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, dialog, [role], svg")]
          .filter(e => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby")
            || e.labels?.length || e.textContent.trim() || e.id === "count"))
          .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert nameless == []
    expect(page.get_by_role("search", name="Answers")).to_be_visible()
    expect(page.get_by_role("article", name="Wer zählt?")).to_be_visible()
    expect(page.get_by_role("img", name="Score over probability")).to_be_visible()
    repeated = page.evaluate(
        "() => { const a = [...document.querySelectorAll('[id]')].map(e => e.id);"
        " return a.filter((x, n) => a.indexOf(x) !== n) }"
    )
    assert repeated == []
    # The first stop of the Tab key leads past the figures.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the answers")).to_be_focused()


CONTRAST = """() => {
  const light = c => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  const card = getComputedStyle(document.querySelector(".answer")).backgroundColor;
  return [".verdict", ".right .verdict", ".soft", "h3", "dt"].map(s =>
    ratio(getComputedStyle(document.querySelector(`.answer ${s}, .answer${s}`)).color, card));
}"""


def test_light_and_dark_are_both_readable_and_can_be_changed(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert all(ratio >= 4.5 for ratio in page.evaluate(CONTRAST))
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(background) != dark
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(background) == dark


def test_what_cannot_be_opened_is_named(page: Page) -> None:
    expect(page.locator("article .missing")).to_contain_text("broken.png")
    expect(page.locator("header")).to_contain_text(
        "1 pictures are missing or cannot be opened: broken.png."
    )


def test_a_thousand_answers_load_in_two_seconds(browser: Browser, tmp_path: Path) -> None:
    noise = Image.effect_noise((900, 700), 60).convert("RGB")
    for number in range(50):
        noise.rotate(number).save(tmp_path / f"{number}.jpg")
    rows = [
        (f"{n}", [f"{n % 50}.jpg"], f"Question {n}?", ["x"], "lookup", 0, [9, 9, 90, 30])
        for n in range(1000)
    ]
    write_set(tmp_path, rows)  # type: ignore[arg-type]
    replies = [
        Reply(f"{n}", "x" if n % 2 else "y", n / 1000, (Citation(0, Box(9, 9, 90, 30), "x"),))
        for n in range(1000)
    ]
    out = tmp_path / "report.html"
    assert write_report([saved(tmp_path, replies)], out) == 0
    opened = browser.new_page()
    seconds = []
    for _ in range(3):
        opened.goto(out.as_uri())
        opened.wait_for_selector("html[data-ready]")
        event = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        seconds.append(opened.evaluate(event) / 1000)
    # The quickest: what the page takes, not what else the machine does.
    assert 0 < min(seconds) < SECONDS
    assert opened.locator("article").count() == 30
    opened.get_by_role("button", name="Show more (970 left)").click()
    assert opened.locator("article").count() == 60
    opened.get_by_role("combobox", name="Verdict").select_option("right")
    expect(opened.get_by_role("status")).to_have_text("500 of 1000 answers")
    opened.close()


def test_pictures_that_do_not_fit_are_left_out_of_the_right_answers_first(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        Image.effect_noise((300, 300), 60).save(tmp_path / name)
    write_set(
        tmp_path,
        [
            ("1", ["a.png"], "1?", ["x"], "lookup", None, None),
            ("2", ["b.png"], "2?", ["x"], "lookup", None, None),
        ],
    )
    run_of_two = saved(tmp_path, [Reply("1", "x", 0.9), Reply("2", "y", 0.9)])
    out = tmp_path / "report.html"
    assert write_report([run_of_two], out) == 0
    size = out.stat().st_size
    assert write_report([run_of_two], out, picture_bytes=(tmp_path / "a.png").stat().st_size) == 1
    page = out.read_text()
    assert "b.png" in page and '"name":"a.png"' not in page and len(page) < size
    assert write_report([run_of_two], out, picture_bytes=0) == 2


def test_a_report_says_how_it_was_run(tmp_path: Path) -> None:
    folder = own_set(tmp_path / "set", {"a": "1"})
    Image.new("RGB", (30, 30)).save(folder / "a.png")
    file, out = tmp_path / "run.jsonl", tmp_path / "out.html"
    run(folder, file, {"a": "1"}, dtype="int8", versions={"torch": "2.13"})
    write_report([load_saved(str(file))], out)
    page = out.read_text()
    assert "<td>int8</td>" in page and "version of torch" in page and "model x" in page


def test_what_is_no_text_is_told_by_its_escape(tmp_path: Path) -> None:
    folder = own_set(tmp_path / os.fsdecode(b"caf\xe9"), {"half \ud83d": "1"})
    Image.new("RGB", (30, 30)).save(folder / "a.png")
    file, out = tmp_path / "run.jsonl", tmp_path / "out.html"
    run(folder, file, {"half \ud83d": "1"})
    write_report([load_saved(str(file))], out)
    page = out.read_text(encoding="utf-8")
    assert "caf\\udce9" in page and r"half \ud83d" in page


def test_several_benchmarks_stand_in_one_report(
    browser: Browser, small: Path, tmp_path: Path
) -> None:
    files = []
    for name in ("docvqa", "mirb"):
        files.append(tmp_path / name)
        run(small / name, files[-1], SMALL[name].replies, benchmark=name, script="llava")
    out = tmp_path / "report.html"
    write_report([load_saved(str(file)) for file in files], out)
    opened = browser.new_page()
    opened.goto(out.as_uri())
    opened.wait_for_selector("html[data-ready]")
    table = opened.get_by_role("region", name="Figures of all questions")
    rows = [text.split() for text in table.get_by_role("row").all_inner_texts()]
    assert rows[1][:3] == ["DocVQA", "accuracy", "66.7"] and rows[1][-1] == "68.07"
    assert rows[2][:3] == ["MIRB", "accuracy", "66.7"] and rows[2][-1] == "42.00"
    # Marks in front of a question are not told.
    assert "Who signed?" in headings(opened)
    opened.get_by_role("combobox", name="Kind").select_option("MIRB: count")
    expect(opened.get_by_role("status")).to_have_text("1 of 6 answers")
    opened.close()


@pytest.mark.parametrize("width", [1200, 500])
def test_a_deck_of_twenty_pages_is_not_wider_than_the_page(
    browser: Browser, small: Path, tmp_path: Path, width: int
) -> None:
    file, out = tmp_path / "run", tmp_path / "report.html"
    run(small / "slidevqa", file, SMALL["slidevqa"].replies, benchmark="slidevqa")
    write_report([load_saved(str(file))], out)
    opened = browser.new_page(viewport={"width": width, "height": 700})
    opened.goto(out.as_uri())
    opened.wait_for_selector("html[data-ready]")
    assert opened.locator("article").nth(1).locator(".thumb").count() == 20
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()
