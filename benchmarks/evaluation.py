"""What an evaluation costs: the queue against one question after the other, and the report.

    python benchmarks/evaluation.py [--questions 48] [--repeat 2]

nano answers the first questions of the held-out set, each time loaded anew so that nothing is known
from before: once one by one, then with several questions in the queue. Answers must be the same.
Pictures are read before the clock starts, for reading is the same either way. Processor time is
beside the time that passed, for it depends less on what else the machine does. Then the time in
which a page of 1,000 answers loads in Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from machine import EMBEDDED, describe_machine, needs
from PIL import Image

from leopard_tools import Leopard
from leopard_tools.capture.browser import find_browser
from leopard_tools.evaluation.dataset import read_questions
from leopard_tools.evaluation.plan import make_plan
from leopard_tools.evaluation.questions import Question, source_of
from leopard_tools.evaluation.replies import Reply
from leopard_tools.evaluation.report import write_report
from leopard_tools.evaluation.run import ask_all
from leopard_tools.evaluation.saved import Saved

SET = Path(__file__).parents[1] / "examples" / "data" / "eval"
AT_ONCE = (1, 2, 4, 8)
ANSWERS, PICTURES = 1000, 50


def asked(questions: list[Question], concurrency: int) -> tuple[float, float, list[str]]:
    """Seconds, and those of the processors, of a Leopard that has read the pictures alone."""
    with Leopard.load() as leopard:
        for image in dict.fromkeys(image for q in questions for image in q.images):
            leopard.read(source_of(image))
        start, used = time.perf_counter(), time.process_time()
        replies = ask_all(leopard, questions, concurrency=concurrency)
        passed = time.perf_counter() - start
        return passed, time.process_time() - used, [reply.text for reply in replies]


def time_queue(questions: list[Question], repeat: int) -> None:
    passed: dict[int, list[float]] = {number: [] for number in AT_ONCE}
    used: dict[int, list[float]] = {number: [] for number in AT_ONCE}
    expected: list[str] = []
    for _ in range(repeat):
        for number in AT_ONCE:
            seconds, busy, texts = asked(questions, number)
            passed[number].append(seconds)
            used[number].append(busy)
            expected = expected or texts
            for question, text, other in zip(questions, texts, expected, strict=True):
                if text != other:
                    raise SystemExit(f"{question.id}, {number} at once: {text!r} is not {other!r}")
    print("at once  seconds  gain  processor seconds  gain  questions/s")
    for number in AT_ONCE:
        seconds, busy = median(passed[number]), median(used[number])
        gains = median(passed[1]) / seconds, median(used[1]) / busy
        print(
            f"{number:>7} {seconds:>8.1f} {gains[0]:>4.2f}x {busy:>18.1f} {gains[1]:>4.2f}x "
            f"{len(questions) / seconds:>12.2f}"
        )


def time_report() -> None:
    """Writes a report of made-up answers about noise, and opens it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        noise = Image.effect_noise((1280, 720), 60).convert("RGB")
        for number in range(PICTURES):
            noise.rotate(number).save(folder / f"{number}.jpg")
        fields = ("id", "images", "question", "answers", "kind", "page", "box")
        rows = (
            (f"{n}", [f"{n % PICTURES}.jpg"], f"Question {n}?", ["x"], "lookup", None, None)
            for n in range(ANSWERS)
        )
        lines = (json.dumps(dict(zip(fields, row, strict=True))) for row in rows)
        (folder / "questions.jsonl").write_text("\n".join(lines))
        plan = make_plan(folder)
        replies = [Reply(f"{n}", "xy"[n % 2], n / ANSWERS) for n in range(ANSWERS)]
        run = Saved(folder, "", None, plan, tuple(replies), tuple(plan.score(replies)), 0)
        out = folder / "report.html"
        start = time.perf_counter()
        write_report([run], out)
        written = time.perf_counter() - start
        size = out.stat().st_size / 1e6
        print(f"report of {ANSWERS} answers: written in {written:.1f} s, {size:.1f} MB, ", end="")
        print(f"loaded in {loaded(out):.2f} s")


def loaded(page: Path) -> float:
    """Seconds until a page has run its scripts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), chromium_sandbox=os.geteuid() != 0
        )
        opened = browser.new_page()
        opened.goto(page.as_uri())
        opened.wait_for_selector("html[data-ready]")
        event = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        milliseconds = opened.evaluate(event)
        browser.close()
        return float(milliseconds) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=48, help="how many are asked")
    parser.add_argument("--repeat", type=int, default=2, help="times that each is asked")
    options = parser.parse_args()
    needs(*EMBEDDED, "playwright")
    print(describe_machine())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if os.name == "posix" else "?"
    print(f"load before: {load}", file=sys.stderr)
    questions = read_questions(SET)[: options.questions]
    time_queue(questions, options.repeat)
    time_report()


if __name__ == "__main__":
    main()
