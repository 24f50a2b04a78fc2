"""The pipelines of LlamaIndex, answered from pictures: the right page and the right box."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.response.schema import PydanticResponse
from llama_index.core.bridge.pydantic import BaseModel
from llama_index.core.chat_engine import (
    MultiModalCondensePlusContextChatEngine,
    MultiModalContextChatEngine,
)
from llama_index.core.evaluation.multi_modal import MultiModalFaithfulnessEvaluator
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.postprocessor import LLMRerank
from llama_index.core.query_engine import (
    CitationQueryEngine,
    CustomQueryEngine,
    RetrieverQueryEngine,
    SimpleMultiModalQueryEngine,
)
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import ImageNode, NodeWithScore, TextNode
from llama_index.llms.leopard import (
    WHICH_IMAGE_PROMPT,
    Leopard,
    LeopardEvidence,
    parse_which_image,
)
from llama_index.llms.leopard.content import Opener
from llama_index.retrievers.bm25 import BM25Retriever
from llamaindex_pages import DECKS, SIZE, box_of

import leopard_tools
from leopard_tools import Frame
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.toolbox import Access

ASKED = "What is the home port of the Kittiwake?"
NEXT = "Who is the captain of the Fulmar?"
WRONG_SHIP = "given two ships as plain text, the packaged LoRA names the home port of the other one"


def page(found: NodeWithScore) -> tuple[str, int]:
    return found.node.metadata["file_name"], found.node.metadata["page"]


def check_evidence(found: NodeWithScore, text: str, sheet: int) -> None:
    """The node has the box over the place where the text was drawn, and no other."""
    (evidence,) = found.node.metadata["evidence"]
    assert evidence["text"] == text and evidence["page"] == sheet + 1
    scale = found.node.metadata["width"] / SIZE[0]
    drawn = [edge * scale for edge in box_of(DECKS["ships.pdf"][sheet], text)]
    left, top, width, height = evidence["box"]
    box = (left, top, left + width, top + height)
    assert all(abs(a - b) < 30 for a, b in zip(box, drawn, strict=True))


def test_a_query_engine_answers_from_pictures(llm: Leopard, index: VectorStoreIndex) -> None:
    engine = index.as_query_engine(llm=llm, multimodal=True, similarity_top_k=2)
    response = engine.query(ASKED)
    assert str(response) == "Oban" and page(response.source_nodes[0]) == ("ships.pdf", 1)
    streamed = index.as_query_engine(
        llm=llm, multimodal=True, similarity_top_k=2, streaming=True
    ).query(ASKED)
    assert str(streamed) == "Oban"


def test_a_query_engine_without_pictures_answers_from_what_was_read(
    llm: Leopard, nodes: list[ImageNode]
) -> None:
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=1)
    engine = RetrieverQueryEngine.from_args(retriever, llm=llm)
    response = engine.query(ASKED)
    assert str(response) == "Oban" and page(response.source_nodes[0]) == ("ships.pdf", 1)


@pytest.mark.parametrize(
    "multimodal",
    [
        True,
        pytest.param(False, marks=pytest.mark.xfail(reason=WRONG_SHIP, raises=AssertionError)),
    ],
)
def test_sources_of_a_citation_query_engine_carry_page_and_box(
    llm: Leopard, index: VectorStoreIndex, multimodal: bool
) -> None:
    engine = CitationQueryEngine.from_args(
        index,
        llm=llm,
        similarity_top_k=2,
        multimodal=multimodal,
        node_postprocessors=[LeopardEvidence(llm=llm)],
    )
    response = engine.query(ASKED)
    assert str(response) == "Oban" and page(response.source_nodes[0]) == ("ships.pdf", 1)
    check_evidence(response.source_nodes[0], "Oban", 0)
    assert all("evidence" not in each.node.metadata for each in response.source_nodes[1:])


@pytest.mark.anyio
async def test_evidence_is_found_without_blocking_and_other_nodes_can_go(
    llm: Leopard, index: VectorStoreIndex
) -> None:
    found = await index.as_retriever(similarity_top_k=3).aretrieve(NEXT)
    evidence = LeopardEvidence(llm=llm, cited_only=True)
    (kept,) = await evidence.apostprocess_nodes(found, query_str=NEXT)
    check_evidence(kept, "Duncan Reid", 1)
    assert "evidence" not in index.docstore.get_node(kept.node.node_id).metadata


def test_a_picture_is_opened_once_for_its_answer_and_its_evidence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def frames(opener: Opener, given: ImageNode) -> list[Frame]:
        opened.append(given)
        return open_frames(opener, given)

    open_frames = Opener.frames
    monkeypatch.setattr(Opener, "frames", frames)
    node = NodeWithScore(node=ImageNode(image_path=str(folder / "kittiwake.png")))
    with ScriptedLeopard(["Oban"]) as leopard:
        evidence = LeopardEvidence(llm=Leopard(leopard, access=Access(roots=[folder])))
        (found,) = evidence.postprocess_nodes([node], query_str=ASKED)
    assert found.node.metadata["evidence"][0]["text"] == "Oban" and len(opened) == 1


def test_an_answer_that_is_there_is_marked_without_asking_again(
    llm: Leopard, index: VectorStoreIndex
) -> None:
    response = index.as_query_engine(llm=llm, multimodal=True, similarity_top_k=2).query(NEXT)
    marked = LeopardEvidence(llm=llm).mark(response, NEXT)  # type: ignore[arg-type]  # a union in its type
    assert str(marked) == "Duncan Reid"
    cited = [each for each in marked.source_nodes if "evidence" in each.node.metadata]
    assert [page(each) for each in cited] == [("ships.pdf", 2)]
    check_evidence(cited[0], "Duncan Reid", 1)


def test_sources_that_a_citation_query_engine_made_can_be_marked_afterwards(
    llm: Leopard, index: VectorStoreIndex
) -> None:
    engine = CitationQueryEngine.from_args(index, llm=llm, similarity_top_k=1, multimodal=True)
    marked = LeopardEvidence(llm=llm).mark(engine.query(ASKED), ASKED)  # type: ignore[arg-type]  # as above
    assert str(marked) == "Oban"
    check_evidence(marked.source_nodes[0], "Oban", 0)


def test_an_object_is_marked_where_its_values_stand_and_stays_one(
    llm: Leopard, index: VectorStoreIndex
) -> None:
    class Port(BaseModel):
        port: str

    (found, *_) = index.as_retriever(similarity_top_k=1).retrieve(ASKED)
    response = PydanticResponse(response=Port(port="Oban"), source_nodes=[found])
    marked = LeopardEvidence(llm=llm).mark(response, ASKED)
    assert isinstance(marked, PydanticResponse) and marked.response == Port(port="Oban")
    check_evidence(marked.source_nodes[0], "Oban", 0)


def test_nodes_without_pictures_pass_by_unmarked(llm: Leopard) -> None:
    given = [NodeWithScore(node=TextNode(text="words"))]
    assert LeopardEvidence(llm=llm).postprocess_nodes(given, query_str=ASKED) == given


def test_the_simple_multimodal_query_engine_answers(llm: Leopard, index: VectorStoreIndex) -> None:
    with pytest.warns(DeprecationWarning, match="SimpleMultiModalQueryEngine is deprecated"):
        engine = SimpleMultiModalQueryEngine(
            index.as_retriever(similarity_top_k=2),  # type: ignore[arg-type]  # text suffices
            multi_modal_llm=llm,
        )
    response = engine.query(ASKED)
    assert str(response) == "Oban"
    assert page(response.metadata["image_nodes"][0]) == ("ships.pdf", 1)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "kind", [MultiModalContextChatEngine, MultiModalCondensePlusContextChatEngine]
)
async def test_chat_engines_answer_from_pictures(
    llm: Leopard,
    index: VectorStoreIndex,
    kind: type[MultiModalContextChatEngine | MultiModalCondensePlusContextChatEngine],
) -> None:
    engine = kind.from_defaults(
        index.as_retriever(similarity_top_k=2),
        multi_modal_llm=llm,
        memory=ChatMemoryBuffer.from_defaults(),
    )
    response = engine.chat(ASKED)
    assert str(response) == "Oban" and page(response.source_nodes[0]) == ("ships.pdf", 1)
    engine.reset()
    streamed = await engine.astream_chat(NEXT)
    assert "".join([piece async for piece in streamed.async_response_gen()]) == "Duncan Reid"
    assert ("ships.pdf", 2) in map(page, streamed.source_nodes)


def test_a_chat_engine_goes_on(llm: Leopard, index: VectorStoreIndex) -> None:
    engine = MultiModalContextChatEngine.from_defaults(
        index.as_retriever(similarity_top_k=2),
        multi_modal_llm=llm,
        memory=ChatMemoryBuffer.from_defaults(),
    )
    assert str(engine.chat(ASKED)) == "Oban"
    assert str(engine.chat(NEXT)) == "Duncan Reid"
    assert len(engine.chat_history) == 4


@pytest.mark.anyio
async def test_reranking_puts_the_right_page_first(llm: Leopard, index: VectorStoreIndex) -> None:
    rerank = LLMRerank(
        llm=llm,
        choice_batch_size=3,
        top_n=1,
        choice_select_prompt=WHICH_IMAGE_PROMPT,
        parse_choice_select_answer_fn=parse_which_image,
    )
    found = index.as_retriever(similarity_top_k=3).retrieve(ASKED)[::-1]
    assert page(found[0]) != ("ships.pdf", 1)
    (best,) = rerank.postprocess_nodes(found, query_str=ASKED)
    assert page(best) == ("ships.pdf", 1) and best.score == 10.0
    assert await rerank.apostprocess_nodes(found, query_str=ASKED) == [best]


def test_what_names_no_image_of_the_batch_ranks_none() -> None:
    assert parse_which_image("image 2", 3) == ([2], [10.0])
    assert parse_which_image("image 4", 3) == parse_which_image("not in the images", 3) == ([], [])


@pytest.mark.anyio
async def test_the_faithfulness_evaluator_tells_what_the_picture_says(
    nano: leopard_tools.Leopard, folder: object
) -> None:
    judge = Leopard(
        nano,
        access=Access(roots=[str(folder)]),
        answer_schema={"enum": ["yes", "no"]},
    )
    evaluator = MultiModalFaithfulnessEvaluator(
        judge, eval_template="{context_str}\nIs this correct? {query_str}"
    )
    paths = [f"{folder}/kittiwake.png"]
    for said, passing in (
        ("The home port of the Kittiwake is Oban.", True),
        ("The Kittiwake is a submarine from Chile.", False),
    ):
        result = evaluator.evaluate(response=said, contexts=[], image_paths=paths)
        assert (result.passing, result.feedback) == (passing, "yes" if passing else "no")
    again = await evaluator.aevaluate(response=said, contexts=[], image_paths=paths)
    assert again.passing is False


class Quoting(CustomQueryEngine):
    """Answers with words that stand in the pages found, and says on which."""

    retriever: BaseRetriever
    llm: Leopard

    def custom_query(self, query_str: str) -> str:
        found = self.retriever.retrieve(query_str)
        nodes = [each.node for each in found]
        answer = self.llm.complete(query_str, nodes, verbatim=True)  # type: ignore[arg-type]  # nodes too
        cited = found[answer.raw["citations"][0]["image"]]  # type: ignore[index]  # raw is Any or None
        return f"{answer.text}, {cited.node.metadata['file_name']} {cited.node.metadata['page']}"


def test_a_custom_query_engine_quotes(llm: Leopard, index: VectorStoreIndex) -> None:
    engine = Quoting(retriever=index.as_retriever(similarity_top_k=2), llm=llm)
    assert str(engine.query(NEXT)) == "Duncan Reid, ships.pdf 2"
