"""A JSON answer of five fields over slides: held to its schema, or free, parsed and asked again.

    python benchmarks/structured.py [--repeat 3] [--max-tokens 96] [--checkpoint X]

Both take turns on every page of examples/data, with the same question and instruction, after the
page was read and its prompt computed once. The free answer is greedy first; where it is not valid
it is asked again with temperature, three times at most in all, as a caller without `schema` would.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from machine import EMBEDDED, describe_machine, needs

from leopard_tools import Frame, Leopard, LeopardError
from leopard_tools.images.sources import Limits, load_frames
from leopard_tools.schema import Schema
from leopard_tools.variants.registry import NANO

DATA = Path(__file__).parents[1] / "examples" / "data"
SOURCES = ("deck.pdf", "scan.jpg")
QUESTION = "What does this page say?"
TRIES = 3


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for."""

    title: str
    company: str
    date: str | None
    amount: float | None
    has_table: bool


@dataclass
class Outcome:
    """Seconds, tokens and validity of one way of asking, one entry an answer."""

    seconds: list[float] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    tries: list[int] = field(default_factory=list)
    valid: list[bool] = field(default_factory=list)

    def add(self, start: float, tokens: int, tries: int, valid: bool) -> None:
        self.seconds.append(time.perf_counter() - start)
        self.tokens.append(tokens)
        self.tries.append(tries)
        self.valid.append(valid)

    def row(self, name: str) -> str:
        share = 100 * sum(self.valid) / len(self.valid)
        return (
            f"| {name} | {statistics.median(self.seconds):.2f} | {max(self.seconds):.2f} "
            f"| {statistics.mean(self.tokens):.0f} | {statistics.mean(self.tries):.1f} "
            f"| {share:.0f} % |"
        )


def held(leopard: Leopard, frame: Frame, max_tokens: int, outcome: Outcome) -> str:
    start = time.perf_counter()
    answer = leopard.ask(QUESTION, [frame], schema=Page, max_tokens=max_tokens)
    outcome.add(start, len(answer.token_ids), 1, isinstance(answer.parsed, Page))
    return answer.text


def free(leopard: Leopard, frame: Frame, max_tokens: int, outcome: Outcome) -> str:
    schema = Schema.of(Page)
    start = time.perf_counter()
    tokens, valid, text, tries = 0, False, "", 0
    while tries < TRIES and not valid:
        answer = leopard.ask(
            QUESTION,
            [frame],
            instruction=schema.instruction,
            max_tokens=max_tokens,
            temperature=0.7 if tries else 0.0,
            seed=tries,
        )
        tokens, text, tries = tokens + len(answer.token_ids), answer.text, tries + 1
        try:
            schema.parse(text)
            valid = True
        except LeopardError:
            pass
    outcome.add(start, tokens, tries, valid)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3, help="times that each page is asked about")
    parser.add_argument("--max-tokens", type=int, default=96, help="of one answer")
    parser.add_argument("--checkpoint", default=NANO, help="folder or id of the hub")
    parser.add_argument("--show", action="store_true", help="also print each page's answers")
    options = parser.parse_args()
    needs("pydantic", *(EMBEDDED if options.checkpoint == NANO else ()))
    frames = [frame for name in SOURCES for frame in load_frames(DATA / name, Limits())]
    ours, peer = Outcome(), Outcome()
    with Leopard.load(options.checkpoint, device="cpu") as leopard:
        for frame in frames:
            leopard.ask(QUESTION, [frame], max_tokens=1)
            for _ in range(options.repeat):
                texts = [
                    held(leopard, frame, options.max_tokens, ours),
                    free(leopard, frame, options.max_tokens, peer),
                ]
            if options.show:
                print(f"{frame.source}, page {frame.page}", *texts, sep="\n  ")
    print(f"{describe_machine()}; {len(frames)} pages, {options.checkpoint}")
    print("| JSON of five fields | seconds, median | most | tokens | tries | valid |")
    print("|---|---|---|---|---|---|")
    print(ours.row("held to the schema"))
    print(peer.row("free, parsed, asked again"))
    ratio = statistics.median(peer.seconds) / statistics.median(ours.seconds)
    print(f"held to the schema: {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
