"""Reads a picture: PP-OCRv6 small (the networks inside the rapidocr wheel) as lines with boxes.

Only the two ONNX files and onnxruntime are used; nothing is downloaded, nothing is logged, and
the networks load at the first read. This module must not know what a reading is for.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MissingDependency
from ..types import Box, Line, Reading
from .detection import DetectorSettings, Region, detect
from .ink import MARGIN, band, borders, extent, ink_of
from .layout import arrange
from .recognition import Recogniser, normalised
from .strips import cut

if TYPE_CHECKING:
    import numpy.typing as npt
    from onnxruntime import InferenceSession
    from PIL.Image import Image as PILImage

    Pixels = npt.NDArray[np.uint8]

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
SURE = 0.5
"""Lines that the recogniser is less sure of are dropped: they are icons, rules and shadows."""


class Reader:
    """Reads pictures; may be called from several threads.

    One picture is read at a time, by `threads` threads (default: the machine's cores, at most
    eight). The readings of the last `cache_items` pictures are kept, by content: reading the
    same pixels again costs a hash. The networks load at the first read.
    """

    def __init__(
        self,
        threads: int | None = None,
        *,
        cache_items: int = 256,
        settings: DetectorSettings | None = None,
    ) -> None:
        self._threads = threads or min(8, os.cpu_count() or 1)
        self._limit = cache_items
        self._settings = settings or DetectorSettings()
        self._cache: OrderedDict[bytes, Reading] = OrderedDict()
        self._cache_lock = threading.Lock()
        self._work_lock = threading.Lock()
        self._networks: tuple[InferenceSession, Recogniser] | None = None

    def read(self, image: PILImage) -> Reading:
        """The text of `image` (any mode; transparency is ignored) as rows in reading order.

        Boxes and edges are in the image's pixels. A picture without text gives a Reading
        without rows. Raises MissingDependency where rapidocr or onnxruntime is not installed.
        """
        pixels = np.asarray(image.convert("RGB"))
        key = _fingerprint(pixels)
        reading = self._remembered(key)
        if reading is None:
            with self._work_lock:
                # Another thread may have read the same picture while this one waited.
                reading = self._remembered(key) or self._read(pixels[:, :, ::-1].copy())
                self._remember(key, reading)
        return reading

    def _remember(self, key: bytes, reading: Reading) -> None:
        with self._cache_lock:
            self._cache[key] = reading
            self._cache.move_to_end(key)
            while len(self._cache) > self._limit:
                self._cache.popitem(last=False)

    def _remembered(self, key: bytes) -> Reading | None:
        with self._cache_lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _read(self, pixels: Pixels) -> Reading:
        height, width = pixels.shape[:2]
        self._networks = self._networks or _load(self._threads)
        detector, recogniser = self._networks
        found = detect(pixels, detector, self._settings)
        # The longest lines first, so that no thread is left alone with one at the end.
        found.sort(key=lambda region: -region.width / region.height)
        with ThreadPoolExecutor(self._threads) as pool:
            lines = list(pool.map(partial(_line, pixels, recogniser), found))
        kept = [line for line in lines if line and line.confidence >= SURE]
        return Reading(arrange(kept, width, height), width, height)


def _fingerprint(pixels: Pixels) -> bytes:
    """A digest of a picture's size and content."""
    digest = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.digest()


def _line(pixels: Pixels, recogniser: Recogniser, region: Region) -> Line | None:
    """The line that stands in a region, its box and edges fitted to the ink; None if empty."""
    strip = cut(pixels, region)
    height, width = strip.pixels.shape[:2]
    # A tall region is a lone digit, or text that runs upwards or downwards: the surest counts.
    turns = (0,) if height < 1.5 * width else (0, 1, 3) if height < 4 * width else (1, 3)
    texts = [(recogniser(np.rot90(strip.pixels, turn)), turn) for turn in turns]
    text, turn = max(texts, key=lambda pair: pair[0].confidence)
    text = text.stripped()
    if not text.characters:
        return None
    picture = Box(0, 0, pixels.shape[1], pixels.shape[0])
    words = normalised(text.characters)
    if turn:
        return Line(words, strip.hull(0, 0, width, height, picture), text.confidence)
    ink = ink_of(strip.pixels)
    top, bottom = band(ink)
    middles = [middle * width for middle in text.middles]
    left, right = extent(ink[top:bottom], middles[0], middles[-1])
    columns = borders(words, middles, ink[top:bottom].sum(0), (left, right))
    box = strip.hull(left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN, picture)
    edges = tuple(strip.place(column, height / 2)[0] for column in columns)
    return Line(words, box, text.confidence, edges)


def _load(threads: int) -> tuple[InferenceSession, Recogniser]:
    """The two networks: the detector on all threads, the recogniser on one for each strip."""
    package = find_spec("rapidocr")
    if package is None or package.origin is None or find_spec("onnxruntime") is None:
        raise MissingDependency("The text reader (rapidocr with onnxruntime)", "leopard setup")
    folder = Path(package.origin).parent / "models"
    for name in (DETECTOR, RECOGNISER):
        if not (folder / name).is_file():
            raise MissingDependency(f"The text reader's {name} (rapidocr 3.10)", "leopard setup")
    return _session(folder / DETECTOR, threads), Recogniser(_session(folder / RECOGNISER, 1))


def _session(path: Path, threads: int) -> InferenceSession:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Spinning threads would hold the cores that the recogniser's strips need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


__all__ = ["Reader"]
