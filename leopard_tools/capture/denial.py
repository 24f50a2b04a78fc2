"""From deny patterns to black boxes: which surfaces they hide, and the picture without them.

What cannot be told is denied: a window without a title and an application, and, while a denied
window is on the screen, a menu or tooltip that does not say whose it is.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from ..types import Box
from .desktop import matches
from .mask import Sheet, masked_boxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Frame
    from .x11 import Client, Surface


def denied_surfaces(surfaces: Sequence[Surface], patterns: Sequence[str]) -> list[Surface]:
    """The surfaces that the patterns hide, with the dialogs, menus and tooltips of their programs.

    One of the titles, the application or its instance name of a client, or of a window inside it,
    is what a pattern must fit.
    """
    if not patterns:
        return []
    denied = {
        surface.id: surface
        for surface in surfaces
        if any(_is_denied(client, patterns) for client in (*surface.clients, *surface.inner))
        or not (surface.popup or any(map(_is_known, surface.clients)))
    }
    # A dialog of a dialog needs a second round; each finds at least one or is the last.
    while more := [
        surface
        for surface in surfaces
        if surface.id not in denied and _belongs(surface, list(denied.values()))
    ]:
        denied |= {surface.id: surface for surface in more}
    return list(denied.values())


def sheets_of(surfaces: Sequence[Surface], patterns: Sequence[str]) -> list[Sheet]:
    """What is to be known of the windows on the screen to hide in a picture what is denied."""
    denied = {surface.id for surface in denied_surfaces(surfaces, patterns)}
    return [
        Sheet(surface.box, surface.opaque, surface.id in denied)
        for surface in surfaces
        if surface.visible
    ]


def masked_in(frame: Frame, sheets: Sequence[Sheet]) -> Frame:
    """The frame with the denied sheets painted black, in place."""
    area = frame.to_screen(Box(0, 0, *frame.size))
    boxes = tuple(_scaled(box, frame.scale) for box in masked_boxes(sheets, area))
    for box in boxes:
        frame.image.paste(0, (box.left, box.top, box.right, box.bottom))
    return replace(frame, masked=boxes)


def _is_denied(client: Client, patterns: Sequence[str]) -> bool:
    told = (*client.titles, client.shown_as, *client.names)
    return any(matches(pattern, *told) for pattern in patterns)


def _is_known(client: Client) -> bool:
    return bool(client.titles or client.names)


def _belongs(surface: Surface, denied: Sequence[Surface]) -> bool:
    """Whether a surface is a dialog, menu or tooltip of a denied one, or could be."""
    owners = [client for other in denied for client in (*other.clients, *other.inner)]
    owned = {client.id for client in owners}
    if any(client.transient_for in owned for client in surface.clients):
        return True
    # A dialog may belong to its program as a whole: it then names the root window as its owner.
    dialog = any(client.transient_for is not None for client in surface.clients)
    if not denied or not (surface.popup or dialog):
        return False
    processes = {client.process for client in owners} - {None}
    groups = {client.group for client in owners} - {None}
    return any(
        client.process in processes or client.group in groups or not _is_known(client)
        for client in surface.clients
    )


def _scaled(box: Box, scale: float) -> Box:
    left, top = math.floor(box.left * scale), math.floor(box.top * scale)
    right, bottom = math.ceil(box.right * scale), math.ceil(box.bottom * scale)
    return replace(box, left=left, top=top, width=right - left, height=bottom - top)


__all__ = ["denied_surfaces", "masked_in", "sheets_of"]
