"""Pictures to tensors, as the published processors compute them.

Resizing is Pillow's on 8-bit pixels, since both checkpoints were trained on its results; the
same picture gives the same numbers on every machine.
"""

from __future__ import annotations

import hashlib

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .tiling import fit_tiles


def to_tensor(picture: Image.Image) -> Tensor:
    """(3, height, width) float32 in -1..1: mean and standard deviation 0.5 of each channel."""
    pixels = np.asarray(picture, dtype=np.uint8).astype(np.float32)
    # The published order, rescale and then normalise, in float32: (x / 255 - 0.5) / 0.5.
    pixels = (pixels * np.float32(1 / 255) - np.float32(0.5)) / np.float32(0.5)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def limit_sides(picture: Image.Image, *, shortest: int, longest: int) -> Image.Image:
    """The picture with its longer side at most `longest`, no side under `shortest`.

    Bilinear; never enlarged but to reach `shortest` (0 in Leopard's evaluation, where a small
    picture stays as it is). Source: Idefics2's image processor as of late 2024.
    """
    width, height = picture.size
    aspect = width / height
    if width >= height and width > longest:
        width, height = longest, int(longest / aspect)
    elif height > width and height > longest:
        width, height = int(longest * aspect), longest
    # A sliver keeps one patch, which the published code leaves to fail.
    width, height = max(width, shortest, 1), max(height, shortest, 1)
    if (width, height) == picture.size:
        return picture
    return picture.resize((width, height), Image.Resampling.BILINEAR)


def quarters(picture: Image.Image) -> list[Image.Image]:
    """Idefics2's image splitting: the four quarters row by row, then the whole picture."""
    width, height = picture.size
    # Where a side is one pixel, both halves have it: a picture without pixels would be black.
    x, y = max(1, width // 2), max(1, height // 2)
    right, lower = min(x, width - 1), min(y, height - 1)
    boxes = [
        (0, 0, x, y),
        (right, 0, width, y),
        (0, lower, x, height),
        (right, lower, width, height),
    ]
    return [*(picture.crop(box) for box in boxes), picture]


def cut_tiles(picture: Image.Image, grid: tuple[int, int] | None, tile: int) -> list[Image.Image]:
    """Leopard-LLaVA's view of a picture: the global view, then its tiles row by row.

    The global view is the whole picture squeezed into one tile. With a grid (rows, columns), the
    picture is resized to fit the grid, centred on black, and cut. All resizing is bicubic.
    """
    views = [picture.resize((tile, tile), Image.Resampling.BICUBIC)]
    if grid is None:
        return views
    rows, columns = grid
    size, offset = fit_tiles(picture.size, grid, tile)
    canvas = Image.new("RGB", (columns * tile, rows * tile))
    canvas.paste(picture.resize(size, Image.Resampling.BICUBIC), offset)
    return views + [
        canvas.crop((x, y, x + tile, y + tile))
        for y in range(0, rows * tile, tile)
        for x in range(0, columns * tile, tile)
    ]


def content_key(picture: Image.Image, purpose: str) -> bytes:
    """16 bytes that stand for an RGB picture's size and content, and what it is prepared for."""
    return _key(f"{purpose} {picture.size}", picture.tobytes())


def tensor_key(pixels: Tensor, purpose: str) -> bytes:
    """As content_key, of a prepared picture (3, height, width)."""
    return _key(f"{purpose} {tuple(pixels.shape)}", pixels.contiguous().numpy().data)


def _key(label: str, content: bytes | memoryview) -> bytes:
    digest = hashlib.blake2b(label.encode(), digest_size=16)
    digest.update(content)
    return digest.digest()
