"""The model, forty pages read once, and an index over them, for all tests of the package."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import ImageBlock
from llama_index.core.schema import ImageNode
from llama_index.llms.leopard import Leopard, LeopardReader
from llamaindex_embedding import MiniLM
from llamaindex_pages import DECKS, draw, write

import leopard_tools
from leopard_tools.toolbox import Access

PageOf = Callable[[str, int], ImageNode]


# llama-index-core still uses names that pydantic and its own workflows have deprecated.
OLD_NAMES = [
    pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:is_running called from within a step:DeprecationWarning"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for mark in OLD_NAMES:
                item.add_marker(mark)


@pytest.fixture(scope="session", autouse=True)
def no_loop_left_open() -> None:
    """Else llama-index-core's asyncio_run makes a loop for the thread and never closes it."""
    asyncio.set_event_loop(None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the forty pages, and one of them as a picture."""
    found = tmp_path_factory.mktemp("pages")
    write(found)
    draw(DECKS["ships.pdf"][0]).save(found / "kittiwake.png")
    return found


@pytest.fixture(scope="session")
def llm(nano: leopard_tools.Leopard, folder: Path) -> Leopard:
    """Answers, and may open the files of the forty pages."""
    return Leopard(nano, access=Access(roots=[folder]))


@pytest.fixture(scope="session")
def nodes(nano: leopard_tools.Leopard, folder: Path) -> list[ImageNode]:
    """A node for each of the forty pages."""
    reader = LeopardReader(boxes=True, reader=nano.reader)
    files = [file for file in sorted(folder.iterdir()) if file.suffix in (".pdf", ".tiff")]
    return [node for file in files for node in reader.load_nodes(file)]


@pytest.fixture(scope="session")
def page_of(nodes: list[ImageNode]) -> PageOf:
    """The node of a page, by its file and number."""
    known = {(node.metadata["file_name"], node.metadata["page"]): node for node in nodes}
    return lambda name, page: known[name, page]


@pytest.fixture(scope="session")
def index(nodes: list[ImageNode]) -> VectorStoreIndex:
    return VectorStoreIndex(nodes=nodes, embed_model=MiniLM())


@pytest.fixture(scope="session")
def kittiwake(folder: Path) -> ImageBlock:
    """A page that says: Home port: Oban, Built: 1998, Captain: Morag Sinclair, Cars carried: 42."""
    return ImageBlock(image=(folder / "kittiwake.png").read_bytes())
