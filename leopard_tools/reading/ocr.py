"""Reads a picture: PP-OCRv6 small (the networks inside the rapidocr wheel) as lines with boxes.

Only the two ONNX files and onnxruntime are used; nothing is downloaded, nothing is logged, and
the networks load at the first read. What was seen before is not computed again: a changed
screenshot costs the parts that changed. This module must not know what a reading is for.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MissingDependency
from ..types import Box, Line, Reading
from ..waiting import Check, Turns, nothing
from .detection import Detector, DetectorSettings, detect
from .drawn import Drawn
from .kept import kept_readings
from .layout import compose
from .memory import Effort, Memory, ReaderFigures, fingerprint
from .recognition import Recogniser
from .strips import Strip, cut, slope
from .turning import doubtful, is_upside_down, sample, turn_of, turned_back
from .writing import Writing, read_strip

if TYPE_CHECKING:
    import numpy.typing as npt
    from onnxruntime import InferenceSession
    from PIL.Image import Image as PILImage

    Pixels = npt.NDArray[np.uint8]

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
SURE = 0.5
"""Lines that the recogniser is less sure of are dropped: they are icons, rules and shadows."""
SHAPES = frozenset("■█▇▆▅▄▃▂▁▌▐")
"""Lines of these alone are dropped too: they are the bars of charts and filled squares."""
CACHE_BYTES = 64 * 2**20
"""About five hundred screenshots, or a few hundred dense pages."""


class Reader:
    """Reads pictures; may be called from several threads.

    One picture is read at a time, by `threads` threads (default: the machine's cores, at most
    eight). What was read is kept, by content, in at most `cache_bytes` (0: nothing is): the same
    picture again costs a hash, a changed one costs the pieces and lines that are new, and its
    reading is the same as without. The networks load at the first read.

    Where `LEOPARD_READINGS` names a folder, and anything is kept at all, readings are kept there
    too, for programs that run later.
    """

    def __init__(
        self,
        threads: int | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
        settings: DetectorSettings | None = None,
    ) -> None:
        self._threads = threads or min(8, os.cpu_count() or 1)
        self._settings = settings or DetectorSettings()
        self._memory = Memory(cache_bytes)
        self._kept = kept_readings() if cache_bytes else None
        self._made_by = b""
        self._turns = Turns()
        self._networks: tuple[Detector, Recogniser] | None = None

    @property
    def figures(self) -> ReaderFigures:
        """What the caches of pictures, pieces and lines hold, and how often they were of use."""
        return self._memory.figures

    def read(self, image: PILImage, *, check: Check = nothing) -> Reading:
        """The text of `image` (any mode; transparency is ignored) as rows in reading order.

        Boxes and edges are in the image's pixels, also where it lies on its side or upside down;
        its rows are then those of the upright page. A picture without text gives a Reading
        without rows. What `check` raises, before each piece and line, ends the reading.

        Raises MissingDependency where rapidocr or onnxruntime is not installed, and LeopardError
        where readings cannot be kept as they should.
        """
        return self.read_counted(image, check)[0]

    def read_counted(self, image: PILImage, check: Check = nothing) -> tuple[Reading, Effort]:
        """As `read`, with what had to be computed for it and what was known.

        One picture is read at a time, by turns where several threads have some; what `check`
        raises while others are read ends the wait, too.
        """
        pixels = np.asarray(image.convert("RGB"))
        key = fingerprint(pixels)
        known = self._memory.pictures.get(key)
        if known is None:
            with self._turns.turn(check):
                # Another thread may have read the same picture while this one waited.
                known = self._memory.pictures.peek(key)
                if known is None:
                    known = self._found(key)
                if known is None:
                    return self._read(pixels[:, :, ::-1].copy(), key, check)
        reading, effort = known
        return reading, effort.repeated()

    def _found(self, key: bytes) -> tuple[Reading, Effort] | None:
        """What another program read in the same picture, where it is kept; no network loads."""
        found = self._kept.get(self._lasting(key)) if self._kept else None
        if found:
            self._memory.keep_picture(key, *found)
        return found

    def _lasting(self, key: bytes) -> bytes:
        """A picture's key for other programs: with the networks, settings and code that read it."""
        self._made_by = self._made_by or _maker(self._settings)
        return hashlib.blake2b(key + self._made_by, digest_size=16).digest()

    def _read(self, pixels: Pixels, key: bytes, check: Check) -> tuple[Reading, Effort]:
        self._networks = self._networks or _load(self._threads)
        strips, writings, effort = self._written(pixels, check)
        turn, tried = self._turn([strip.pixels for strip in strips], writings, check)
        effort += tried
        if turn:
            pixels = np.rot90(pixels, turn).copy()
            strips, writings, more = self._written(pixels, check)
            effort += more
        height, width = pixels.shape[:2]
        picture = Box(0, 0, width, height)
        found = list(zip(strips, writings, strict=True))
        lines = marked(
            [writing.on(strip, picture) for strip, writing in found if _is_text(writing)]
        )
        unread = [strip.whole(picture) for strip, writing in found if not _is_text(writing)]
        lean = slope([strip for strip, writing in found if _is_text(writing)])
        drawn = Drawn.on(pixels)
        reading = turned_back(compose(lines, width, height, unread, lean, drawn), turn)
        self._memory.keep_picture(key, reading, effort)
        if self._kept:
            self._kept.put(self._lasting(key), reading, effort)
        return reading, effort

    def _written(self, pixels: Pixels, check: Check) -> tuple[list[Strip], list[Writing], Effort]:
        """The strips of a picture, what stands on them, and what that took."""
        assert self._networks
        detector, _ = self._networks
        pieces: list[bool] = []

        def look(piece: Pixels) -> Pixels:
            check()
            found, known = self._memory.piece(piece, DETECTOR, detector)
            pieces.append(known)
            return found

        strips = [cut(pixels, region) for region in detect(pixels, look, self._settings)]
        writings, effort = self._recognised([strip.pixels for strip in strips], check)
        known = sum(pieces)
        return strips, writings, effort + Effort(0, 0, len(pieces) - known, known)

    def _turn(
        self, strips: list[Pixels], writings: list[Writing], check: Check
    ) -> tuple[int, Effort]:
        """The quarter turns that bring a picture upright, and what it took to tell."""
        if not doubtful(writings):
            return 0, Effort()
        places = sample(strips, writings)
        turned, effort = self._recognised([np.rot90(strips[n], 2) for n in places], check)
        upside_down = is_upside_down([writings[n] for n in places], turned)
        return turn_of(writings, upside_down), effort

    def _recognised(self, strips: list[Pixels], check: Check) -> tuple[list[Writing], Effort]:
        """What stands on strips, and how many had to be recognised for it."""
        assert self._networks
        _, recogniser = self._networks
        keys = [fingerprint(strip, RECOGNISER) for strip in strips]
        known = {key: self._memory.lines.get(key) for key in dict.fromkeys(keys)}
        found = {key: writing for key, writing in known.items() if writing is not None}
        new = {key: strip for key, strip in zip(keys, strips, strict=True) if key not in found}

        def read(key: bytes) -> Writing:
            # In the pool's threads: where this raises, it does for all that are left.
            check()
            return read_strip(new[key], recogniser)

        # The longest first, so that no thread is left alone with one at the end.
        order = sorted(new, key=lambda key: -new[key].shape[1] / new[key].shape[0])
        with ThreadPoolExecutor(self._threads) as pool:
            for key, writing in zip(order, pool.map(read, order), strict=True):
                self._memory.lines.put(key, writing, writing.size)
                found[key] = writing
        return [found[key] for key in keys], Effort(len(new), len(keys) - len(new))


def marked(lines: list[Line]) -> list[Line]:
    """The lines with the marks that stand alone in cells by their names.

    The recogniser knows Chinese, and reads a long dash as the number one where no other letter
    says what script it is; a tick is its root sign.
    """
    chinese = any("\u4e01" <= letter <= "\u9fff" for line in lines for letter in line.text)
    names = {"\u221a": "\u2713"} | ({} if chinese else {"\u4e00": "\u2013"})
    return [replace(line, text=names[line.text]) if line.text in names else line for line in lines]


def _is_text(writing: Writing) -> bool:
    return writing.confidence >= SURE and not SHAPES.issuperset(writing.text)


def _load(threads: int) -> tuple[Detector, Recogniser]:
    """The two networks: the detector on all threads, the recogniser on one for each strip."""
    detector, recogniser = _network_files()
    return Detector(_session(detector, threads)), Recogniser(_session(recogniser, 1))


def _network_files() -> tuple[Path, Path]:
    package = find_spec("rapidocr")
    if package is None or package.origin is None or find_spec("onnxruntime") is None:
        raise MissingDependency("The text reader (rapidocr with onnxruntime)", "leopard setup")
    folder = Path(package.origin).parent / "models"
    for name in (DETECTOR, RECOGNISER):
        if not (folder / name).is_file():
            raise MissingDependency(f"The text reader's {name} (rapidocr 3.10)", "leopard setup")
    return folder / DETECTOR, folder / RECOGNISER


def _maker(settings: DetectorSettings) -> bytes:
    """What tells apart all that a reading follows from, but for its picture.

    The code of this folder is part of it, so that nobody has to think of raising a number.
    """
    networks = [(file.name, file.stat().st_size) for file in _network_files()]
    digest = hashlib.blake2b(f"{version('rapidocr')} {networks} {settings}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.digest()


def _session(path: Path, threads: int) -> InferenceSession:
    # Its wheels (1.32) report their use to Microsoft from the import on, unless told not to.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Spinning threads would hold the cores that the recogniser's strips need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


__all__ = ["Reader"]
