"""Pages become documents and nodes, tools see, and both say where things stand."""

from __future__ import annotations

import asyncio
import pickle
from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.ingestion import run_transformations
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import ImageDocument, ImageNode, MetadataMode
from llama_index.llms.leopard import Leopard, LeopardReader, LeopardToolSpec
from llamaindex_pages import DECKS, SIZE, box_of
from llamaindex_places import cancelled_while_waiting
from PIL import Image

import leopard_tools
from leopard_tools import Frame
from leopard_tools.errors import CaptureDenied, DocumentInvalid, LeopardError, SourceForbidden
from leopard_tools.reading.ocr import Reader
from leopard_tools.toolbox import Access
from leopard_tools.toolbox.desktop import Target


@pytest.fixture(scope="module")
def reader(nano: leopard_tools.Leopard) -> Reader:
    return nano.reader


def covers(box: list[int], drawn: tuple[int, int, int, int], scale: float) -> bool:
    """Whether a box found lies over one drawn: each edge within a third of a line's height."""
    left, top, width, height = box
    edges = (left, top, left + width, top + height)
    close = 20 * scale
    return all(abs(a - b * scale) < close for a, b in zip(edges, drawn, strict=True))


def test_every_page_is_a_node_with_its_text_picture_and_boxes(nodes: list[ImageNode]) -> None:
    assert len(nodes) == 40
    names = [node.metadata["file_name"] for node in nodes]
    assert {name: names.count(name) for name in names} == {
        "ships.pdf": 12,
        "libraries.pdf": 12,
        "huts.pdf": 12,
        "invoices.tiff": 2,
        "letters.tiff": 2,
    }
    first = next(node for node in nodes if node.metadata["file_name"] == "ships.pdf")
    assert first.text == (
        "The Kittiwake\nHome port: Oban\nBuilt: 1998\nCaptain: Morag Sinclair\nCars carried: 42"
    )
    assert first.metadata["page"] == 1 and first.image_mimetype == "image/png"
    scale = first.metadata["width"] / SIZE[0]
    sheet = DECKS["ships.pdf"][0]
    line = next(line for line in first.metadata["lines"] if line["text"] == "Home port: Oban")
    left, top, right, bottom = box_of(sheet, "Oban")
    assert covers(line["box"], (80, top, right, bottom), scale) and left > 80


def test_numbers_for_programs_stay_out_of_embeddings_and_prompts(nodes: list[ImageNode]) -> None:
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        assert nodes[0].get_content(mode).strip() == nodes[0].text


def test_a_directory_reader_uses_it_and_nodes_keep_their_pictures(
    tmp_path: Path, folder: Path, reader: Reader
) -> None:
    (tmp_path / "letters.tiff").write_bytes((folder / "letters.tiff").read_bytes())
    extractor = {".tiff": LeopardReader(reader=reader)}
    found = SimpleDirectoryReader(tmp_path, file_extractor=extractor).load_data()  # type: ignore[arg-type]  # its dict is invariant
    assert [document.metadata["page"] for document in found] == [1, 2]
    assert all(isinstance(document, ImageDocument) for document in found)
    assert found[0].metadata["file_path"] == str(tmp_path / "letters.tiff")
    assert "Doctor: Dr Helen Park" in found[1].text
    parsed = run_transformations(found, [SentenceSplitter()])  # type: ignore[arg-type]
    assert [type(node) for node in parsed] == [ImageNode, ImageNode]
    assert parsed[1].image == found[1].image and parsed[1].metadata["page"] == 2  # type: ignore[attr-defined]


def test_a_deck_has_titles_and_notes(data: Path, reader: Reader) -> None:
    found = LeopardReader(reader=reader).load_data(data / "deck.pptx")
    assert [page.metadata["page"] for page in found] == list(range(1, len(found) + 1))
    assert all(page.metadata["title"] for page in found[1:])
    assert "58.4%" in found[1].text and "lines" not in found[1].metadata
    assert found[1].metadata["title"] in found[1].get_content(MetadataMode.LLM)


def test_reading_leaves_the_event_loop_free(folder: Path, reader: Reader) -> None:
    pages = asyncio.run(LeopardReader(reader=reader).aload_data(folder / "kittiwake.png"))
    assert [page.metadata["file_name"] for page in pages] == ["kittiwake.png"]
    assert "page" not in pages[0].metadata


def test_a_reader_with_an_access_opens_nothing_else(folder: Path, reader: Reader) -> None:
    kept_in = LeopardReader(reader=reader, access=Access(roots=[folder]))
    assert len(kept_in.load_data("kittiwake.png")) == 1
    with pytest.raises(SourceForbidden):
        kept_in.load_data("/etc/hostname")
    with pytest.raises(SourceForbidden):
        LeopardReader(reader=reader).load_data("http://169.254.169.254/")


def test_tools_open_read_find_and_ask(llm: Leopard, folder: Path) -> None:
    tools = {tool.metadata.name: tool for tool in LeopardToolSpec(llm).to_tool_list()}
    assert set(tools) == {"slides_open", "page_open", "read", "find", "ask"}
    opened = tools["slides_open"].call(path="ships.pdf")
    deck = opened.raw_output.name
    assert "12 pages" in opened.content and "untrusted" in opened.content
    assert "Home port: Ullapool" in tools["read"].call(images=[f"{deck}-2"]).content
    matches = tools["find"].call(text="Rory Gunn", images=[deck]).raw_output.to_dict()["matches"]
    assert [match["capture"] for match in matches][:1] == [f"{deck}-8"]
    asked = tools["ask"].call(question="Who is the captain of the Puffin?", images=[f"{deck}-8"])
    (citation,) = asked.raw_output.to_dict()["citations"]
    assert asked.raw_output.answer.text == "Rory Gunn" and citation["capture"] == f"{deck}-8"
    drawn = box_of(DECKS["ships.pdf"][7], "Rory Gunn")
    assert covers(citation["box"], drawn, 1920 / SIZE[0])


@pytest.mark.anyio
async def test_tools_can_be_asked_without_blocking(llm: Leopard) -> None:
    ask = LeopardToolSpec(llm).to_tool_list()[-1]
    given = {"question": "What is the home port of the Kittiwake?", "images": ["kittiwake.png"]}
    assert "\nOban\n" in (await ask.acall(**given)).content


def test_only_tools_for_what_is_permitted_are_offered(llm: Leopard, folder: Path) -> None:
    def names(access: Access) -> list[str | None]:
        tools = LeopardToolSpec(llm, access=access).to_tool_list()
        return [tool.metadata.name for tool in tools]

    assert names(Access(web=False)) == ["read", "find", "ask"]
    assert names(Access(web=False, screen=True)) == ["screen_capture", "read", "find", "ask"]
    spec = LeopardToolSpec(llm, access=Access(web=False))
    refusals: list[tuple[type[LeopardError], object]] = [
        (SourceForbidden, lambda: spec.read([str(folder / "ships.pdf")])),
        (SourceForbidden, lambda: spec.page_open("http://example.com/")),
        (CaptureDenied, spec.screen_capture),
    ]
    for error, call in refusals:
        with pytest.raises(error):
            call()  # type: ignore[operator]


def test_descriptions_are_short_sentences_for_a_model(llm: Leopard) -> None:
    for tool in LeopardToolSpec(llm, access=Access(screen=True)).to_tool_list():
        description = tool.metadata.description
        assert description.endswith(".") and "\n" not in description and len(description) < 100


def test_a_page_that_is_not_there_is_told(llm: Leopard) -> None:
    with pytest.raises(DocumentInvalid, match="12 pages"):
        LeopardToolSpec(llm).toolbox.slides("ships.pdf", pages=[13])


def test_a_reader_goes_to_other_processes(folder: Path) -> None:
    again = pickle.loads(pickle.dumps(LeopardReader(boxes=True, access=Access(roots=[folder]))))
    (page,) = again.load_data("kittiwake.png")
    assert "Oban" in page.text and page.metadata["lines"]


@pytest.mark.anyio
async def test_what_is_opened_without_blocking_is_the_same(llm: Leopard) -> None:
    tools = {tool.metadata.name: tool for tool in LeopardToolSpec(llm).to_tool_list()}
    told = await tools["slides_open"].acall(path="kittiwake.png")
    again = tools["slides_open"].call(path="kittiwake.png")
    assert told.raw_output.to_dict() == again.raw_output.to_dict()


@pytest.mark.anyio
async def test_a_cancelled_page_open_lets_go_of_its_page(llm: Leopard) -> None:
    spec = LeopardToolSpec(llm, access=Access(allow_private=True))
    tools = {tool.metadata.name: tool for tool in spec.to_tool_list()}
    await cancelled_while_waiting(lambda url: tools["page_open"].acall(url=url))


def test_a_cancelled_look_at_the_screen_stops_reading(
    llm: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Frame(Image.new("RGB", (301, 67), "white"), "screen")
    monkeypatch.setattr(Target, "grab", lambda *_: shown)
    spec = LeopardToolSpec(llm, access=Access(web=False, screen=True))

    async def cancel() -> None:
        task = asyncio.create_task(spec.to_tool_list()[0].acall())
        while not len(spec.toolbox.captures):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(asyncio.get_running_loop().shutdown_default_executor(), 10)

    # As while another picture is read.
    with llm.source.reader._turns.turn():
        asyncio.run(cancel())


def test_a_cancelled_call_opens_no_more_pages(llm: Leopard, tmp_path: Path) -> None:
    pages = [Image.new("RGB", (1200, 1200), (number, 0, 0)) for number in range(40)]
    pages[0].save(tmp_path / "deck.pdf", save_all=True, append_images=pages[1:])
    spec = LeopardToolSpec(llm, access=Access(roots=[tmp_path]))
    tools = {tool.metadata.name: tool for tool in spec.to_tool_list()}
    calls = (
        ("slides_open", {"path": "deck.pdf"}),
        ("read", {"images": ["deck.pdf"]}),
        ("find", {"text": "Oban", "images": ["deck.pdf"]}),
    )

    async def cancel() -> None:
        for name, given in calls:
            task = asyncio.create_task(tools[name].acall(**given))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    # Its end waits for all threads.
    asyncio.run(cancel())
    assert not len(spec.toolbox.captures)
