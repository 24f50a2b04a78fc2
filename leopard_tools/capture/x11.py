"""What stands on an X11 screen: every window from the lowest to the topmost.

The stack is read from the X server itself, not from the window manager: so it has decorations,
menus, tooltips and windows of programs that no manager looks after. The manager's list
(_NET_CLIENT_LIST_STACKING) says which of them are windows to a person. Knows nothing of pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ..errors import CaptureUnavailable, MissingDependency
from ..types import Box

_CHANGES = ("MapNotify", "UnmapNotify", "ConfigureNotify", "ReparentNotify", "CirculateNotify")
_NAMING = ("_NET_WM_NAME", "WM_NAME", "_NET_WM_VISIBLE_NAME", "WM_CLASS")
_DEEPEST = 4
# In words of four bytes: a server answers with what there is, so asking for much costs nothing.
_LONGEST = 2**18


class Vanished(Exception):
    """A window went away while its state was being read; reading again helps."""


@dataclass(frozen=True, slots=True)
class Client:
    """A window as its program describes it, inside its decorations.

    `titles` are what its program calls it, the newer property first, and `shown_as` what a
    manager shows where that is something else ("Unnamed Window"). A title or name of more than a
    megabyte counts as none at all.
    """

    id: int
    titles: tuple[str, ...]
    shown_as: str
    names: tuple[str, ...]
    process: int | None
    group: int | None
    transient_for: int | None

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else ""

    @property
    def application(self) -> str:
        return self.names[-1] if self.names else ""


@dataclass(frozen=True, slots=True)
class Surface:
    """A child of the root window, decorations included, with the clients in it.

    `inner` are the windows inside that have a title or name of their own and are no clients to
    the manager: programs that are embedded in others, as in tabs. `popup` is a surface that no
    window manager looks after: a menu, a tooltip. `opaque` says that nothing below shines
    through; without a compositor that is known of none.
    """

    id: int
    box: Box
    visible: bool
    popup: bool
    opaque: bool
    clients: tuple[Client, ...]
    inner: tuple[Client, ...] = ()


class Desktop:
    """A connection to an X server that sees all its windows; use `connected`."""

    def __init__(self, display: Any) -> None:
        from Xlib import X

        self._x, self._display = X, display
        self._root = display.screen().root
        self._naming = {display.intern_atom(name) for name in _NAMING}
        # From here on every change of the stack is an event, also one that is undone at once.
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask)

    def surfaces(self) -> tuple[Surface, ...]:
        """All surfaces, from the lowest to the topmost, the invisible ones of the manager too.

        Raises Vanished where a window went away meanwhile.
        """
        from Xlib.error import XError

        try:
            clients = self._clients()
            composited = self._is_composited()
            children = self._root.query_tree().children
            return tuple(
                surface
                for child in children
                if (surface := self._surface(child, clients.get(child.id, []), composited))
            )
        except XError as fault:
            raise Vanished(str(fault)) from fault

    def changed(self) -> bool:
        """Whether the stack changed since this was last asked (or the connection made)."""
        from Xlib.error import XError

        kinds = {getattr(self._x, name) for name in _CHANGES}
        try:
            self._display.sync()
        except XError as fault:
            raise Vanished(str(fault)) from fault
        events = [self._display.next_event() for _ in range(self._display.pending_events())]
        return any(event.type in kinds for event in events)

    def is_xwayland(self) -> bool:
        """Whether the server only stands in for a Wayland one, whose windows it cannot see."""
        if "XWAYLAND" in self._display.list_extensions():
            return True
        resources = self._root.xrandr_get_screen_resources_current()
        outputs = (
            self._display.xrandr_get_output_info(output, resources.config_timestamp).name
            for output in resources.outputs
        )
        return any(_text(name).startswith("XWAYLAND") for name in outputs)

    def _clients(self) -> dict[int, list[Any]]:
        """The windows that the manager names, by the root's child that each lies in."""
        named = self._property(self._root, "_NET_CLIENT_LIST_STACKING") or ()
        found: dict[int, list[Any]] = {}
        for number in named if self._is_managed() else ():
            window = self._display.create_resource_object("window", number)
            top = window
            while (parent := top.query_tree().parent) and parent.id != self._root.id:
                top = parent
            found.setdefault(top.id, []).append(window)
        return found

    def _is_managed(self) -> bool:
        """Whether the manager still runs that named the windows; what it said outlives it."""
        from Xlib.error import BadWindow

        number = self._number(self._root, "_NET_SUPPORTING_WM_CHECK")
        if number is not None:
            try:
                self._display.create_resource_object("window", number).get_attributes()
            except BadWindow:
                return False
        return True

    def _surface(self, child: Any, clients: list[Any], composited: bool) -> Surface | None:
        attributes = child.get_attributes()
        # An input-only window has no pixels.
        if attributes.win_class == self._x.InputOnly:
            return None
        visible = attributes.map_state == self._x.IsViewable
        if not visible and not clients:
            return None
        popup = bool(attributes.override_redirect) and not clients
        # Decorations have many parts, so they are left out where the clients are known.
        searched = clients or [child]
        if not clients:
            clients = [child if popup else self._client_in(child) or child]
        geometry = child.get_geometry()
        border = geometry.border_width
        box = Box(geometry.x, geometry.y, geometry.width + 2 * border, geometry.height + 2 * border)
        opaque = not self._shines_through(child, geometry.depth, clients, composited)
        described = tuple(self._describe(client) for client in clients)
        known = {client.id for client in clients}
        inner = tuple(client for each in searched for client in self._inner(each, known))
        return Surface(child.id, box, visible, popup, opaque, described, inner)

    def _client_in(self, window: Any, depth: int = 1) -> Any:
        """The program's window inside a frame: the one that carries WM_STATE (ICCCM 4.1.3.1)."""
        if self._property(window, "WM_STATE") is not None:
            return window
        if depth < _DEEPEST:
            for child in window.query_tree().children:
                if found := self._client_in(child, depth + 1):
                    return found
        return None

    def _inner(self, window: Any, known: set[int], depth: int = 1) -> Iterator[Client]:
        """What in a window has a title or name, itself included, without what is known of it."""
        from Xlib.error import XError

        try:
            if window.id not in known and self._naming & set(window.list_properties()):
                yield self._describe(window)
            children = window.query_tree().children if depth < _DEEPEST else ()
        except XError:
            # A part that is gone is in no picture that is taken from now on.
            return
        for child in children:
            yield from self._inner(child, known, depth + 1)

    def _shines_through(
        self, window: Any, depth: int, clients: list[Any], composited: bool
    ) -> bool:
        # Without a compositor a window that has painted nothing, as one that hangs or has just
        # been opened, shows what stood there before, and a server tells nobody which do.
        if not composited or window.shape_query_extents().bounding_shaped:
            return True
        opacities = [self._property(each, "_NET_WM_WINDOW_OPACITY") for each in (window, *clients)]
        return depth == 32 or any(opacities)

    def _is_composited(self) -> bool:
        selection = f"_NET_WM_CM_S{self._display.get_default_screen()}"
        atom = self._display.intern_atom(selection)
        return bool(self._display.get_selection_owner(atom) != self._x.NONE)

    def _describe(self, window: Any) -> Client:
        told = [self._text(window, name) for name in _NAMING]
        # Of a part nobody can tell what it names: such a window is like one that tells nothing.
        *titles, shown_as, names = ("" if None in told else text or "" for text in told)
        hints = window.get_wm_hints()
        leader = self._number(window, "WM_CLIENT_LEADER")
        group = hints.window_group.id if hints and hints.window_group else None
        return Client(
            id=window.id,
            titles=tuple(title for title in titles if title),
            shown_as=shown_as,
            names=tuple(name for name in names.split("\0") if name),
            process=self._number(window, "_NET_WM_PID"),
            group=leader or group,
            transient_for=self._number(window, "WM_TRANSIENT_FOR"),
        )

    def _text(self, window: Any, name: str) -> str | None:
        """A property's text, empty where there is none; None where it is too long to be read."""
        found = self._read(window, name)
        if found is None:
            return ""
        utf8 = found.property_type == self._display.intern_atom("UTF8_STRING")
        return None if found.bytes_after else _text(found.value, utf8=utf8)

    def _property(self, window: Any, name: str) -> Any:
        found = self._read(window, name)
        return None if found is None else found.value

    def _read(self, window: Any, name: str) -> Any:
        atom = self._display.intern_atom(name)
        return window.get_property(atom, self._x.AnyPropertyType, 0, _LONGEST)

    def _number(self, window: Any, name: str) -> int | None:
        value = self._property(window, name)
        return int(value[0]) if value is not None and len(value) else None


@contextmanager
def connected(name: str) -> Iterator[Desktop]:
    """A desktop, for as long as the block lasts. Raises CaptureUnavailable, MissingDependency."""
    try:
        from Xlib.display import Display
        from Xlib.error import ConnectionClosedError, DisplayError, XauthError
    except ImportError:
        raise MissingDependency("python-xlib", "pip install 'leopard-tools[screen]'") from None
    try:
        display = Display(name)
    except (DisplayError, ConnectionClosedError, XauthError, OSError) as fault:
        raise CaptureUnavailable(
            f"The display {name} does not answer ({fault}). Check DISPLAY and XAUTHORITY."
        ) from fault
    try:
        yield Desktop(display)
    except ConnectionClosedError as fault:
        raise CaptureUnavailable(
            f"The display {name} went away during the capture ({fault}). Start it again."
        ) from fault
    finally:
        with suppress(ConnectionClosedError):
            display.close()


def _text(value: object, *, utf8: bool = False) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode(errors="replace" if utf8 else "strict")
        except UnicodeDecodeError:
            # The older properties are Latin-1 (ICCCM 2.7.1).
            return value.decode("latin-1")
    return value if isinstance(value, str) else ""


__all__ = ["Client", "Desktop", "Surface", "Vanished", "connected"]
