"""What a line says and where its characters stand: PP-OCRv6's recogniser, from strips to text.

The network reads a strip 48 pixels high, eight pixels a step; each step names a character or
none (CTC), so the steps tell where every character's middle is. Strips are read one by one and
unpadded: on a CPU a batch costs as much as its members, and padding costs what text costs.
This module must not know where in the picture a strip was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from onnxruntime import InferenceSession

    Pixels = npt.NDArray[np.uint8]

HEIGHT = 48
NARROWEST = 48


@dataclass(frozen=True, slots=True)
class Text:
    """What a strip says; `middles` are its characters' middles, as fractions of its width."""

    characters: str
    confidence: float
    middles: tuple[float, ...]

    def stripped(self) -> Text:
        """Without spaces at either end."""
        start = len(self.characters) - len(self.characters.lstrip())
        end = len(self.characters.rstrip())
        return Text(self.characters[start:end], self.confidence, self.middles[start:end])


_LOOKALIKES = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"\u3000": " ", "\u3002": ".", "\u3001": ",", "\u3010": "[", "\u3011": "]", "\uff5e": "~"}
    | {
        "\u2236": ":",
        "\u2217": "*",
        "\u2223": "|",
        "\u2044": "/",
        "\u2215": "/",
        "\uffe5": "\u00a5",
    }
)


def normalised(text: str) -> str:
    """Full-width and mathematical look-alikes as ASCII, in a text that is otherwise not CJK.

    Every character is replaced by one character, so places in the text stay the same.
    """
    foreign = any("\u3040" <= character < "\uff00" for character in text)
    return text if foreign else text.translate(_LOOKALIKES)


class Recogniser:
    """The network with its alphabet; may be called from several threads at once."""

    def __init__(self, session: InferenceSession) -> None:
        listed = session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *listed, " "]
        self._session = session
        self._input = session.get_inputs()[0].name

    def __call__(self, strip: Pixels) -> Text:
        """Reads one strip (height, width, 3 in BGR order) that holds one line of text."""
        import cv2

        height, width = strip.shape[:2]
        target = max(NARROWEST, -(-width * HEIGHT // height))
        scaled = cv2.resize(strip, (target, HEIGHT))
        tensor = (np.multiply(scaled, 1 / 127.5, dtype=np.float32) - 1).transpose(2, 0, 1)[None]
        scores = self._session.run(None, {self._input: tensor})[0][0]
        best = scores.argmax(1)
        (steps,) = np.nonzero((best != 0) & (best != np.append(-1, best[:-1])))
        if not len(steps):
            return Text("", 0.0, ())
        text = "".join(self._characters[index] for index in best[steps])
        middles = tuple((steps + 0.5) / len(best))
        return Text(text, float(scores[steps, best[steps]].mean()), middles)


__all__ = ["Recogniser", "Text", "normalised"]
