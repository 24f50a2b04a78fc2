"""What LlamaIndex calls a message becomes what leopard_tools calls one; order is kept.

Paths and addresses are followed under an Access alone: messages and nodes may come from anywhere.
Bytes, base64 and data URLs carry their picture with them. Knows nothing of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import IOBase
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

from leopard_tools import Frame, LeopardError, Message
from leopard_tools.errors import ImageInvalid
from leopard_tools.images.sources import load_frames, sources_of
from leopard_tools.images.wanted import Check, nothing
from leopard_tools.toolbox import Access
from leopard_tools.toolbox.access import expanded
from leopard_tools.types import Deferred

from .calls import call_ids, calls_of
from .carried import carried_text, read_file, unpacked

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
                data = unpacked(source) if len(source) >= _BASE64_AT_LEAST else None
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
            return self._load(read_file(data))
        if data:
            # Blocks keep bytes as base64.
            return self._load(unpacked(data) or data)
        if path is not None:
            return self._permitted(_absolute(str(path)))
        if url is not None:
            return self._permitted(str(url))
        raise ImageInvalid("An image or document block without data, path and url. Give it one.")

    def _node(
        self, node: BaseNode, data: str | bytes | None, path: object, url: object
    ) -> list[Frame]:
        if data:
            return self._load(unpacked(data) or _broken(node))
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
        return read_file(source)
    # PIL images and arrays, without importing either.
    if isinstance(source, bytes | bytearray | memoryview | Frame) or hasattr(
        source, "__array_interface__"
    ):
        return cast("ImageSource", source)
    return None


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
            order = {key: number for number, key in enumerate(call_ids(message))}
        found.append(message)
        if role == "tool":
            found[start:] = sorted(found[start:], key=lambda each: _place(each, order))
        else:
            start = len(found)
    return found


def _place(message: ChatMessage, order: Mapping[Any, int]) -> int:
    """The number of the call that a result answers; one that answers none comes last."""
    return order.get(message.additional_kwargs.get("tool_call_id", ""), len(order))


def _message(message: ChatMessage, opener: Opener) -> Message:
    parts = [part for block in message.blocks for part in _parts(block, opener)]
    return Message(_ROLES[message.role], parts, calls_of(message))


def _parts(block: ContentBlock, opener: Opener) -> list[str | Deferred]:
    match block:
        case TextBlock():
            return [block.text] if block.text else []
        case DocumentBlock() if (text := carried_text(block)) is not None:
            return [text] if text else []
        case ImageBlock() | DocumentBlock():
            return [opener.deferred(block)]
        case CitableBlock():
            return [part for inside in block.content for part in _parts(inside, opener)]
        case CitationBlock():
            return _parts(block.cited_content, opener)
        case CachePoint() | ThinkingBlock() | ToolCallBlock():
            # Notes for a service, and calls, which are no content.
            return []
    kind = getattr(block, "block_type", type(block).__name__)
    raise LeopardError(
        f"A message has a block of the kind {kind!r}; Leopard takes texts, images and documents. "
        "Take it out, or put what it says into words."
    )


def _absolute(path: str) -> str:
    """As Python means it, from the working directory, and not from each permitted folder."""
    return str(expanded(Path(path)).absolute())


def _broken(node: BaseNode) -> bytes:
    raise ImageInvalid(f"The image of node {node.node_id} is not base64. Encode the file again.")


__all__ = ["ImageLike", "Opener", "has_image", "question", "to_messages"]
