"""What LlamaIndex calls a picture reaches the model, in order; what is not permitted does not."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from llama_index.core.base.llms.types import (
    AudioBlock,
    CachePoint,
    ChatMessage,
    ChatResponse,
    CitableBlock,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)
from llama_index.core.schema import ImageDocument, ImageNode, NodeWithScore
from llama_index.llms.leopard import Leopard
from llama_index.llms.leopard.content import Opener, to_messages
from PIL import Image

import leopard_tools
from leopard_tools import Frame, LeopardError, Message, ToolCall
from leopard_tools.errors import Cancelled, DocumentInvalid, ImageInvalid, SourceForbidden
from leopard_tools.images.limits import DEFAULT_LIMITS
from leopard_tools.images.wanted import nothing
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.toolbox import Access
from leopard_tools.types import Deferred

PNG = "kittiwake.png"


def encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


# Each makes of the picture's file something that stands for it.
FORMS: dict[str, Callable[[Path], object]] = {
    "path": lambda file: file,
    "path as text": str,
    "bytes": Path.read_bytes,
    "base64": encoded,
    "data URL": lambda file: f"data:image/png;base64,{encoded(file)}",
    "file object": lambda file: BytesIO(file.read_bytes()),
    "PIL image": Image.open,
    "array": lambda file: np.asarray(Image.open(file).convert("RGB")),
    "frame": lambda file: Frame(Image.open(file).convert("RGB"), "given"),
    "block of bytes": lambda file: ImageBlock(image=file.read_bytes()),
    "block of base64": lambda file: ImageBlock(image=encoded(file).encode()),
    "block of a file object": lambda file: ImageBlock(image=BytesIO(file.read_bytes())),
    "block of a path": lambda file: ImageBlock(path=file),
    "block of a data URL": lambda file: ImageBlock(url=f"data:image/png;base64,{encoded(file)}"),
    "node of base64": lambda file: ImageNode(image=encoded(file)),
    "node of a path": lambda file: ImageNode(image_path=str(file)),
    "node of metadata": lambda file: ImageNode(metadata={"file_path": str(file)}),
    "node with score": lambda file: NodeWithScore(node=ImageNode(image=encoded(file)), score=0.5),
    "document of base64": lambda file: ImageDocument(image=encoded(file)),
    "document of a path": lambda file: ImageDocument(image_path=str(file)),
    "document block": lambda file: DocumentBlock(data=file.read_bytes()),
}
FOLLOWED = ["path", "path as text", "block of a path", "node of a path", "node of metadata"]
FOLLOWED += ["document of a path"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_picture_is_the_same_picture(form: str, llm: Leopard, folder: Path) -> None:
    given = FORMS[form](folder / PNG)
    (frame,) = llm.opener.frames(given)  # type: ignore[arg-type]  # one form of several
    assert frame.image.tobytes() == Image.open(folder / PNG).convert("RGB").tobytes()


@pytest.mark.parametrize("form", FOLLOWED)
def test_a_path_is_followed_only_where_it_was_permitted(
    form: str, nano: leopard_tools.Leopard, folder: Path, tmp_path: Path
) -> None:
    given = FORMS[form](folder / PNG)
    with pytest.raises(SourceForbidden, match=r"roots="):
        Leopard(nano).complete("What is this?", [given])  # type: ignore[list-item]  # one form of several
    elsewhere = Leopard(nano, access=Access(roots=[tmp_path]))
    with pytest.raises(SourceForbidden, match="under none of the folders"):
        elsewhere.complete("What is this?", [given])  # type: ignore[list-item]  # one form of several


def test_a_path_whose_name_begins_like_a_home_is_one(tmp_path: Path, folder: Path) -> None:
    name = "~nobody-of-that-name.png"
    (tmp_path / name).write_bytes((folder / PNG).read_bytes())
    opener = Opener(Access(roots=[tmp_path]), DEFAULT_LIMITS)
    assert opener.frames(ImageNode(image_path=str(tmp_path / name)))
    # From the working directory, which nobody permitted.
    with pytest.raises(SourceForbidden):
        opener.frames(ImageNode(image_path=name))


@pytest.mark.parametrize(
    "block",
    [
        ImageBlock(url="http://169.254.169.254/latest/meta-data"),
        ImageBlock(url="file:///etc/passwd"),
        DocumentBlock(url="http://127.0.0.1:9/report.pdf"),
        DocumentBlock(path="/etc/hostname"),
    ],
)
def test_addresses_and_files_outside_are_refused_in_messages(
    llm: Leopard, block: ImageBlock | DocumentBlock
) -> None:
    with pytest.raises(SourceForbidden):
        llm.chat([ChatMessage(role="user", blocks=[block, TextBlock(text="What?")])])


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched_where_it_was_permitted(
    nano: leopard_tools.Leopard, address: str
) -> None:
    block = ImageBlock(url=address + PNG)
    allowed = Leopard(nano, access=Access(allow_private=True))
    assert allowed.complete("What is the home port of the Kittiwake?", [block]).text == "Oban"
    offline = Leopard(nano, access=Access(web=False, allow_private=True))
    with pytest.raises(SourceForbidden, match="no web addresses"):
        offline.complete("What?", [block])


def test_a_document_stands_for_its_pages_and_everything_keeps_its_order(
    llm: Leopard, folder: Path, kittiwake: ImageBlock
) -> None:
    pages = DocumentBlock(data=(folder / "huts.pdf").read_bytes())
    blocks = [TextBlock(text="First"), pages, TextBlock(text="then"), kittiwake]
    (message,) = to_messages([ChatMessage(role="user", blocks=blocks)], llm.opener)
    parts = [
        part
        for each in message.content
        for part in (each.open(nothing) if isinstance(each, Deferred) else [each])
    ]
    kinds = [part.size[0] if isinstance(part, Frame) else "text" for part in parts]
    assert kinds == ["text", *[1920] * 12, "text", 1280]
    assert [part.page for part in parts if isinstance(part, Frame)][:12] == [*range(1, 13)]


@pytest.mark.parametrize(
    "block",
    [
        DocumentBlock(data=b"The K\xc3\xbcste carries 42 cars.", document_mimetype="text/plain"),
        DocumentBlock(data=b"The K\xc3\xbcste carries 42 cars.", title="ships.csv"),
        DocumentBlock(
            data=BytesIO(b"The K\xfcste carries 42 cars."),
            document_mimetype="text/markdown; charset=latin-1",
        ),
        DocumentBlock(
            data=b"The K\xc3\xbcste carries 42 cars.", document_mimetype="application/json"
        ),
    ],
    ids=["bytes", "title", "file object", "json"],
)
def test_a_document_of_text_is_its_text(llm: Leopard, block: DocumentBlock) -> None:
    asked = ChatMessage(role="user", blocks=[block, TextBlock(text="How many cars?")])
    (message,) = to_messages([asked], llm.opener)
    assert message.content == ["The Küste carries 42 cars.", "How many cars?"]
    assert "42" in (llm.chat([asked]).message.content or "")


def test_a_document_of_text_in_another_charset_is_refused(llm: Leopard) -> None:
    block = DocumentBlock(data=b"The K\xfcste", document_mimetype="text/plain")
    with pytest.raises(DocumentInvalid, match="charset=iso-8859-1"):
        llm.chat([ChatMessage(role="user", blocks=[block])])


def test_messages_keep_their_roles_calls_and_nested_content(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    call = ToolCallBlock(tool_call_id="1", tool_name="look", tool_kwargs={"page": 2})
    found = to_messages(
        [
            ChatMessage(role="developer", content="Be brief."),
            ChatMessage(
                role="user",
                blocks=[
                    CitableBlock(
                        title="t", source="s", content=[TextBlock(text="cited"), kittiwake]
                    ),
                    CitationBlock(
                        cited_content=TextBlock(text="quoted"),
                        source="s",
                        title="t",
                        additional_location_info={},
                    ),
                    CachePoint(cache_control={"type": "ephemeral"}),  # type: ignore[arg-type]  # pydantic converts
                    TextBlock(text="?"),
                ],
            ),
            ChatMessage(role="assistant", blocks=[ThinkingBlock(content="hm"), call]),
            ChatMessage(role="tool", content="done"),
        ],
        llm.opener,
    )
    assert [message.role for message in found] == ["system", "user", "assistant", "tool"]
    parts = [part if isinstance(part, str) else "image" for part in found[1].content]
    assert parts == ["cited", "image", "quoted", "?"]
    assert found[2] == Message("assistant", [], [ToolCall("look", {"page": 2})])


def test_an_empty_system_message_leaves_the_checkpoints_own(llm: Leopard) -> None:
    # Engines send it where they have none.
    asked = ChatMessage(role="user", content="Hello")
    plain, empty = (
        llm.leopard.count_chat_tokens(to_messages(messages, llm.opener))
        for messages in ([asked], [ChatMessage(role="system", content=""), asked])
    )
    assert plain == empty


def test_calls_of_other_llms_are_read_in_whatever_form_they_stand(llm: Leopard) -> None:
    former = {"id": "1", "function": {"name": "look", "arguments": '{"page": 2}'}}
    as_object = SimpleNamespace(function=SimpleNamespace(name="look", arguments='{"page": 2}'))
    as_text = ToolCallBlock(tool_call_id="1", tool_name="look", tool_kwargs='{"page": 2}')
    for message in (
        ChatMessage(role="assistant", additional_kwargs={"tool_calls": [former]}),
        ChatMessage(role="assistant", additional_kwargs={"tool_calls": [as_object]}),
        ChatMessage(role="assistant", blocks=[as_text]),
    ):
        (found,) = to_messages([message], llm.opener)
        assert found.tool_calls == [ToolCall("look", {"page": 2})]
        response = ChatResponse(message=ChatMessage(role="assistant", blocks=[as_text]))
        assert llm.get_tool_calls_from_response(response)[0].tool_kwargs == {"page": 2}
    for wrong in ('{"page": ', "[2]"):
        block = ToolCallBlock(tool_call_id="1", tool_name="look", tool_kwargs=wrong)
        with pytest.raises(LeopardError, match="The call of 'look' has "):
            to_messages([ChatMessage(role="assistant", blocks=[block])], llm.opener)
    with pytest.raises(LeopardError, match="names no tool"):
        to_messages(
            [ChatMessage(role="assistant", additional_kwargs={"tool_calls": [{}]})], llm.opener
        )


def test_a_single_image_is_one(llm: Leopard, folder: Path, kittiwake: ImageBlock) -> None:
    question = "What is the home port of the Kittiwake?"
    lines = base64.encodebytes((folder / "kittiwake.png").read_bytes()).decode()
    node = ImageNode(image=encoded(folder / "kittiwake.png"))
    for image in (kittiwake, node, lines, folder / "kittiwake.png"):
        assert llm.complete(question, image).text == "Oban"  # type: ignore[arg-type]  # as peers take it


def test_opening_counts_in_a_call_s_timeout_and_ends_with_it(llm: Leopard) -> None:
    over = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            over.wait(20)

    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        address = f"http://127.0.0.1:{server.server_port}/a.png"
        private = llm.model_copy(update={"access": Access(allow_private=True)})
        began = time.monotonic()
        with pytest.raises(Cancelled, match=r"0\.3 s"):
            private.complete("What?", [ImageBlock(url=address)], timeout=0.3)
        assert time.monotonic() - began < 5
        over.set()
        server.shutdown()


def test_results_come_in_the_order_of_their_calls(llm: Leopard) -> None:
    def call(key: str | None, name: str) -> ToolCallBlock:
        return ToolCallBlock(tool_call_id=key, tool_name=name, tool_kwargs={})

    def result(key: str, text: str) -> ChatMessage:
        return ChatMessage(role="tool", content=text, additional_kwargs={"tool_call_id": key})

    former = {"id": "1", "function": {"name": "f", "arguments": "{}"}}
    unnamed = SimpleNamespace(function=SimpleNamespace(name="g", arguments="{}"))
    found = to_messages(
        [
            ChatMessage(role="assistant", blocks=[call("1", "f"), call("2", "f"), call("3", "g")]),
            result("3", "third"),
            ChatMessage(role="tool", content="of none"),
            result("1", "first"),
            result("2", "second"),
            # Ids may come again, and a call without one goes by its name.
            ChatMessage(role="assistant", blocks=[call("2", "f"), call(None, "g")]),
            result("g", "fifth"),
            result("2", "fourth"),
            # Other LLMs keep their calls beside the message.
            ChatMessage(role="assistant", additional_kwargs={"tool_calls": [former, unnamed]}),
            result("g", "seventh"),
            result("1", "sixth"),
            ChatMessage(role="user", content="?"),
        ],
        llm.opener,
    )
    texts = [part for message in found for part in message.content]
    assert texts == [
        "first",
        "second",
        "third",
        "of none",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "?",
    ]


@pytest.mark.parametrize(
    ("block", "kind"), [(AudioBlock(audio=b"x"), "audio"), (VideoBlock(video=b"x"), "video")]
)
def test_sound_and_video_are_refused_by_name(
    llm: Leopard, block: AudioBlock | VideoBlock, kind: str
) -> None:
    with pytest.raises(LeopardError, match=f"'{kind}'; Leopard takes texts, images and documents"):
        llm.chat([ChatMessage(role="user", blocks=[block])])


@pytest.mark.parametrize(
    "given", [ImageBlock(), ImageNode(text="no picture"), ImageNode(image="not base64!"), 7]
)
def test_what_is_no_picture_is_refused(llm: Leopard, given: object) -> None:
    with pytest.raises(ImageInvalid):
        llm.complete("What?", [given])  # type: ignore[list-item]  # one form of several


def test_a_file_of_text_is_not_followed_as_the_path_that_it_holds(folder: Path) -> None:
    # Nobody permitted a file here.
    llm = Leopard(ScriptedLeopard(["ok"]))
    for given in (StringIO(str(folder / PNG)), (folder / PNG).open()):
        with given, pytest.raises(ImageInvalid, match="mode 'rb'"):
            llm.complete("What?", [given])
