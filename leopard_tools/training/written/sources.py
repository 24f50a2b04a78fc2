"""What pipelines of retrieval ask of a model: texts in the question, and something to do with them.

Answer from them; answer and cite; judge whether they say something; choose the one that helps. The
pages are those of written contexts. Text only, no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...variants.heads import write_rows
from ..samples import ABSENT, Dialogue, Pen, Said
from .texts import WrittenContext, WrittenQuestion, as_words

QUESTIONS = 16
"""Questions of a sample whose texts come before the question."""
REPEATED = 3
"""Questions of a sample whose texts come after the question: every one costs the texts again."""
OTHERS = 3
"""At most so many pages of other contexts stand beside those of one page."""


@dataclass(frozen=True, slots=True)
class Form:
    """How to put texts and a question: the whole, with {sources} and {question}, and each text."""

    whole: str
    source: str = "{text}"


ANSWERED = (
    Form("Answer from the sources below.\n\n{sources}\n\nQuery: {question}\nAnswer:",
         "Source {n}:\n{text}"),
    Form("{sources}\n\n{question}", "[{n}]\n{text}"),
    Form("This is what was found:\n\n{sources}\n\nQuestion: {question}"),
    Form("Use the context to answer. Do not use what you know besides.\n\n{sources}\n\n"
         "Question: {question}\nHelpful answer:", "Document {n}:\n{text}"),
    Form("The context comes first.\n\n---------------------\n{sources}\n\n"
         "---------------------\nWith this context and no other knowledge, answer the query.\n"
         "Query: {question}\nAnswer: "),
    Form("{sources}\n\n{question}\nAnswer with a single word or phrase."),
)  # fmt: skip
CITED = (
    Form("Answer from the numbered sources alone and put the number of the source that you used in "
         "brackets behind the answer. If none of them helps, say so. This is how it looks:\n"
         "{example}\nNow you. These are the sources:\n------\n{sources}\n------\n"
         "Query: {question}\nAnswer: ", "Source {n}:\n{text}"),
    Form("{sources}\n\nQuestion: {question}\nCite the source that you use, as [1] or [2].\nAnswer:",
         "Source {n}:\n{text}"),
    Form("You are given passages with numbers. Reply to the question with what they say, and give "
         "references, for example [3].\n{sources}\nQuestion: {question}\nReply: ",
         "[{n}] {text}"),
    Form("Every answer names at least one source by its number in square brackets. For instance:\n"
         "{example}\nYour turn.\n{sources}\n\nQuery: {question}\nAnswer: ", "Source {n}:\n{text}"),
)  # fmt: skip
JUDGED = (
    Form("Does the context support this information? Answer YES or NO; YES also where most of the "
         "context is about other things. Two examples:\n\n{example}\n"
         "Information: {question}\nContext: {sources}\nAnswer: "),
    Form("Say whether the statement can be found in the text. Reply with YES or NO.\n"
         "Statement: {question}\nText:\n{sources}\nReply: "),
    Form("{sources}\n\nInformation: {question}\nIs this information in the context above? "
         "Answer YES or NO."),
    Form("Context:\n{sources}\n\nIs the following claim supported by the context (YES/NO)?\n"
         "{question}\nAnswer: "),
)  # fmt: skip
RANKED = (
    Form("Below are documents, each with its number, and a question. Name the documents that help "
         "to answer it, the best first, each with a relevance from 1 to 10. Leave out what does "
         "not help. The form is:\nDocument 1:\n<what it says>\n\nDocument 2:\n<what it says>\n\n"
         "Question: <question>\nAnswer:\nDoc: 2, Relevance: 8\n\nThese are the documents.\n\n"
         "{sources}\nQuestion: {question}\nAnswer:\n", "Document {n}:\n{text}"),
    Form("{sources}\n\nWhich of these documents answers the question? Write Doc: number, "
         "Relevance: 1 to 10.\nQuestion: {question}\nAnswer:", "Document {n}:\n{text}"),
)  # fmt: skip
CITING = (
    "Source 1:\nThe lighthouse was painted in spring.\nSource 2:\nSince then it is seen from nine "
    "miles away.\nQuery: From how far is it seen?\nAnswer: It is seen from nine miles away [2], "
    "since it was painted in spring [1].",
    "Source 1:\nWolves hunt at night.\nSource 2:\nSheep sleep in the pen while wolves hunt.\n"
    "Query: When do sheep sleep in the pen?\nAnswer: While wolves hunt [2], at night [1].",
    "Source 1:\nBread | 2.10\nSource 2:\nThe bakery opens at six.\nQuery: price of bread\n"
    "Answer: 2.10 [1]",
)
JUDGING = (
    "Information: Rye grows on poor soil.\nContext: Rye is a hardy grain.\nIt is sown in autumn "
    "and grows on poor soil, where wheat fails.\nAnswer: YES\nInformation: Rye is sown in spring.\n"
    "Context: Rye is a hardy grain.\nIt is sown in autumn and grows on poor soil, where wheat "
    "fails.\nAnswer: NO",
    "Information: The ferry takes bicycles.\nContext: Fares\nAdult | 4.00\nBicycle | 1.50\n"
    "Answer: YES\nInformation: Dogs travel for nothing.\nContext: Fares\nAdult | 4.00\n"
    "Bicycle | 1.50\nAnswer: NO",
)


def answered(pen: Pen, written: WrittenContext, _: Sequence[WrittenContext]) -> Dialogue | None:
    """Questions with their answers."""
    form = pen.rng.choice(ANSWERED)
    texts = list(map(write_rows, written.pages))
    asked = [(pen.rng.choice(q.phrasings), q.answer) for q in _without_places(written.questions)]
    return _dialogue(pen, form, texts, asked, "written")


def cited(pen: Pen, written: WrittenContext, others: Sequence[WrittenContext]) -> Dialogue | None:
    """Questions with their answers, and the number of the source that an answer stands in."""
    texts = _among(pen, written, others)
    alone = len(texts) == len(written.pages)
    asked = []
    for question in _without_places(written.questions):
        source = _only_place(question, texts)
        # Other pages may answer what does not say what it is about.
        if question.answer == ABSENT and (question.named or alone):
            asked.append((pen.rng.choice(question.phrasings), ABSENT))
        elif source and question.named:
            asked.append((pen.rng.choice(question.phrasings), f"{question.answer} [{source}]"))
    return _dialogue(pen, pen.rng.choice(CITED), texts, asked, "cited", pen.rng.choice(CITING))


def judged(pen: Pen, written: WrittenContext, others: Sequence[WrittenContext]) -> Dialogue | None:
    """Statements, and whether the texts say so: half of them with what stands elsewhere."""
    texts = list(map(write_rows, written.pages))
    questions = _without_places(written.questions)
    copied = [q for q in questions if _only_place(q, texts)]
    foreign = [q for other in others for q in _without_places(other.questions)]
    asked = []
    for question in copied:
        text, said = pen.rng.choice(question.phrasings), question.answer
        if pen.chance(0.5):
            asked.append((pen.rng.choice((said, f"{text} {said}", f"{text} - {said}")), "YES"))
            continue
        others_say = [q.answer for q in (copied if pen.chance(0.6) else foreign)]
        wrong = [answer for answer in others_say if _could_be_meant(answer, said)]
        if wrong:
            false = pen.rng.choice(wrong)
            # Alone, it is wrong only if it stands nowhere.
            alone = not any(false.casefold() in source.casefold() for source in texts)
            asked.append((false if alone and pen.chance(0.5) else f"{text} {false}", "NO"))
    for question in questions:
        claims = [phrasing for phrasing in question.phrasings if phrasing.endswith(".")]
        if claims and question.answer in ("yes", "no"):
            verdict = "YES" if question.answer == "yes" else "NO"
            asked.append((pen.rng.choice(claims), verdict))
    return _dialogue(pen, pen.rng.choice(JUDGED), texts, asked, "judged", pen.rng.choice(JUDGING))


def ranked(pen: Pen, written: WrittenContext, others: Sequence[WrittenContext]) -> Dialogue | None:
    """Questions, and the one document that has the answer."""
    texts = _among(pen, written, others)
    asked = []
    for question in _without_places(written.questions):
        source = _only_place(question, texts)
        text = pen.rng.choice(question.phrasings)
        if source and question.named:
            asked.append((text, f"Doc: {source}, Relevance: 10"))
    return _dialogue(pen, pen.rng.choice(RANKED), texts, asked, "ranked")


TASKS: dict[Callable[[Pen, WrittenContext, Sequence[WrittenContext]], Dialogue | None], float] = {
    answered: 0.5,
    cited: 0.2,
    judged: 0.2,
    ranked: 0.1,
}
"""How often each of them is asked."""


def _dialogue(
    pen: Pen,
    form: Form,
    texts: Sequence[str],
    asked: list[tuple[str, str]],
    kind: str,
    example: str = "",
) -> Dialogue | None:
    """Questions and what to say, each in the form; None where there are none."""
    if not asked:
        return None
    sources = "\n\n".join(form.source.format(n=n, text=t) for n, t in enumerate(texts, start=1))
    before = form.whole.index("{sources}") < form.whole.index("{question}")
    chosen = pen.rng.sample(asked, min(QUESTIONS if before else REPEATED, len(asked)))
    branches = []
    for question, answer in chosen:
        text = form.whole.format(sources=sources, question=question, example=example)
        branches.append((Said("user", text), Said("assistant", answer, kind)))
    return Dialogue("", (), tuple(branches))


def _without_places(questions: Sequence[WrittenQuestion]) -> list[WrittenQuestion]:
    """What names a page by its number asks for an image."""
    return [q for q in questions if not any("{" in text for text in q.texts)]


def _among(pen: Pen, written: WrittenContext, others: Sequence[WrittenContext]) -> list[str]:
    """The pages, in any order; some of others where there would be one only."""
    pages = list(written.pages)
    if len(pages) == 1:
        pages += [pen.rng.choice(other.pages) for other in others[: pen.rng.randint(1, OTHERS)]]
    pen.rng.shuffle(pages)
    return list(map(write_rows, pages))


def _only_place(question: WrittenQuestion, texts: Sequence[str]) -> int:
    """The number of the one text that an answer is copied from; 0 where none or several have it."""
    if not question.copied:
        return 0
    words = re.compile(as_words(question.answer), re.IGNORECASE)
    found = [number for number, text in enumerate(texts, start=1) if words.search(text)]
    return found[0] if len(found) == 1 else 0


def _could_be_meant(wrong: str, right: str) -> bool:
    """Whether an answer is of the same sort as the right one, and says another thing."""
    if wrong in (ABSENT, "yes", "no") or wrong[:1].isdigit() != right[:1].isdigit():
        return False
    wrong, right = wrong.casefold(), right.casefold()
    return wrong not in right and right not in wrong


__all__ = ["OTHERS", "TASKS"]
