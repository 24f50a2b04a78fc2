"""Decks, pages and questions, and what the server says of itself."""

from __future__ import annotations

import itertools
import json
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path

import anyio
import jsonschema
import pytest
from leopard_mcp import Policy
from leopard_mcp.tools import answers, differences, make_tools
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, TextContent
from mcp_clients import DATA, Connect, Site, call, refusal, text_of
from PIL import Image, ImageDraw

from leopard_tools import LazyLeopard, Leopard
from leopard_tools.capture import web
from leopard_tools.testing import ScriptedLeopard

pytestmark = pytest.mark.anyio
FILES = Policy(roots=(DATA,))
PAGE = """<!doctype html><title>Release notes</title>
<body style="font: 20px sans-serif; margin: 20px">
<h1>Release 4.2</h1><p>Build number 8871 was signed by Ada Winter.</p>
<div style="height: 1500px"></div><p>The end of support is 30 June 2031.</p>
"""


@pytest.fixture
def page(site: Site) -> str:
    body = PAGE.encode()
    site.answers["/notes"] = lambda handler: handler.reply(200, body, Content_Type="text/html")
    return site.url("/notes")


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_a_deck_gives_a_capture_for_each_slide(connect: Connect, mode: str) -> None:
    async with connect(FILES, mode=mode) as client:
        result = await client.call_tool("slides_open", {"path": "deck.pdf"})
        opened = result.structured_content
        assert [each["number"] for each in opened["captures"]] == [1, 2, 3, 4, 5, 6]
        assert all(each["capture"].startswith(f"{opened['name']}-") for each in opened["captures"])
        assert "6 pages" in text_of(result)
        found = await call(client, "find", text="Gross margin", captures=[opened["name"]])
        assert "screen" not in found["matches"][0]
        read = await call(client, "read", captures=[opened["name"]], rows=5)
        assert read["next"] == 5 and len(read["texts"]) >= 1
        few = await call(client, "slides_open", path=str(DATA / "deck.pdf"), slides=[3, 2])
        assert [each["number"] for each in few["captures"]] == [3, 2]
        assert "no page 9" in await refusal(client, "slides_open", path="deck.pdf", slides=[9])
        assert "is empty" in await refusal(client, "slides_open", path="deck.pdf", slides=[])


async def test_an_argument_that_a_tool_has_not_is_refused(connect: Connect) -> None:
    async with connect(FILES) as client:
        told = await refusal(client, "slides_open", path="deck.pdf", pages=[2])
        assert "pages" in told and "not permitted" in told
        tools = (await client.list_tools()).tools
        assert all(tool.input_schema["additionalProperties"] is False for tool in tools)
        # Of a name that one tool has and another has not.
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        asked = {"text": "margin", "captures": [deck["name"]], "region": [0, 0, 9, 9]}
        assert "region" in await refusal(client, "find", **asked)


async def test_where_there_is_nothing_to_read_it_is_not_said_to_be_empty(connect: Connect) -> None:
    async with connect(FILES) as client:
        name = (await call(client, "slides_open", path="page.png"))["name"]
        for region in ([5000, 0, 10, 10], [0, 0, -5, -5], [0, 0, 0, 0]):
            told = await refusal(client, "read", captures=[name], region=region)
            assert f"The region {region} lies outside" in told and "1280 x 856" in told
        part = await call(client, "read", captures=[name], region=[-50, -50, 1000, 110])
        assert "Skerry Ferries" in part["texts"][0]["text"]
        assert "text to find" in await refusal(client, "find", text=" ", captures=[name])
        beyond = await client.call_tool("read", {"captures": [name], "start": 999})
        assert text_of(beyond).startswith("No row 999: there are ")


@pytest.mark.parametrize("scheme", ["https://example.org", "file://"])
async def test_an_address_is_not_looked_for_among_the_files(connect: Connect, scheme: str) -> None:
    async with connect(FILES) as client:
        told = await refusal(client, "slides_open", path=f"{scheme}{DATA}/deck.pdf")
        assert "no such file" not in told and "page_open" in told and "the path" in told


async def test_of_many_changes_the_first_are_told_and_how_many_more_there_are(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(FILES) as client:
        name = (await call(client, "slides_open", path="deck.pdf", slides=[1, 2]))["name"]
        pair = {"before": f"{name}-1", "after": f"{name}-2"}
        every = await call(client, "compare", **pair)
        assert "more_lines" not in every and "more_regions" not in every
        monkeypatch.setattr(differences, "MOST_LINES", 2)
        result = await client.call_tool("compare", pair)
        few = result.structured_content
        kinds = ("added", "removed", "edited")
        assert [few[kind] for kind in kinds] == [every[kind][:2] for kind in kinds]
        left = sum(len(every[kind][2:]) for kind in kinds)
        assert few["more_lines"] == left > 0
        assert f"{left} more lines changed: read {name}-1 and {name}-2" in text_of(result)


async def test_a_powerpoint_deck_gives_its_slides(connect: Connect) -> None:
    async with connect(FILES) as client:
        opened = await call(client, "slides_open", path="deck.pptx")
        assert len(opened["captures"]) == 6 and opened["captures"][0]["title"]
        found = await call(client, "find", text="Gross margin", captures=[opened["name"]])
        assert found["matches"][0]["capture"].startswith(opened["name"])


async def test_a_deck_that_nobody_waits_for_is_not_drawn_on(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with connect(FILES) as client:
        with anyio.move_on_after(30) as waiting:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.call_tool, "slides_open", {"path": "deck.pptx"})
                while not processes_naming(str(tmp_path)):
                    await anyio.sleep(0.02)
                tasks.cancel_scope.cancel()
        assert not waiting.cancelled_caught
        with anyio.fail_after(5):
            while processes_naming(str(tmp_path)) or list(tmp_path.iterdir()):
                await anyio.sleep(0.05)
        # LibreOffice takes longer than that when it is left alone, and the server goes on.
        assert await call(client, "slides_open", path="deck.pdf", slides=[1])


@pytest.mark.parametrize("tool", ["read", "find"])
async def test_a_reading_that_is_cancelled_is_not_finished_while_others_wait(
    connect: Connect, tmp_path: Path, tool: str
) -> None:
    dense = Image.new("RGB", (2400, 2000), "white")
    for place in itertools.product(range(10, 2300, 300), range(10, 1980, 34)):
        ImageDraw.Draw(dense).text(place, f"{tool} {place}", "black", font_size=22)
    dense.save(tmp_path / "dense.png")
    dense.crop((0, 0, 300, 40)).save(tmp_path / "small.png")
    async with connect(Policy(roots=(tmp_path,))) as client:
        large = await call(client, "slides_open", path="dense.png")
        small = await call(client, "slides_open", path="small.png")
        before = client.state.model.reader.figures.pictures.entries
        with anyio.move_on_after(0.3) as scope:
            words = {"text": "x"} if tool == "find" else {}
            await client.call_tool(tool, {"captures": [large["name"]], **words})
        assert scope.cancelled_caught
        # One picture is read at a time, so the other one is through with.
        await call(client, "read", captures=[small["name"]])
        assert client.state.model.reader.figures.pictures.entries == before + 1


async def test_more_pages_than_are_kept_are_not_drawn(connect: Connect) -> None:
    async with connect(Policy(roots=(DATA,), memory_bytes=8 * 2**20)) as client:
        told = await refusal(client, "slides_open", path="deck.pdf")
        assert "megapixels together" in told and "name fewer slides" in told
        one = await call(client, "slides_open", path="deck.pdf", slides=[4])
        assert [each["number"] for each in one["captures"]] == [4]


def processes_naming(text: str) -> list[Path]:
    """Processes with this text in their command line."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if text.encode() in file.read_bytes():
                found.append(file)
    return found


async def test_files_are_opened_under_roots_only(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "deck.pdf").symlink_to(DATA / "deck.pdf")
    async with connect(Policy(roots=(tmp_path,))) as client:
        for path in ("deck.pdf", str(DATA / "deck.pdf"), "/etc/passwd"):
            assert "--root DIR" in await refusal(client, "slides_open", path=path)
        assert "no such file" in await refusal(client, "slides_open", path="none.pdf")
        assert "name too long" in await refusal(client, "slides_open", path="a" * 5000)
    async with connect() as client:
        assert "--root DIR" in await refusal(client, "slides_open", path="deck.pdf")


async def test_a_deck_that_does_not_fit_into_memory_is_refused(connect: Connect) -> None:
    async with connect(Policy(roots=(DATA,), memory_bytes=10**6)) as client:
        assert "--memory" in await refusal(client, "slides_open", path="deck.pdf")


async def test_a_long_page_is_cut_and_each_line_is_told_once(connect: Connect, page: str) -> None:
    async with connect(Policy(allow_private=True)) as client:
        opened = await call(client, "page_open", url=page)
        assert opened["source"] == page and len(opened["captures"]) >= 2
        assert opened["captures"][0]["title"] == "Release notes"
        read = await call(client, "read", captures=[opened["name"]])
        text = "\n".join(each["text"] for each in read["texts"])
        assert text.count("Release 4.2") == 1 and text.count("30 June 2031") == 1
        found = await call(client, "find", text="30 June 2031", captures=[opened["name"]])
        assert len(found["matches"]) == 1
        assert found["matches"][0]["capture"] == opened["captures"][-1]["capture"]
        first = await call(client, "page_open", url=page, full_page=False)
        assert len(first["captures"]) == 1


async def test_a_title_that_was_cut_within_a_sign_can_be_sent(connect: Connect, site: Site) -> None:
    body = rb"<p>hello<script>document.title = 'Sale \ud83d'</script>"
    site.answers["/"] = lambda handler: handler.reply(200, body, Content_Type="text/html")
    async with connect(Policy(allow_private=True)) as client:
        result = await client.call_tool("page_open", {"url": site.url(), "full_page": False})
    # Half a pair of surrogates would end a server on stdio when it writes it down.
    assert "Sale \ufffd" in text_of(result) and result.model_dump_json()
    assert result.structured_content["captures"][0]["title"] == "Sale \ufffd"


async def test_a_very_high_page_is_opened_in_parts(
    connect: Connect, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "WebLimits", partial(web.WebLimits, height=3000))
    body = b"<h1>Top</h1><div style='height: 3400px'></div><p>Far below</p>"
    site.answers["/"] = lambda handler: handler.reply(200, body, Content_Type="text/html")
    async with connect(Policy(allow_private=True)) as client:
        result = await client.call_tool("page_open", {"url": site.url(), "width": 320})
        first = result.structured_content
        assert first["next"] == 2840 and "page_open it with start=2840" in text_of(result)
        later = await call(client, "page_open", url=site.url(), width=320, start=first["next"])
        assert "next" not in later
        found = await call(client, "find", text="Far below", captures=[later["name"]])
        assert found["matches"]
        wrong = {"url": site.url(), "full_page": False, "start": 5}
        assert "with full_page" in await refusal(client, "page_open", **wrong)


async def test_advice_names_nothing_that_a_client_has_not(connect: Connect, site: Site) -> None:
    site.answers["/file"] = lambda handler: handler.reply(
        200, b"x", Content_Disposition="attachment; filename=x.bin"
    )
    async with connect(Policy(allow_private=True)) as client:
        assert "by its path" in await refusal(client, "page_open", url="file:///deck.pdf")
        assert "by its path" in await refusal(client, "page_open", url=site.url("/file"))


async def test_pages_of_this_machine_are_refused_by_default(connect: Connect, page: str) -> None:
    async with connect() as client:
        for url in (page, "file:///etc/passwd", "http://2130706433/"):
            result = await client.call_tool("page_open", {"url": url})
            assert result.is_error, url


async def test_one_question_is_answered_from_a_deck_and_a_page_with_citations(
    connect: Connect, with_nano: Leopard, page: str
) -> None:
    async with connect(Policy(roots=(DATA,), allow_private=True)) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        notes = await call(client, "page_open", url=page, full_page=False)
        both = [deck["name"], notes["name"]]
        answers = {
            "What was the gross margin?": ("58.4%", deck["name"]),
            "What is the build number?": ("8871", notes["name"]),
        }
        for question, (answer, source) in answers.items():
            result = await client.call_tool("ask", {"question": question, "captures": both})
            found = result.structured_content
            assert found["answer"] == answer, text_of(result)
            assert found["citations"][0]["capture"] == source
            assert 0 < found["confidence"] <= 1 and "nano" in found["model"]
            # What the model says is made of what it saw.
            assert "untrusted" in text_of(result)
        verbatim = await call(
            client, "ask", question="Who signed the build?", captures=both, verbatim=True
        )
        assert verbatim["answer"] in "Build number 8871 was signed by Ada Winter."


async def test_an_answer_is_held_to_a_schema(connect: Connect, with_nano: Leopard) -> None:
    schema = {
        "type": "object",
        "properties": {"margin": {"type": "string"}},
        "required": ["margin"],
        "additionalProperties": False,
    }
    async with connect(FILES) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        asked = {"question": "What was the gross margin?", "captures": [deck["name"]]}
        found = await call(client, "ask", **asked, answer_schema=schema)
        assert set(found["parsed"]) == {"margin"} and json.loads(found["answer"]) == found["parsed"]
        assert "both verbatim and held" in await refusal(
            client, "ask", **asked, answer_schema=schema, verbatim=True
        )


async def test_an_answer_that_is_null_is_told_as_one(connect: Connect, with_nano: Leopard) -> None:
    async with connect(FILES) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        asked = {"question": "What was the gross margin?", "captures": [deck["name"]]}
        found = await call(client, "ask", **asked, answer_schema={"type": "null"})
        assert found["answer"] == "null" and found["parsed"] is None
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        jsonschema.validate(found, schemas["ask"])
        assert "parsed" not in await call(client, "ask", **asked)


async def test_an_answer_that_is_cut_says_so(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = ScriptedLeopard(["58.4 percent", "58.4 percent"])
    monkeypatch.setattr(LazyLeopard, "load", lambda _: scripted)
    async with connect(FILES) as client:
        page = await call(client, "slides_open", path="page.png")
        asked = {"question": "What was the gross margin?", "captures": [page["name"]]}
        whole = await client.call_tool("ask", asked)
        monkeypatch.setattr(answers, "_TOKENS", 4)
        cut = await client.call_tool("ask", asked)
    assert whole.structured_content["finish_reason"] == "stop" and "(cut" not in text_of(whole)
    assert cut.structured_content["finish_reason"] == "length"
    assert cut.structured_content["answer"] == "58.4" and "(cut at 4 tokens):" in text_of(cut)


async def test_a_model_whose_engine_ended_is_loaded_again(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = ScriptedLeopard([])
    loading = "leopard_tools.leopard.load_variant"
    monkeypatch.setattr(loading, lambda *_, **__: scripted._variant)
    async with connect(FILES) as client:
        page = await call(client, "slides_open", path="page.png")
        asked = {"question": "What?", "captures": [page["name"]], "answer_schema": {"enum": ["a"]}}
        await call(client, "ask", **asked)
        client.state.model.load().close()
        assert not client.state.model.loaded
        assert (await call(client, "ask", **asked))["parsed"] == "a"


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_a_long_answer_that_is_cancelled_frees_the_model(
    connect: Connect, with_nano: Leopard, mode: str
) -> None:
    endless = {"type": "array", "items": {"type": "integer"}, "minItems": 400}
    async with connect(FILES, mode=mode) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        asked = {"question": "What was the gross margin?", "captures": [deck["name"]]}
        await call(client, "ask", **asked)
        # Left alone, it would take over a thousand tokens' time.
        with anyio.move_on_after(1.5) as scope:
            await client.call_tool("ask", {**asked, "answer_schema": endless})
        assert scope.cancelled_caught
        start = time.monotonic()
        assert (await call(client, "ask", **asked))["answer"] == "58.4%"
        assert time.monotonic() - start < 8
        # Nothing of the other is left in the engine.
        assert not with_nano._engine._running and not with_nano._engine._waiting


async def test_the_model_loads_once_at_the_first_question_with_progress(
    connect: Connect, nano: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, messages = [], []

    def load_variant(checkpoint: str, **_: object) -> object:
        loads.append((checkpoint, threading.current_thread() is threading.main_thread()))
        time.sleep(1.2)
        return nano._variant

    async def note(progress: float, total: float | None, message: str | None) -> None:
        messages.append(message)

    monkeypatch.setattr("leopard_tools.leopard.load_variant", load_variant)
    async with connect(FILES) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        await call(client, "read", captures=[deck["name"]])
        assert loads == []
        asked = {"question": "What was the gross margin?", "captures": [deck["name"]]}
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(lambda: client.call_tool("ask", asked, progress_callback=note))
        await call(client, "ask", **asked)
        assert client.state.model.load().reader is client.state.model.reader
    assert loads == [("nano", False)]
    assert messages.count("Loading the model") >= 3 and "Reading and answering" in messages


async def test_reading_needs_no_language_model(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LazyLeopard, "load", lambda _: pytest.fail("the language model was loaded"))
    async with connect(FILES) as client:
        deck = await call(client, "slides_open", path="deck.pdf", slides=[1, 2])
        first, second = (each["capture"] for each in deck["captures"])
        await call(client, "read", captures=[first])
        await call(client, "find", text="margin", captures=[second])
        await call(client, "compare", before=first, after=second)
        await call(client, "look", capture=first)


async def test_the_tools_take_less_than_2000_tokens(connect: Connect, nano: Leopard) -> None:
    async with connect() as client:
        assert client.server_info is not None and client.server_info.version == version(
            "leopard-mcp"
        )
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == [
        *("screen_list", "screen_capture", "slides_open", "page_open", "read", "find", "ask"),
        *("look", "compare", "wait_for", "forget"),
    ]
    told = [
        f"{tool.name}\n{tool.description}\n"
        + json.dumps([tool.input_schema, tool.output_schema], separators=(",", ":"))
        for tool in tools
    ]
    assert sum(len(nano._variant.tokenizer.encode(text)) for text in told) < 2000
    assert all(tool.output_schema for tool in tools)
    # Only forget changes anything, and that in this server alone.
    hints = {tool.name: tool.annotations for tool in tools}
    assert all(hints.values())
    assert [name for name, hint in hints.items() if hint and not hint.read_only_hint] == ["forget"]


@pytest.mark.parametrize("text", ["[1]", "{}", "null", "42"])
def test_a_text_that_is_json_is_waited_for_as_it_is(text: str) -> None:
    wait_for = next(tool for tool in make_tools() if tool.name == "wait_for")
    assert wait_for.fn_metadata.validate_arguments({"text": text})["text"] == text
    # What is left out may also be sent as null.
    assert wait_for.fn_metadata.validate_arguments({"text": None})["text"] == ""


async def test_prompts_name_tools_that_exist(connect: Connect) -> None:
    async with connect() as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        prompts = (await client.list_prompts()).prompts
        assert len(prompts) == 5
        for prompt in prompts:
            arguments = {each.name: "X" for each in prompt.arguments or ()}
            (message,) = (await client.get_prompt(prompt.name, arguments)).messages
            assert isinstance(message.content, TextContent)
            words = set(message.content.text.replace(",", " ").replace(".", " ").split())
            assert words & tools, prompt.name


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("find_button", {}, "find_button takes label: label is missing."),
        ("find_button", {"label": "OK", "x": "y"}, "x is not one of its arguments."),
        ("what_changed", {"x": "y"}, "takes no arguments: x is not one"),
        ("find", {"label": "OK"}, "There is no prompt 'find'. There are watch_screen, "),
    ],
)
async def test_a_prompt_that_is_asked_for_wrongly_says_what_it_takes(
    connect: Connect, name: str, arguments: dict[str, str], told: str
) -> None:
    async with connect() as client:
        with pytest.raises(MCPError) as raised:
            await client.get_prompt(name, arguments)
    assert told in raised.value.message and raised.value.code == INVALID_PARAMS
