"""Messages in every provider's form reach the model as the core's own: order kept, none dropped."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_leopard import Access, ChatLeopard, MessageUnsupported
from langchain_leopard.blocks import Part, read_content
from langchain_leopard.messages import read_messages
from langchain_places import DATA
from PIL import Image

from leopard_tools import Frame, Leopard, Message
from leopard_tools.errors import SourceForbidden
from leopard_tools.types import ToolCall

SCAN = (DATA / "scan.jpg").read_bytes()
BASE64 = base64.b64encode(SCAN).decode()
DATA_URL = f"data:image/jpeg;base64,{BASE64}"
DECK = base64.b64encode((DATA / "deck.pdf").read_bytes()).decode()
QUESTION = "What is the due date of the invoice?\nAnswer with a single word or phrase."

IMAGES: dict[str, dict[str, Any]] = {
    "LangChain": {"type": "image", "base64": BASE64, "mime_type": "image/jpeg"},
    "LangChain, data URL": {"type": "image", "url": DATA_URL},
    "LangChain v0": {
        "type": "image",
        "source_type": "base64",
        "data": BASE64,
        "mime_type": "image/jpeg",
    },
    "LangChain file": {"type": "file", "base64": BASE64, "mime_type": "image/jpeg"},
    "OpenAI": {"type": "image_url", "image_url": {"url": DATA_URL, "detail": "high"}},
    "OpenAI, string": {"type": "image_url", "image_url": DATA_URL},
    "OpenAI responses": {"type": "input_image", "image_url": DATA_URL},
    "Anthropic": {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/jpeg", "data": BASE64},
    },
    "Google": {"type": "media", "mime_type": "image/jpeg", "data": SCAN},
    "Bedrock": {"image": {"format": "jpeg", "source": {"bytes": SCAN}}},
    "not standard": {
        "type": "non_standard",
        "value": {"type": "input_image", "image_url": DATA_URL},
    },
    "inside a tool's result": {
        "type": "tool_result",
        "tool_use_id": "1",
        "content": [{"type": "image", "source": {"type": "base64", "data": BASE64}}],
    },
}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "LangChain": {"type": "file", "base64": DECK, "mime_type": "application/pdf"},
    "LangChain v0": {
        "type": "file",
        "source_type": "base64",
        "data": DECK,
        "mime_type": "application/pdf",
    },
    "OpenAI": {
        "type": "file",
        "file": {"filename": "deck.pdf", "file_data": f"data:application/pdf;base64,{DECK}"},
    },
    "OpenAI responses": {
        "type": "input_file",
        "file_data": f"data:application/pdf;base64,{DECK}",
    },
    "Anthropic": {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": DECK},
    },
}


def nothing(source: str) -> list[Frame]:
    raise AssertionError(f"{source} was opened")


def pictures(source: str) -> list[Frame]:
    """A picture of its own for each source, named by it."""
    return [Frame(Image.new("RGB", (8, 8)), source)]


def shown(messages: Sequence[Message]) -> list[tuple[str, list[str]]]:
    """Roles and parts; a picture as its source in brackets."""
    return [
        (each.role, [p if isinstance(p, str) else f"[{p.source}]" for p in each.content])
        for each in messages
    ]


@pytest.mark.parametrize("form", IMAGES)
def test_an_image_in_any_form_gives_the_answer_that_the_core_gives(
    chat: ChatLeopard, nano: Leopard, form: str
) -> None:
    expected = nano.chat([Message("user", [SCAN, QUESTION])])
    found = chat.invoke([HumanMessage([IMAGES[form], {"type": "text", "text": QUESTION}])])
    assert found.content == expected.text == "2 October 2025"
    assert found.usage_metadata["input_tokens"] == expected.usage.prompt_tokens


def test_an_image_at_an_address_is_fetched(nano: Leopard, site: str) -> None:
    chat = ChatLeopard(leopard=nano, access=Access(allow_private=True))
    block = {"type": "image", "url": f"{site}scan.jpg"}
    assert chat.invoke([HumanMessage([block, QUESTION])]).content == "2 October 2025"


def test_an_address_on_this_machine_is_refused_unless_it_is_permitted(
    chat: ChatLeopard, site: str
) -> None:
    with pytest.raises(SourceForbidden, match=r"127\.0\.0\.1"):
        chat.invoke([HumanMessage([{"type": "image_url", "image_url": f"{site}scan.jpg"}])])


@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_document_in_any_form_stands_for_its_pages(form: str) -> None:
    from leopard_tools.images.sources import load_frames

    [message] = read_messages([HumanMessage([DOCUMENTS[form], "Why?"])], load_frames)
    assert [getattr(part, "page", part) for part in message.content] == [1, 2, 3, 4, 5, 6, "Why?"]


def test_the_order_of_texts_and_pictures_is_kept() -> None:
    blocks = [
        "first",
        {"type": "image", "url": "https://a.example/1.png"},
        {"type": "text", "text": "second"},
        {"type": "image_url", "image_url": {"url": "https://a.example/2.png"}},
        {"type": "image", "source": {"type": "url", "url": "https://a.example/3.png"}},
        {"type": "input_text", "text": "third"},
    ]
    found = read_messages([HumanMessage(blocks)], pictures)
    expected = [
        "first",
        "[https://a.example/1.png]",
        "second",
        "[https://a.example/2.png]",
        "[https://a.example/3.png]",
        "third",
    ]
    assert shown(found) == [("user", expected)]


def test_roles_are_the_core_s_and_system_messages_are_one(chat: ChatLeopard) -> None:
    messages: list[BaseMessage] = [
        SystemMessage("Be brief."),
        SystemMessage("Be kind."),
        HumanMessage("Hello", name="Ann"),
        AIMessage("Hi"),
        ChatMessage("And?", role="user"),
        ToolMessage("done", tool_call_id="1"),
    ]
    assert shown(read_messages(messages, nothing)) == [
        ("system", ["Be brief."]),
        ("system", ["Be kind."]),
        ("user", ["Hello"]),
        ("assistant", ["Hi"]),
        ("user", ["And?"]),
        ("tool", ["done"]),
    ]
    count = chat.get_num_tokens_from_messages
    assert count(messages) == count([SystemMessage("Be brief.\nBe kind."), *messages[2:]])
    # An empty one would take the place of the checkpoint's own.
    assert count([SystemMessage(""), HumanMessage("Hello")]) == count([HumanMessage("Hello")])


def test_calls_are_kept_and_their_results_stand_in_their_order() -> None:
    calls = [
        {"name": "look", "args": {"at": place}, "id": place, "type": "tool_call"}
        for place in ("left", "right")
    ]
    picture = [{"type": "image", "url": "https://a.example/left.png"}]
    messages = [
        HumanMessage("What is where?"),
        # What Anthropic and others repeat in the content, and what a model thought, stay aside.
        AIMessage(
            [
                {"type": "thinking", "thinking": "Hm.", "signature": "x"},
                {"type": "text", "text": "I will look."},
                {"type": "tool_use", "name": "look", "input": {"at": "left"}, "id": "left"},
            ],
            tool_calls=calls,
        ),
        ToolMessage("a door", tool_call_id="right"),
        ToolMessage(picture, tool_call_id="left"),
    ]
    found = read_messages(messages, pictures)
    assert found[1].content == ["I will look."]
    assert found[1].tool_calls == [ToolCall("look", {"at": at}) for at in ("left", "right")]
    results = shown(found)[2:]
    assert results == [("tool", ["[https://a.example/left.png]"]), ("tool", ["a door"])]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text-plain", "text": "Ten seats.", "mime_type": "text/plain"},
        {"type": "file", "base64": "VGVuIHNlYXRzLg==", "mime_type": "text/plain"},
        {"type": "document", "source": {"type": "text", "data": "Ten seats."}},
        {"type": "document", "source": {"type": "content", "content": ["Ten seats."]}},
        {"text": "Ten seats."},
    ],
)
def test_documents_of_plain_text_are_text(block: dict[str, Any]) -> None:
    assert shown(read_messages([HumanMessage([block])], nothing)) == [("user", ["Ten seats."])]


@pytest.mark.parametrize("told", ["application/json", "application/ld+json", "application/x-yaml"])
def test_files_of_text_that_are_no_text_by_name_are_read_too(told: str) -> None:
    data = base64.b64encode(b'{"due": "2 October 2025"}').decode()
    assert read_content([{"type": "file", "base64": data, "mime_type": told}], nothing) == [
        '{"due": "2 October 2025"}'
    ]


@pytest.mark.parametrize(
    ("charset", "told"),
    [
        ("utf-8", "text/plain"),
        ("utf-8-sig", "text/plain"),
        ("utf-16", "text/plain"),
        ("latin-1", "text/plain; charset=ISO-8859-1"),
        ("utf-16-be", 'text/csv;charset="utf-16-be"'),
    ],
)
def test_files_of_text_are_read_in_their_charset(charset: str, told: str) -> None:
    data = base64.b64encode("Größe: 5".encode(charset)).decode()
    for block in (
        {"type": "file", "base64": data, "mime_type": told},
        {"type": "file", "url": f"data:{told};base64,{data}", "mime_type": told.partition(";")[0]},
    ):
        found = read_messages([HumanMessage([block])], nothing)
        assert shown(found) == [("user", ["Größe: 5"])]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (
            {"type": "file", "base64": "R3L232U=", "mime_type": "text/plain"},
            r"cannot be read as utf-8-sig .* charset=iso-8859-1",
        ),
        (
            {"type": "file", "base64": "YQ==", "mime_type": "text/plain; charset=klingon"},
            "cannot be read as klingon",
        ),
        ({"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"}, "'audio'.*neither hears"),
        ({"type": "input_audio", "input_audio": {"data": "AAAA"}}, "'input_audio'"),
        ({"type": "video", "url": "https://a.example/1.mp4"}, "'video'"),
        ({"type": "media", "data": "AAAA", "mime_type": "video/mp4"}, "'video'"),
        ({"type": "image", "file_id": "f-1"}, "a file id"),
        ({"type": "image", "source": {"type": "file", "file_id": "f-1"}}, "a file id"),
        ({"type": "image"}, "no base64"),
        ({"type": "hologram", "url": "https://a.example/1"}, "'hologram' with 'type', 'url'"),
        ({"type": "file", "url": "https://a.example/1.txt", "mime_type": "text/plain"}, "the text"),
        (
            {"type": "file", "url": "https://u:pass@a.example/x?key=1", "mime_type": "text/plain"},
            r"^https://a\.example/x\?…: a text behind",
        ),
    ],
)
def test_what_cannot_be_given_to_the_model_is_refused_by_name(
    block: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MessageUnsupported, match=reason):
        read_messages([HumanMessage(["Look", block])], nothing)


def test_blocks_may_be_nested_but_not_without_end() -> None:
    def inside(depth: int, nest: Callable[[Any], Any], block: Any) -> list[Part]:
        for _ in range(depth):
            block = nest(block)
        return read_content([block], nothing)

    text = {"type": "text", "text": "Ten seats."}
    nests: list[Callable[[Any], Any]] = [
        lambda b: {"type": "document", "source": {"type": "content", "content": [b]}},
        lambda b: {"type": "tool_result", "content": [b]},
        lambda b: {"type": "non_standard", "value": b},
    ]
    for nest in nests:
        assert inside(20, nest, text) == ["Ten seats."]
        with pytest.raises(MessageUnsupported, match="more than 100 levels"):
            inside(2000, nest, text)
    with pytest.raises(MessageUnsupported, match="more than 100 levels"):
        inside(2000, lambda b: {"type": "image", "source": b}, {"base64": BASE64})
    with pytest.raises(MessageUnsupported, match="more than 100 levels"):
        inside(2000, lambda b: [b], text)


def test_messages_that_are_no_turns_are_refused() -> None:
    with pytest.raises(MessageUnsupported, match="RemoveMessage"):
        read_messages([RemoveMessage(id="1")], nothing)
    with pytest.raises(MessageUnsupported, match="'judge'"):
        read_messages([ChatMessage("Hm", role="judge")], nothing)


def test_a_path_in_a_message_is_opened_only_under_a_permitted_folder(
    chat: ChatLeopard, nano: Leopard, data: Path, tmp_path: Path
) -> None:
    def ask(model: ChatLeopard, url: str) -> str:
        return model.invoke([HumanMessage([{"type": "image", "url": url}, QUESTION])]).text

    path = str(data / "scan.jpg")
    with pytest.raises(SourceForbidden, match="no folder was permitted"):
        ask(chat, path)
    with pytest.raises(SourceForbidden, match="file"):
        ask(chat, f"file://{path}")
    with pytest.raises(SourceForbidden, match="under none of the folders"):
        ask(ChatLeopard(leopard=nano, access=Access(roots=[tmp_path])), path)
    assert ask(ChatLeopard(leopard=nano, access=Access(roots=[data])), path) == "2 October 2025"


def test_pictures_in_a_tool_s_result_are_seen(chat: ChatLeopard, nano: Leopard) -> None:
    call = {"name": "scan", "args": {}, "id": "1", "type": "tool_call"}
    messages = [
        HumanMessage(QUESTION),
        AIMessage("", tool_calls=[call]),
        ToolMessage([IMAGES["LangChain"]], tool_call_id="1"),
    ]
    found = chat.invoke(messages)
    expected = nano.chat(
        [
            Message("user", [QUESTION]),
            Message("assistant", [], [ToolCall("scan")]),
            Message("tool", [SCAN]),
        ]
    )
    assert found.text == expected.text and expected.usage.image_tokens > 400
    assert found.usage_metadata["input_tokens"] == expected.usage.prompt_tokens
