"""LeopardLoader: decks, documents, pictures and web pages as Documents, one a page, by reading.

For the program's own sources; what an agent may open is for LeopardToolkit. Needs no language
model: the text reader alone makes the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from leopard_tools.toolbox.captures import Capture, Kind
from leopard_tools.toolbox.toolbox import page_shares
from leopard_tools.types import Frame, Reading

if TYPE_CHECKING:
    from leopard_tools import LazyLeopard, Leopard

    Source = str | PathLike[str]


class LeopardLoader(BaseLoader):
    """Reads pages into Documents.

        LeopardLoader(["deck.pdf", "scan.jpg"]).load()

    sources: paths of PDFs, decks (PPTX, ODP; LibreOffice draws them) and pictures, or http(s)
    addresses of such; with `web_pages` addresses are pages for a browser. allow_private: also
    addresses on this machine and the network around it. boxes: each line with its box in the
    metadata. leopard: whose reader to use, so that it knows the pages when it is asked about them.

    Metadata: source, page (from 1, where there are pages), title, notes and hidden of slides,
    size. Raises what `leopard_tools.images.sources.load_frames` raises.
    """

    def __init__(
        self,
        sources: Source | Iterable[Source],
        *,
        boxes: bool = False,
        web_pages: bool = False,
        allow_private: bool = False,
        leopard: Leopard | LazyLeopard | None = None,
    ) -> None:
        self._sources: list[Source] = (
            [sources] if isinstance(sources, str | PathLike) else list(sources)
        )
        self._boxes = boxes
        self._web_pages = web_pages
        self._allow_private = allow_private
        self._leopard = leopard

    def lazy_load(self) -> Iterator[Document]:
        """One Document a page, each read when it is asked for."""
        read = self._reader()
        for source in self._sources:
            for capture in self._open(source):
                yield self._document(capture.frame, capture.read(read))

    def _open(self, source: Source) -> Iterator[Capture]:
        frames, kind = self._frames(source)
        shares = page_shares(frames) if kind == "page" else ()
        for number, frame in enumerate(frames):
            yield Capture("", frame, kind, (), shares[number] if shares else None)

    def _frames(self, source: Source) -> tuple[list[Frame], Kind]:
        from leopard_tools.images.sources import DEFAULT_LIMITS, is_url, load_frames

        if self._web_pages and isinstance(source, str) and is_url(source):
            from leopard_tools.capture import web

            return web.snapshot(source, allow_private=self._allow_private), "page"
        limits = DEFAULT_LIMITS if self._leopard is None else self._leopard.limits
        private = self._allow_private or limits.private_addresses
        return load_frames(source, replace(limits, private_addresses=private)), "document"

    def _reader(self) -> Callable[[Frame], Reading]:
        from leopard_tools.reading.ocr import Reader

        reader = Reader() if self._leopard is None else self._leopard.reader
        return lambda frame: reader.read(frame.image)

    def _document(self, frame: Frame, reading: Reading) -> Document:
        told: dict[str, object] = {
            "page": frame.page,
            "title": frame.title,
            "notes": frame.notes,
            "hidden": frame.hidden or None,
        }
        metadata = {key: value for key, value in told.items() if value is not None}
        metadata |= {"source": frame.source, "size": list(frame.size)}
        if self._boxes:
            metadata["lines"] = [
                {"text": line.text, "box": line.box.to_list()} for line in reading.lines
            ]
        return Document(page_content=reading.text, metadata=metadata)


__all__ = ["LeopardLoader"]
