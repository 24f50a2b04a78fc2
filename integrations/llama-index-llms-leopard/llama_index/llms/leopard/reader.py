"""Files become LlamaIndex documents: one a page, with its picture and the text read in it.

It reads text with boxes and loads no language model.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from functools import partial
from io import BytesIO
from os import PathLike, fspath
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import ImageDocument, ImageNode

from leopard_tools import Frame, Reading
from leopard_tools.images.sources import DEFAULT_LIMITS, Limits, load_frames
from leopard_tools.reading.ocr import Reader
from leopard_tools.toolbox import Access

if TYPE_CHECKING:
    import fsspec  # type: ignore[import-untyped]  # it ships no types

    from leopard_tools.types import ImageSource

UNSEEN = ["file_name", "page", "width", "height", "lines"]
"""Metadata for programs, which neither an embedding nor a prompt gets."""


class LeopardReader(BaseReader):
    """Reads decks, PDFs, scans and pictures.

        pages = LeopardReader().load_data("deck.pptx")
        SimpleDirectoryReader("decks", file_extractor={".pdf": LeopardReader()}).load_data()

    Each page is an ImageDocument, or an ImageNode from `load_nodes`: its text in reading order,
    its picture (PNG in base64, so that nothing has to follow a path later), and metadata:
    `file_name`, `page` from 1 and, from decks, `title` and `notes`; `width` and `height` in
    pixels. boxes: `lines` too, each {"text", "box": [left, top, width, height]} in pixels.

    A file given here is opened as it is, as other readers do; with `access`, only where that
    permits. limits: what a file may cost. Raises ImageInvalid and its kin.
    """

    def __init__(
        self,
        *,
        boxes: bool = False,
        access: Access | None = None,
        limits: Limits = DEFAULT_LIMITS,
        reader: Reader | None = None,
    ) -> None:
        self._boxes = boxes
        self._access = access
        self._limits = limits
        self._reader = reader or Reader()

    def __reduce__(self) -> tuple[Any, ...]:
        # What was read so far stays here: in another process it is read with a Reader of its own.
        again = partial(type(self), boxes=self._boxes, access=self._access, limits=self._limits)
        return again, ()

    def lazy_load_data(
        self,
        file: ImageSource,
        extra_info: Mapping[str, Any] | None = None,
        fs: fsspec.AbstractFileSystem | None = None,
    ) -> Iterable[ImageDocument]:
        """A document for each page of a path, http(s) or data URL, bytes, picture or Frame."""
        for page in self._pages(file, extra_info, fs):
            yield ImageDocument(**page)

    def load_nodes(
        self, file: ImageSource, extra_info: Mapping[str, Any] | None = None
    ) -> list[ImageNode]:
        """As `load_data`, as nodes that go into an index as they are."""
        return [ImageNode(**page) for page in self._pages(file, extra_info, None)]

    def _pages(
        self,
        file: ImageSource,
        extra_info: Mapping[str, Any] | None,
        fs: fsspec.AbstractFileSystem | None,
    ) -> Iterable[dict[str, Any]]:
        for frame in self._frames(file, fs):
            reading = self._reader.read(frame.image)
            metadata = {**_file_name(file), **(extra_info or {}), **self._metadata(frame, reading)}
            yield {
                "text": reading.text,
                "image": _png(frame),
                "image_mimetype": "image/png",
                "metadata": metadata,
                "excluded_embed_metadata_keys": UNSEEN,
                "excluded_llm_metadata_keys": UNSEEN,
            }

    def _frames(self, file: ImageSource, fs: fsspec.AbstractFileSystem | None) -> list[Frame]:
        name = fspath(file) if isinstance(file, str | PathLike) else None
        if name is not None and fs is not None:
            with fs.open(name, "rb") as stream:
                return load_frames(stream.read(), self._limits)
        if name is not None and self._access is not None:
            return self._access.frames(name, self._limits)
        return load_frames(file, self._limits)

    def _metadata(self, frame: Frame, reading: Reading) -> dict[str, Any]:
        told: dict[str, Any] = {"page": frame.page, "title": frame.title, "notes": frame.notes}
        found = {key: value for key, value in told.items() if value is not None}
        width, height = frame.size
        found |= {"width": width, "height": height}
        if self._boxes:
            found["lines"] = [
                {"text": line.text, "box": line.box.to_list()} for line in reading.lines
            ]
        return found


def _file_name(file: ImageSource) -> dict[str, str]:
    if isinstance(file, str) and file[:5].lower() == "data:":
        return {}
    return {"file_name": PurePath(fspath(file)).name} if isinstance(file, str | PathLike) else {}


def _png(frame: Frame) -> str:
    written = BytesIO()
    # Lossless, since it is read again when a question is asked; 1 is the quickest to write.
    frame.image.save(written, "PNG", compress_level=1)
    return base64.b64encode(written.getvalue()).decode()


__all__ = ["UNSEEN", "LeopardReader"]
