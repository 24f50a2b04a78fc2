"""A picture as a content block, for messages."""

from __future__ import annotations

import base64
from io import BytesIO

from leopard_tools.types import Frame


def image_block(frame: Frame) -> dict[str, str]:
    """A page or capture as LangChain's image block: a PNG, so that no pixel changes."""
    file = BytesIO()
    frame.image.save(file, "PNG", compress_level=1)
    data = base64.b64encode(file.getvalue()).decode()
    return {"type": "image", "base64": data, "mime_type": "image/png"}


__all__ = ["image_block"]
