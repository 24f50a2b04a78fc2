"""Any picture that PIL can hold becomes an upright RGB one, the same on every machine."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .faults import FAULTS

_ORIENTATION_TAG = 0x0112
_BITS_TAG, _PHOTOMETRIC_TAG, _WHITE_IS_ZERO = 258, 262, 0
"""Of TIFF: PIL gives 12 bits a pixel as they are, in 16, and grey as it is stored."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_rgb(image: Image.Image) -> Image.Image:
    """A new RGB picture: turned as its EXIF data says, transparency flattened on white.

    It carries no metadata, so that loading it again does not turn it again. Raises what PIL
    raises where the pixels cannot be decoded.
    """
    image.load()
    flat = _to_rgb(image)
    orientation = _orientation(image)
    if orientation in _TURNS:
        flat = flat.transpose(_TURNS[orientation])
    flat.info = {}
    return flat


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; a picture with damaged EXIF data is taken as it lies."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG)
    except FAULTS:
        return 1
    return value if isinstance(value, int) else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    """Always a copy: the caller may change its own picture afterwards."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _deep_grey(image).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    # PIL knows no way from premultiplied grey to RGBA but over LA.
    layer = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    opacity = layer.getchannel("A")
    # Programs that know no transparency leave a BMP's fourth byte zero; elsewhere zero is meant.
    if image.format in ("BMP", "DIB") and opacity.getbbox() is None:
        return layer.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(layer, mask=opacity)
    return flat


def _deep_grey(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or floats in 8 bits, by the range that the values are evidently in.

    PIL's own conversion clips at 255, which makes most such pictures plain white.
    """
    values = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        bits = int(tags.get(_BITS_TAG, (16,))[0])
        grey = (values >> min(8, max(0, bits - 8))).astype(np.uint8)
        if tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO:
            grey = 255 - grey
        transparent = image.info.get("transparency")
        if isinstance(transparent, int):
            grey[values == transparent] = 255
        return Image.fromarray(grey)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode == "I" and low >= 0 and 255 < high < 65_536:
        return Image.fromarray((values >> 8).astype(np.uint8))
    if low >= 0 and high <= 255:
        low, high = 0.0, 1.0 if image.mode == "F" and high <= 1 else 255.0
    return Image.fromarray(np.rint((values - low) * 255 / (high - low or 1)).astype(np.uint8))


__all__ = ["upright_rgb"]
