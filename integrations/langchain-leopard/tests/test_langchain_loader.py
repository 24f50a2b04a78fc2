"""Documents of pages by reading, and answers from what was retrieved of them, with evidence."""

from __future__ import annotations

import re

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.messages import HumanMessage
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_leopard import ChatLeopard, LeopardLoader, image_block
from langchain_places import DATA
from langchain_text_splitters import RecursiveCharacterTextSplitter

from leopard_tools import Leopard
from leopard_tools.errors import ImageInvalid
from leopard_tools.images.sources import load_frames

pytestmark = pytest.mark.anyio

WORDS = 512


class WordEmbeddings(Embeddings):
    """A text as its words: enough to find pages that share rare ones with a question."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        counts = [1e-6] * WORDS
        for word in set(re.findall(r"[a-z]{4,}", text.lower())):
            counts[sum(map(ord, word)) * 31 % WORDS] += 1.0
        return counts


@pytest.fixture(scope="module")
def pages(nano: Leopard) -> list[Document]:
    return LeopardLoader([DATA / "deck.pdf", str(DATA / "scan.jpg")], leopard=nano).load()


def test_each_page_is_a_document(pages: list[Document]) -> None:
    assert [page.metadata.get("page") for page in pages] == [1, 2, 3, 4, 5, 6, None]
    assert {page.metadata["source"] for page in pages[:6]} == {str(DATA / "deck.pdf")}
    assert "58.4%" in pages[1].page_content and "BW-20418" in pages[6].page_content


async def test_pages_come_one_by_one_and_without_a_model() -> None:
    loader = LeopardLoader(DATA / "deck.pdf", boxes=True)
    first = next(iter(loader.lazy_load()))
    async for document in loader.alazy_load():
        assert document == first
        break
    line = first.metadata["lines"][0]
    assert line["text"] in first.page_content.replace(" | ", " ") and len(line["box"]) == 4
    assert first.metadata["size"] == list(load_frames(DATA / "deck.pdf")[0].size)


def test_web_pages_are_read_as_a_browser_shows_them(site: str) -> None:
    documents = LeopardLoader(f"{site}page.html", web_pages=True, allow_private=True).load()
    text = "\n".join(document.page_content for document in documents)
    # Where two screenfuls overlap, each line is told once.
    assert text.count("01631 960 244") == 1
    assert documents[0].metadata["source"] == f"{site}page.html"


def test_sources_that_hold_no_pages_are_errors_that_name_them() -> None:
    with pytest.raises(ImageInvalid, match=r"page\.html"):
        LeopardLoader(DATA / "page.html").load()


def test_a_splitter_keeps_where_a_text_stands(pages: list[Document]) -> None:
    chunks = RecursiveCharacterTextSplitter(chunk_size=120, chunk_overlap=0).split_documents(pages)
    assert len(chunks) > len(pages)
    assert all({"source", "size"} <= set(chunk.metadata) for chunk in chunks)


@pytest.mark.parametrize(
    ("question", "expected", "place"),
    [
        ("What was the gross margin?", "58.4%", ("deck.pdf", 2)),
        ("What is the due date of the invoice?", "2 October 2025", ("scan.jpg", None)),
    ],
)
def test_a_retrieved_page_answers_with_its_evidence(
    nano: Leopard,
    pages: list[Document],
    question: str,
    expected: str,
    place: tuple[str, int | None],
) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=300, chunk_overlap=0)
    store = InMemoryVectorStore.from_documents(splitter.split_documents(pages), WordEmbeddings())
    [found] = store.similarity_search(question, k=1)
    source, page = found.metadata["source"], found.metadata.get("page")
    assert (source.rpartition("/")[2], page) == place
    frame = load_frames(source)[(page or 1) - 1]
    chat = ChatLeopard(leopard=nano, verbatim=True)
    answer = chat.invoke([HumanMessage([image_block(frame), question])])
    assert answer.text == expected
    [cited, *_] = answer.response_metadata["citations"]
    box = nano.find(expected, frame)[0].box
    assert cited["text"] == expected and cited["image"] == 0
    assert abs(cited["box"][0] - box.left) < 8 and abs(cited["box"][1] - box.top) < 8
