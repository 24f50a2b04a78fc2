"""A written page's rows as HTML, in one of many styles: what a browser shows of it.

Rows of as many cells become tables, lists of pairs or bars; long rows running text that the browser
breaks anew; pages of many blocks may have two columns. Text only, no browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from ..types import EMPTY_CELL
from .samples import Pen, Rows

FAMILIES = ("sans-serif", "serif", "monospace", "Liberation Sans Narrow, sans-serif",
            "DejaVu Sans Condensed, sans-serif", "DejaVu Serif, serif")  # fmt: skip
COLOURS = (
    ("#fff", "#111", "#f2f2f2"), ("#fff", "#333", "#e7eef8"), ("#fbf8f1", "#2b2115", "#f0e6d2"),
    ("#12181f", "#e6e6e6", "#1f2a35"), ("#f5f7fa", "#1d2b3a", "#fff"), ("#fff", "#4a4a4a", "#fff"),
)  # fmt: skip
"""Paper, ink, and what lies behind the heads of tables and every other row."""
PROSE = 44
"""Letters from which a row of one cell is a line of running text."""
MANY_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of HTML and how wide the window is in which it is shown, in pixels."""

    html: str
    width: int


def typeset(pen: Pen, rows: Rows) -> Sheet:
    """The rows in a style of the pen's choice."""
    rng = pen.rng
    paper, ink, other = rng.choice(COLOURS)
    size = rng.choice((13, 14, 15, 16, 17, 19, 22))
    blocks = [block for block in _blocks(pen, rows) if block]
    columns = max(map(len, rows))
    width = int(size * rng.choice((44, 52, 60, 72))) + size * 7 * max(0, columns - 4)
    body = "\n".join(blocks)
    if len(blocks) >= MANY_BLOCKS and columns <= 3 and pen.chance(0.3):
        cut = rng.randrange(len(blocks) // 2, len(blocks) // 2 + 2)
        left, right = ("\n".join(part) for part in (blocks[:cut], blocks[cut:]))
        body = f'<div class="two"><div>{left}</div><div>{right}</div></div>'
        width = int(width * 1.5)
    border = rng.choice(("none", f"1px solid {ink}66", f"1px solid {ink}"))
    line = rng.choice(("none", f"1px solid {ink}44"))
    style = f"""
      body {{ margin: {rng.choice((16, 28, 48))}px; background: {paper}; color: {ink};
              font: {size}px/{rng.choice((1.3, 1.45, 1.7))} {rng.choice(FAMILIES)} }}
      h1 {{ font-size: {rng.choice((1.3, 1.6, 2.1))}em; margin: 0 0 .5em }}
      h2 {{ font-size: 1.15em; margin: 1em 0 .3em }} p {{ margin: .4em 0 }}
      table {{ border-collapse: collapse; margin: .7em 0 }}
      td, th {{ border: {border}; padding: {rng.choice((3, 5, 8))}px {rng.choice((10, 16, 26))}px;
                text-align: left; vertical-align: top }}
      td + td {{ text-align: {rng.choice(("left", "left", "right"))} }}
      .head {{ background: {other}; font-weight: {rng.choice(("bold", "normal"))} }}
      .pairs div {{ display: flex; border-bottom: {line}; padding: 3px 0 }}
      .pairs b {{ flex: 0 0 {rng.choice((35, 45))}%; font-weight: {rng.choice((400, 600))} }}
      .bar {{ display: flex; flex-wrap: wrap; gap: .3em {rng.choice((1.6, 2.4, 3.5))}em;
              margin: .5em 0 }}
      .two {{ display: flex; gap: {rng.choice((40, 70))}px }} .two > div {{ flex: 1 }}"""
    return Sheet(
        f'<!doctype html><meta charset="utf-8"><style>{style}</style><body>{body}</body>', width
    )


def _blocks(pen: Pen, rows: Rows) -> Iterator[str]:
    """Rows that belong together as one piece of HTML, in their order."""
    first = True
    for (count, prose), group in groupby(rows, lambda row: (len(row), len(row[0]) >= PROSE)):
        block = list(group)
        if (count > 2 and len(block) > 1) or (count == 2 and pen.chance(0.5)):
            yield _table(pen, block)
        elif count == 2:
            pairs = (f"<div><b>{_text(a)}</b><span>{_text(b)}</span></div>" for a, b in block)
            yield f'<div class="pairs">{"".join(pairs)}</div>'
        elif count > 1:
            for row in block:
                yield f'<div class="bar">{"".join(f"<span>{_text(c)}</span>" for c in row)}</div>'
        elif prose:
            # Broken anew at the window's width: where a line ends is the browser's choice.
            yield f"<p>{_text(' '.join(row[0] for row in block))}</p>"
        else:
            for row in block:
                tag = "h1" if first else "h2" if len(block) == 1 else "p"
                yield f"<{tag}>{_text(row[0])}</{tag}>"
                first = False
        first = False


def _table(pen: Pen, block: Rows) -> str:
    striped = pen.chance(0.3)
    lines = []
    for number, row in enumerate(block):
        head = number == 0 or (striped and number % 2 == 0)
        cells = "".join(f"<td>{_text(cell)}</td>" for cell in row)
        lines.append(f'<tr class="head">{cells}</tr>' if head else f"<tr>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _text(cell: str) -> str:
    return "" if cell == EMPTY_CELL else escape(cell)


__all__ = ["Sheet", "typeset"]
