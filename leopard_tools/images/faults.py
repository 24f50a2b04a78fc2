"""What a decoder may raise on hostile bytes, and its translation into errors of ours."""

from __future__ import annotations

import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL.Image import DecompressionBombError

from ..errors import ImageInvalid, ImageTooLarge
from .naming import shortened, steadied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..errors import LeopardError

# Decoders parse with struct, slices and arithmetic and let nearly everything escape; still it is
# a list, so that errors of ours and signals such as KeyboardInterrupt pass. Warning is in it for
# programs that turn warnings into errors.
FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)
_LONGEST_REASON = 160
_UNKNOWN_KIND = "unknown pixel mode"
"""What PIL says of a TIFF whose pixels it cannot hold, such as floats of 64 bits."""
_USUAL_KIND = "Save it as PNG, with 8 bits a channel, and give that."


@contextmanager
def decoding(
    shown: str, what: str, advice: str, error: type[LeopardError] = ImageInvalid
) -> Iterator[None]:
    """Turns a fault of the decoder within into `error`: `shown` is `what`, the reason, `advice`."""
    try:
        yield
    except (MemoryError, DecompressionBombError) as fault:
        raise ImageTooLarge(
            f"{shown}: {what}, and decoding it takes more memory than allowed "
            f"({reason(fault)}). Give a smaller one."
        ) from fault
    except FAULTS as fault:
        how = "damaged or incomplete"
        if _UNKNOWN_KIND in str(fault):
            how, advice = "of a kind that is not decoded here", _USUAL_KIND
        raise error(f"{shown}: {what}, but {how} ({reason(fault)}). {advice}") from fault


def reason(fault: BaseException) -> str:
    """The fault in its own words, as one line of bounded length.

    They may quote the file, so what would steer a terminal is left out of them.
    """
    system = fault.strerror if isinstance(fault, OSError) else None
    words = steadied(" ".join((system or str(fault)).split())) or type(fault).__name__
    return shortened(words, _LONGEST_REASON)


__all__ = ["FAULTS", "decoding", "reason"]
