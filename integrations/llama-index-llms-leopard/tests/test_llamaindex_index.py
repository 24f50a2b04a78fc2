"""An index over three decks and two scans: ten plain questions, one by one and all at once."""

from __future__ import annotations

import asyncio
import resource
import sys
import time

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore
from llama_index.llms.leopard import Leopard, LeopardEvidence
from llamaindex_pages import QUESTIONS


@pytest.fixture
def engine(llm: Leopard, index: VectorStoreIndex) -> BaseQueryEngine:
    return index.as_query_engine(llm=llm, multimodal=True, similarity_top_k=1)


@pytest.fixture
def evidence(llm: Leopard) -> LeopardEvidence:
    return LeopardEvidence(llm=llm, cited_only=True)


def place(found: NodeWithScore) -> tuple[str, int]:
    return found.node.metadata["file_name"], found.node.metadata["page"]


def test_of_ten_plain_questions_about_forty_pages_eight_are_right_with_their_page(
    engine: BaseQueryEngine, evidence: LeopardEvidence, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.perf_counter()
    right = []
    for question, answer, file, page in QUESTIONS:
        response = evidence.mark(engine.query(question), question)
        cited = [place(each) for each in response.source_nodes[:1]]
        right.append(str(response) == answer and cited == [(file, page)])
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    with capsys.disabled():
        sys.stdout.write(
            f"\n{sum(right)} of {len(right)} right with their page, "
            f"{seconds / len(right):.2f} s a question, peak memory {peak:.2f} GB\n"
        )
    assert sum(right) >= 8


def test_sixteen_queries_at_once_give_what_they_give_one_by_one(
    engine: BaseQueryEngine, evidence: LeopardEvidence
) -> None:
    questions = [question for question, *_ in (QUESTIONS + QUESTIONS)[:16]]

    async def ask_all() -> list[Response]:
        return await asyncio.gather(*(engine.aquery(question) for question in questions))

    def told(response: Response, question: str) -> tuple[str, object]:
        marked = evidence.mark(response, question)
        return str(marked), [(place(each), each.node.metadata) for each in marked.source_nodes]

    serial = [told(engine.query(question), question) for question in questions]
    together = asyncio.run(ask_all())
    assert list(map(told, together, questions)) == serial
