"""What LlamaIndex calls a message becomes what leopard_tools calls one; order is kept.

Paths and addresses are followed under an Access alone: messages and nodes may come from anywhere.
Bytes, base64 and data URLs carry their picture with them. Knows nothing of answers.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from io import IOBase, TextIOBase
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from llama_index.core.base.llms.types import (
    CachePoint,
    ChatMessage,
    CitableBlock,
    CitationBlock,
    ContentBlock,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)
from llama_index.core.schema import BaseNode, ImageNode, MediaResource, Node, NodeWithScore

from leopard_tools import Frame, LeopardError, Message, ToolCall
from leopard_tools.errors import ImageInvalid
from leopard_tools.images.sources import load_frames, sources_of
from leopard_tools.images.wanted import Check, nothing
from leopard_tools.toolbox import Access
from leopard_tools.types import Deferred

if TYPE_CHECKING:
    from leopard_tools.images.sources import Images, Limits
    from leopard_tools.types import ImageSource, Role

    ImageLike = ImageSource | ImageBlock | DocumentBlock | BaseNode | NodeWithScore | IOBase

_ROLES: dict[MessageRole, Role] = {
    MessageRole.SYSTEM: "system",
    MessageRole.DEVELOPER: "system",
    MessageRole.USER: "user",
    MessageRole.ASSISTANT: "assistant",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
    MessageRole.FUNCTION: "tool",
    MessageRole.TOOL: "tool",
}
_ACCEPTED = (
    "Give a path, an http(s) or data URL, bytes, base64, a file object, a PIL image, an array, an "
    "ImageBlock, an ImageNode or an ImageDocument."
)
_BASE64_AT_LEAST = 64
"""Characters from which a text can be a picture in base64; a shorter one is a path."""


class Opener:
    """Opens what stands for pictures: what it carries as it is, the rest under `access`.

    What `check` raises ends the opening. limits: what a source may cost.
    """

    def __init__(self, access: Access, limits: Limits, check: Check = nothing) -> None:
        self._access = access
        self._limits = limits
        self._check = check

    def deferred(self, given: ImageLike) -> Deferred:
        """The pictures of one image or document, opened when the request for them starts."""
        return Deferred(lambda check: Opener(self._access, self._limits, check).frames(given))

    def frames(self, given: ImageLike) -> list[Frame]:
        """The pictures of one image or document; a document stands for its pages.

        Raises SourceForbidden for a path or address that is not permitted, ImageInvalid and its
        kin for what is no picture.
        """
        source: object = given.node if isinstance(given, NodeWithScore) else given
        match source:
            case ImageBlock():
                return self._block(source.image, source.path, source.url)
            case DocumentBlock():
                return self._block(source.data, source.path, source.url)
            case ImageNode():
                image = source.image
                return self._node(source, image, source.image_path, source.image_url)
            case Node():
                held = source.image_resource or MediaResource()
                return self._node(source, held.data, held.path, held.url)
            case str():
                data = _decoded(source) if len(source) >= _BASE64_AT_LEAST else None
                return self._permitted(source) if data is None else self._load(data)
            case PathLike():
                return self._permitted(_absolute(fspath(source)))
        carried = _carried(source)
        if carried is not None:
            return self._load(carried)
        raise ImageInvalid(f"{type(source).__name__} is no kind of image known here. {_ACCEPTED}")

    def _load(self, data: ImageSource) -> list[Frame]:
        return load_frames(data, self._limits, check=self._check)

    def _permitted(self, source: str) -> list[Frame]:
        return self._access.frames(source, self._limits, check=self._check)

    def _block(
        self, data: bytes | IOBase | None, path: object = None, url: object = None
    ) -> list[Frame]:
        if isinstance(data, IOBase):
            return self._load(_read(data))
        if data:
            # Blocks keep bytes as base64.
            return self._load(_decoded(data) or data)
        if path is not None:
            return self._permitted(_absolute(str(path)))
        if url is not None:
            return self._permitted(str(url))
        raise ImageInvalid("An image or document block without data, path and url. Give it one.")

    def _node(
        self, node: BaseNode, data: str | bytes | None, path: object, url: object
    ) -> list[Frame]:
        if data:
            return self._load(_decoded(data) or _broken(node))
        if path:
            return self._permitted(_absolute(str(path)))
        # A path in metadata may also be meant from a permitted folder.
        if source := url or node.metadata.get("file_path"):
            return self._permitted(str(source))
        raise ImageInvalid(
            f"Node {node.node_id} has no image, image_path, image_url or file_path. Give it one."
        )


def has_image(node: BaseNode) -> bool:
    """Whether a node is a picture, and not a text alone."""
    return isinstance(node, ImageNode) or (
        isinstance(node, Node) and node.image_resource is not None
    )


def _carried(source: object) -> ImageSource | None:
    """What has its picture with it, as leopard_tools takes it; None where it is nothing of it."""
    if isinstance(source, IOBase):
        return _read(source)
    # PIL images and arrays, without importing either.
    if isinstance(source, bytes | bytearray | memoryview | Frame) or hasattr(
        source, "__array_interface__"
    ):
        return cast("ImageSource", source)
    return None


def _read(file: IOBase) -> bytes:
    """The content of a file object, from its beginning.

    Raises ImageInvalid for one of text, which would be followed as a path or an address.
    """
    if isinstance(file, TextIOBase):
        raise ImageInvalid(
            f"A {type(file).__name__} is a file of text, and a picture is bytes. Open it with "
            "mode 'rb', or give its path."
        )
    file.seek(0)
    found: bytes = file.read()
    return found


def to_messages(messages: Sequence[ChatMessage], opener: Opener) -> list[Message]:
    """The messages; their images are opened when the request for them starts."""
    return [_message(message, opener) for message in _in_order(messages)]


def question(prompt: str, images: ImageLike | Iterable[ImageLike], opener: Opener) -> list[Message]:
    """One user's message: the images, or the single one, then the text."""
    # These can be iterated, too.
    if isinstance(images, ImageBlock | DocumentBlock | BaseNode | NodeWithScore | IOBase):
        given: Sequence[ImageLike] = [images]
    else:
        given = sources_of(cast("Images", images))
    return [Message("user", [*map(opener.deferred, given), prompt])]


def _in_order(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The messages with the results of one message's calls in the order of these calls.

    Agents run calls side by side and tell each result when it is there, while checkpoints know
    results by their order alone.
    """
    found: list[ChatMessage] = []
    order: dict[Any, int] = {}
    start = 0
    for message in messages:
        role = _ROLES[message.role]
        if role == "assistant":
            order = {key: number for number, key in enumerate(_call_ids(message))}
        found.append(message)
        if role == "tool":
            found[start:] = sorted(found[start:], key=lambda each: _place(each, order))
        else:
            start = len(found)
    return found


def _call_ids(message: ChatMessage) -> list[Any]:
    """By what results name the calls of a message: an id, or else the tool's name."""
    blocks = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
    if blocks:
        return [block.tool_call_id or block.tool_name for block in blocks]
    former = message.additional_kwargs.get("tool_calls") or ()
    return [_member(call, "id") or _member(_member(call, "function"), "name") for call in former]


def _place(message: ChatMessage, order: Mapping[Any, int]) -> int:
    """The number of the call that a result answers; one that answers none comes last."""
    return order.get(message.additional_kwargs.get("tool_call_id", ""), len(order))


def _message(message: ChatMessage, opener: Opener) -> Message:
    parts: list[str | Deferred] = []
    calls: list[ToolCall] = []
    for block in message.blocks:
        if isinstance(block, ToolCallBlock):
            calls.append(_call(block))
        else:
            parts += _parts(block, opener)
    if not calls:
        # Where LLMs kept their calls before there were blocks for them.
        calls = [_former_call(call) for call in message.additional_kwargs.get("tool_calls") or ()]
    return Message(_ROLES[message.role], parts, calls)


def _parts(block: ContentBlock, opener: Opener) -> list[str | Deferred]:
    match block:
        case TextBlock():
            return [block.text] if block.text else []
        case ImageBlock() | DocumentBlock():
            return [opener.deferred(block)]
        case CitableBlock():
            return [part for inside in block.content for part in _parts(inside, opener)]
        case CitationBlock():
            return _parts(block.cited_content, opener)
        case CachePoint() | ThinkingBlock():
            # Notes for a service, not content.
            return []
    kind = getattr(block, "block_type", type(block).__name__)
    raise LeopardError(
        f"A message has a block of the kind {kind!r}; Leopard takes texts, images and documents. "
        "Take it out, or put what it says into words."
    )


def _call(block: ToolCallBlock) -> ToolCall:
    return ToolCall(block.tool_name, arguments_of(block.tool_name, block.tool_kwargs))


def _former_call(call: object) -> ToolCall:
    """A call as OpenAI's API has it, as an object or a dictionary."""
    function = _member(call, "function")
    name = _member(function, "name")
    if not isinstance(name, str):
        raise LeopardError(
            f"A message has {call!r} among its tool_calls, which names no tool. Give "
            'ToolCallBlocks, or {"function": {"name": …, "arguments": …}}.'
        )
    return ToolCall(name, arguments_of(name, _member(function, "arguments")))


def _member(holder: object, name: str) -> Any:
    """What a dictionary or an object has under a name; None where it has nothing."""
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


def arguments_of(name: str, given: object) -> dict[str, Any]:
    """The arguments of a call of the tool `name`, which may stand as JSON; an empty text is none.

    Raises LeopardError where they are no object.
    """
    found = given
    if isinstance(given, str):
        try:
            found = json.loads(given or "{}")
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, Mapping):
        raise LeopardError(
            f"The call of {name!r} has {given!r} for arguments. Give a dictionary, or JSON of one."
        )
    return dict(found)


def _absolute(path: str) -> str:
    """As Python means it, from the working directory, and not from each permitted folder."""
    return str(Path(path).expanduser().absolute())


def _decoded(text: str | bytes) -> bytes | None:
    """What a text in base64 stands for, in lines or in one; None where it is none."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    try:
        return base64.b64decode(b"".join(data.splitlines()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _broken(node: BaseNode) -> bytes:
    raise ImageInvalid(f"The image of node {node.node_id} is not base64. Encode the file again.")


__all__ = ["ImageLike", "Opener", "arguments_of", "has_image", "question", "to_messages"]
