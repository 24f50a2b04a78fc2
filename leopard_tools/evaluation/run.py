"""Asks every question of a set and keeps each answer at once, so that a run can be continued.

It must not know what is right.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path

from .asking import Answers, Manner, ask, contents_of
from .questions import Question
from .replies import Reply
from .runfile import Kept, RunFile
from .settings import Settings, key_of

Progress = Callable[[int, int], None]


def ask_all(
    leopard: Answers,
    questions: Sequence[Question],
    *,
    manner: Manner | None = None,
    results: Path | None = None,
    system: str = "",
    settings: Settings | None = None,
    concurrency: int = 1,
    progress: Progress | None = None,
) -> list[Reply]:
    """The replies to all questions, in their order; those in `results` are not asked again.

    system: names what is asked, weights included (see `system_name`). settings: noted in `results`
    before answers are added. concurrency: how many questions the engine works on at once. Asked
    anew is a question whose words or images changed, or whose pictures could not be opened, or
    whose answer was kept without the evidence that is wanted now; run files of before pictures
    were noted tell of them no more than their names.
    progress: called with the number answered and the number of all, first for what was kept.

    Raises LeopardError where `results` cannot be used, and what `Leopard.ask` raises; what was
    answered until then is kept.
    """
    manner = manner or Manner()
    name = f"{system}, {'verbatim' if manner.verbatim else 'free'}"
    with RunFile(results, name) if results else nullcontext() as file:
        kept = file.kept if file else Kept()
        found: dict[int, Reply] = {}
        contents: dict[str, str] = {}
        for index, question in enumerate(questions):
            reply = kept.replies.get(key_of(question))
            if reply is not None and _holds(reply, question, manner, contents):
                found[index] = reply
        if progress:
            progress(len(found), len(questions))
        waiting = [index for index in range(len(questions)) if index not in found]
        if file and settings and (waiting or not kept.replies):
            file.describe(settings)
        for index, reply in _answered(leopard, questions, waiting, manner, concurrency):
            if file:
                reply = replace(reply, pictures=contents_of(questions[index], contents))
                file.add(key_of(questions[index]), reply)
            found[index] = reply
            if progress:
                progress(len(found), len(questions))
    return [found[index] for index in range(len(questions))]


def _holds(reply: Reply, question: Question, manner: Manner, contents: dict[str, str]) -> bool:
    """Whether a reply that was kept is one to the question's pictures as they are now.

    It is where nothing is known of them, then or now: an answer is not thrown away for that. Where
    evidence is wanted, it must have been looked up.
    """
    if reply.broken or (manner.evidence and reply.citations is None and reply.error is None):
        return False
    return not reply.pictures or contents_of(question, contents) in ("", reply.pictures)


def _answered(
    leopard: Answers,
    questions: Sequence[Question],
    waiting: Sequence[int],
    manner: Manner,
    concurrency: int,
) -> Iterator[tuple[int, Reply]]:
    """Replies as they come; at most `concurrency` questions are with the engine at a time.

    Where one raises, what is under way ends between two tokens; what was answered comes first.
    """
    if concurrency == 1:
        for index in waiting:
            yield index, ask(leopard, questions[index], manner)
        return
    stop = threading.Event()
    rest = iter(waiting)
    failed: BaseException | None = None
    with ThreadPoolExecutor(concurrency, thread_name_prefix="leopard-eval") as pool:
        running: dict[Future[Reply], int] = {}
        try:
            while True:
                for index in islice(rest, 0 if failed else concurrency - len(running)):
                    running[pool.submit(ask, leopard, questions[index], manner, stop)] = index
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=running.__getitem__):
                    index = running.pop(future)
                    if error := future.exception():
                        # The first is what went wrong; the others were ended because of it.
                        failed = failed or error
                        stop.set()
                    else:
                        yield index, future.result()
        finally:
            # Also at Ctrl-C, or where a reply cannot be kept.
            stop.set()
    if failed:
        raise failed


__all__ = ["Progress", "ask_all"]
