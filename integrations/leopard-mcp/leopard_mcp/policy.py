"""What the server may look at, as its user decided when starting it. Knows no MCP."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leopard_tools.capture.desktop import check_patterns
from leopard_tools.errors import LeopardError, SourceForbidden

MEMORY_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The start-up options; the defaults permit nothing that was not asked for.

    allow_screen: the screen may be captured without asking the user first. deny: windows with
    these titles or applications are blacked out, see `leopard_tools.capture.screen.matches`.
    roots: the folders whose files may be opened; none by default. allow_private: pages on this
    machine and the network around it may be opened. share_captures: over HTTP, the id of a capture
    is enough in any session, for clients that open one for each call. memory_bytes: the most that
    captures take. checkpoint: what answers, as in `Leopard.load`.

    Raises LeopardError for a root that is no folder and CaptureDenied for an empty pattern.
    """

    allow_screen: bool = False
    deny: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()
    allow_private: bool = False
    share_captures: bool = False
    memory_bytes: int = MEMORY_BYTES
    checkpoint: str = "nano"

    def __post_init__(self) -> None:
        check_patterns(self.deny)
        for root in self.roots:
            if not root.expanduser().is_dir():
                raise LeopardError(f"--root {root}: no such folder. Name one whose files are read.")
        if self.memory_bytes < 1:
            raise LeopardError(
                f"The memory for captures must be positive, not {self.memory_bytes}."
            )

    def permitted(self, path: str) -> Path:
        """The file that a path leads to, symlinks followed, which lies under a root.

        A relative path is looked for under each root. Raises SourceForbidden for any other, and
        says the same whether the file exists, so that nobody learns what lies elsewhere.
        """
        if not self.roots:
            raise SourceForbidden(
                "This server opens no files: it was started without --root DIR. Ask its user to "
                "start it with the folder of the file."
            )
        roots = [root.expanduser().resolve() for root in self.roots]
        try:
            found = [(root / Path(path).expanduser()).resolve() for root in roots]
        # A path with a null byte, of a user that does not exist, or of links in a circle.
        except (ValueError, RuntimeError, OSError):
            found = []
        inside = [
            file for file in found if any(file == root or root in file.parents for root in roots)
        ]
        if not inside:
            raise SourceForbidden(
                f"{path!r} lies under none of the folders that this server may read: "
                f"{', '.join(map(str, self.roots))}. Give a file in one of them, or ask the "
                "server's user to add --root DIR."
            )
        return next((file for file in inside if file.exists()), inside[0])


__all__ = ["MEMORY_BYTES", "Policy"]
