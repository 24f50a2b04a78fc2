"""Scores of one answer against its acceptable spellings. Pure text.

`anls` and `open_match` give what the published evaluation gives (tencent-ailab/Leopard), its
oddities included; `exact_match` is this project's own and the strictest; `relaxed_match` and
`token_f1` are those of chart and reading benchmarks.
"""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

THRESHOLD = 0.5
"""Similarities below this count as no similarity at all."""

ABSENT = "not in the images"
_ABSENCES = frozenset(
    {ABSENT, "not in the image", "not in images", "not in image", "unanswerable", "not answerable"}
    | {"not mentioned", "not given", "not stated", "not specified", "not available", "none"}
)

# What the published code takes for the start of the final answer, anywhere in a line: "is " also
# inside "paris ".
_LEADS = (
    *("answer: ", "could be ", "so ", "is ", "thus "),
    *("therefore ", "final ", "answer ", "result "),
)
_PUNCTUATION = frozenset(":,.!?;'")
_NUMBERS = (
    re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b"),
    re.compile(r"-?\d+(?:\.\d+)?e[+-]?\d+"),
    re.compile(r"-?(?:\d*\.\d+|\d+\b)(?!e[+-]?\d)(?![,\d])"),
)


def exact_match(prediction: str, answers: Sequence[str]) -> bool:
    """Whether a prediction is one of the answers but for what does not change its meaning.

    Ignored are: case, compatibility forms (full width, ligatures, raised figures), the kind of
    quotes and dashes, white space and punctuation at both ends, how much white space stands
    between words and beside punctuation, and commas, apostrophes or spaces between the thousands
    of a number. Everything else counts: "2 October" is not "2 October 2025", nor ".5" "5".

    >>> exact_match("  €1 250.", ["€1,250"]), exact_match("Tom", ["Tom Hargreave"])
    (True, False)
    """
    found = folded(prediction)
    return any(found == folded(answer) for answer in answers)


def is_absence(prediction: str) -> bool:
    """Whether a prediction says that the answer is not there, in one of a few usual wordings."""
    return folded(prediction) in _ABSENCES


def folded(text: str) -> str:
    """What `exact_match` compares; empty only where nothing but punctuation was there."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub("[‘’ʼ`´]", "'", re.sub("[“”„«»]", '"', re.sub("[‐‑‒–—−]", "-", text)))
    text = re.sub(r"(?<=\d)[,' ](?=\d{3}(?!\d))", "", " ".join(text.split()))
    text = re.sub(r" ?([,:;/%&|()-]) ?", r"\1", text)
    # A point in front of a digit belongs to the number; several are an ellipsis.
    bare = re.sub(r"^(?:[ ,;:!?'\"]|\.{2,}|\.(?!\d))+", "", text).rstrip(" .,;:!?'\"")
    return bare or text.strip()


def anls(prediction: str, answers: Sequence[str]) -> float:
    """Average normalised Levenshtein similarity of one prediction: 0.0 to 1.0.

    The best over the answers of 1 - edits / longer length, 0.0 below `THRESHOLD`; case does not
    count, white space does. Without answers 1.0 for "", "none" or "unanswerable".
    """
    prediction = prediction.lower()
    if not answers:
        return float(prediction in ("", "none", "unanswerable"))
    return max(_similarity(prediction, answer.lower()) for answer in answers)


def _similarity(one: str, other: str) -> float:
    if not one:
        return 0.0
    score = 1 - Levenshtein.distance(one, other) / max(len(one), len(other))
    return score if score >= THRESHOLD else 0.0


def open_match(prediction: str, answers: Sequence[str]) -> bool:
    """The published accuracy of open answers: an answer is contained in the prediction.

    More exactly in one of its final pieces ("the answer is ..."), compared without case; numbers
    are compared as numbers, to two decimals.
    """
    wanted = {form for answer in answers for form in _normalised(answer)}
    pieces = list(_final_pieces(prediction))
    numbers = [number for piece in pieces for number in _numbers(piece)]
    for form in (form for piece in (*pieces, *numbers) for form in _normalised(piece)):
        if form in wanted:
            return True
        if isinstance(form, str) and any(isinstance(w, str) and w in form for w in wanted):
            return True
    return False


def says_unknown(prediction: str) -> bool:
    """Whether a final piece is "unknown" or "unanswerable": right where there is no answer.

    So the published script for Leopard-Idefics2 has it; the other one has no such case.
    """
    return any(piece.strip() in ("unknown", "unanswerable") for piece in _final_pieces(prediction))


def relaxed_match(prediction: str, answers: Sequence[str], tolerance: float = 0.05) -> bool:
    """Whether a prediction equals an answer, numbers within `tolerance` of the answer's size.

    The usual accuracy of chart questions (ChartQA, arXiv 2203.10244, section 5.1): a percentage
    counts as its hundredth, and a zero must be written as in the answer.

    >>> relaxed_match("104", ["100"]), relaxed_match("106", ["100"]), relaxed_match("8%", ["0.08"])
    (True, False, True)
    """
    return any(_relaxed(prediction.strip(), answer.strip(), tolerance) for answer in answers)


def _relaxed(prediction: str, answer: str, tolerance: float) -> bool:
    found, wanted = number_in(prediction), number_in(answer)
    if found is not None and wanted:
        return abs(found - wanted) <= tolerance * abs(wanted)
    return prediction.lower() == answer.lower()


def number_in(text: str) -> float | None:
    """The number that a text is, with separators of thousands or a percent sign; else None."""
    plain = text.strip().replace(",", "").replace("−", "-")
    percent = plain.endswith("%")
    try:
        found = float(plain.rstrip("%")) / (100 if percent else 1)
    except ValueError:
        return None
    # Python also takes "1_000", "nan" and "inf", which are words here.
    return found if math.isfinite(found) and "_" not in plain else None


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """The best F1 of words shared with an answer, counted as in SQuAD: 0.0 to 1.0.

    Case, punctuation and English articles do not count.

    >>> token_f1("the red car", ["a car"]), token_f1("", ["car"])
    (0.6666666666666666, 0.0)
    """
    found = words_of(prediction)
    return max((shared_f1(found, words_of(answer)) for answer in answers), default=0.0)


def words_of(text: str) -> list[str]:
    """The words of a text without case, punctuation and English articles."""
    plain = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(?:a|an|the)\b", " ", plain).split()


def shared_f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    """F1 of two bags of words; two empty ones are equal."""
    if not found or not wanted:
        return float(found == wanted)
    shared = (Counter(found) & Counter(wanted)).total()
    return 2 * shared / (len(found) + len(wanted))


def _final_pieces(prediction: str) -> Iterable[str]:
    """The shortest tail of each line behind a lead; the whole prediction where there is none."""
    whole = prediction.strip().strip(".").lower()
    lines = whole.split("\n")
    tails = []
    for number, line in enumerate(lines):
        leads = (*_LEADS, "=") if number == len(lines) - 1 else _LEADS
        found = [line.rsplit(lead, 1)[1].strip() for lead in leads if lead in line]
        if found and (tail := min(found, key=len)) and tail not in _PUNCTUATION:
            tails.append(tail)
    return tails or [whole]


def _numbers(piece: str) -> Iterator[str]:
    for pattern in _NUMBERS:
        yield from pattern.findall(piece)


def _normalised(text: str) -> list[str | float]:
    """Numbers to two decimals; a single character only where it is a word of its own."""
    text = text.strip()
    try:
        return [round(float(text.replace(",", "")), 2)]
    except ValueError:
        text = text.lower()
    return [f" {text}", f"{text} "] if len(text) == 1 else [text]


__all__ = [
    "ABSENT",
    "THRESHOLD",
    "anls",
    "exact_match",
    "folded",
    "is_absence",
    "number_in",
    "open_match",
    "relaxed_match",
    "says_unknown",
    "shared_f1",
    "token_f1",
    "words_of",
]
