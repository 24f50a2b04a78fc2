"""Content blocks become texts and pictures, in their order, whichever provider's form they have.

LangChain's own blocks (v1, v0), those of OpenAI (both APIs), Anthropic, Google and Bedrock. What
the model cannot take is refused by name: nothing is dropped in silence. Opens nothing itself:
`open_source` decides what an address may lead to.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from leopard_tools.errors import DocumentInvalid
from leopard_tools.toolbox.texts import decoded, is_text
from leopard_tools.types import Deferred, Frame

from .errors import MessageUnsupported

Part = str | Frame | Deferred
Block = Mapping[str, object]
Content = str | Sequence[str | Block]
Open = Callable[[str], Sequence[Frame | Deferred]]
"""Gives the pictures behind a data URL, an http(s) URL or a path, now or when they are needed."""

_TEXTS = frozenset({"text", "input_text", "output_text", "refusal", "text-plain"})
_PICTURES = frozenset(
    {"image", "image_url", "input_image", "media", "file", "input_file", "document"}
)
_HEARD = frozenset({"audio", "input_audio", "audio_url", "video", "video_url", "input_video"})
_ASIDE = frozenset(
    {"tool_call", "tool_call_chunk", "invalid_tool_call", "tool_use", "function_call"}
    | {"reasoning", "thinking", "redacted_thinking", "cachePoint"}
)
"""Calls stand in `tool_calls` too; a model's thoughts are not given to another, as everywhere."""
_DEEPEST = 100
"""Blocks lie in lists and objects in one another; so many levels are far more than any has."""
_NESTED = ("source", "file", "image", "document", "inline_data", "inlineData")


def read_content(content: Content, open_source: Open) -> list[Part]:
    """The texts and pictures of a message; a document's pages stand in its place.

    Raises MessageUnsupported for a block that holds neither, and for blocks that are nested too
    deeply; and what `open_source` raises.
    """
    _check_depth(content)
    return _parts(content, open_source)


def _check_depth(content: object) -> None:
    level = [content]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, Mapping | list | tuple)
            for inner in (each.values() if isinstance(each, Mapping) else each)
        ]
        if not level:
            return
    raise MessageUnsupported(
        f"A message holds blocks that are nested more than {_DEEPEST} levels deep. Give what is in "
        "them as blocks of its own."
    )


def _parts(content: Content, open_source: Open) -> list[Part]:
    if isinstance(content, str):
        return [content] if content else []
    return [part for block in content for part in _read(block, open_source)]


def _read(block: str | Block, open_source: Open) -> Iterable[Part]:
    if isinstance(block, str):
        return [block]
    kind = _kind(block)
    if kind == "non_standard" and isinstance(block.get("value"), Mapping):
        return _read(cast(Block, block["value"]), open_source)
    if kind in _ASIDE:
        return []
    if kind in _TEXTS and isinstance(text := block.get("text", block.get("refusal")), str):
        return [text]
    if kind == "tool_result":
        return _parts(cast(Content, block.get("content") or ""), open_source)
    if kind in _PICTURES or kind == "text-plain":
        return _opened(block, kind, open_source)
    if kind in _HEARD:
        raise MessageUnsupported(
            f"A message holds a block of type {kind!r}, and Leopard neither hears nor watches: it "
            "takes texts, images and documents. Give what matters in it as one of these."
        )
    raise MessageUnsupported(
        f"A message holds a block of type {kind!r} with {', '.join(map(repr, block)) or 'nothing'},"
        " which is not known here. Give text, or an image or file block with base64 or url."
    )


def _kind(block: Block) -> str:
    """The block's type; Bedrock and Google leave it to the name of its one field."""
    if isinstance(kind := block.get("type"), str):
        return kind
    known = ("text", "image", "image_url", "document", "video", "audio", "cachePoint")
    named = next((key for key in known if key in block), None)
    return named or ("media" if {"inline_data", "inlineData"} & set(block) else "(none)")


def _opened(block: Block, kind: str, open_source: Open) -> Iterable[Part]:
    source = block.get("source")
    if isinstance(source, Mapping) and source.get("type") in ("text", "content"):
        # Anthropic's documents of plain text, and those made of blocks of their own.
        given = source.get("data", source.get("content", ""))
        return _parts(cast(Content, given), open_source)
    found = _address(block)
    if found is None:
        named = "a file id" if _has_id(block) else "no base64, data or url"
        raise MessageUnsupported(
            f"A block of type {kind!r} has {named}. Files are known here by their content alone: "
            "give it as base64, as a data URL, or as an http(s) url."
        )
    address, mime = found
    if is_text(mime):
        from leopard_tools.images.fetch import read_data_url
        from leopard_tools.images.naming import shown

        if address[:5].lower() == "data:":
            return [_decoded(read_data_url(address), f"{address.partition(',')[0]};{mime}")]
        raise MessageUnsupported(
            f"{shown(address)}: a text behind an address. Give the text itself."
        )
    if mime.startswith(("audio/", "video/")):
        return _read({"type": mime.partition("/")[0]}, open_source)
    return open_source(address)


def _decoded(data: bytes, told: str) -> str:
    """A file of text. Raises MessageUnsupported where its charset is not the one that it tells."""
    try:
        return decoded(data, told)
    except DocumentInvalid as error:
        raise MessageUnsupported(str(error)) from error


def _address(block: Block, mime: str = "") -> tuple[str, str] | None:
    """Where a block's content is, as one URL or path, and its MIME type as far as it is told."""
    told = block.get("mime_type", block.get("media_type", block.get("mimeType")))
    mime = told if isinstance(told, str) else mime
    for key in ("url", "image_url", "file_url", "video_url", "file_uri"):
        value = block.get(key)
        value = value.get("url") if isinstance(value, Mapping) else value
        if isinstance(value, str):
            return value, mime
    for key in ("base64", "data", "file_data", "bytes"):
        value = block.get(key)
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        if isinstance(value, str):
            if value.startswith("data:"):
                return value, mime or value[5:].partition(";")[0]
            return f"data:{mime};base64,{value}", mime
    for key in _NESTED:
        value = block.get(key)
        if isinstance(value, Mapping) and (found := _address(value, mime)):
            return found
    return None


def _has_id(block: Block) -> bool:
    nested = [block[key] for key in _NESTED if isinstance(block.get(key), Mapping)]
    return "file_id" in block or any(_has_id(cast(Block, each)) for each in nested)


__all__ = ["Block", "Content", "Open", "Part", "read_content"]
