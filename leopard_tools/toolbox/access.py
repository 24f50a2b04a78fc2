"""What an agent may look at, as the person who runs it decided. Knows no framework."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import ClassVar

from ..capture.desktop import check_patterns
from ..errors import CaptureDenied, LeopardError, SourceForbidden
from ..images.files import lies_under, open_file
from ..images.naming import shown
from ..images.sources import DEFAULT_LIMITS, Limits, is_url, load_frames, load_stream
from ..images.wanted import Check, nothing
from ..types import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The defaults permit no file and no screen, and of the web only public addresses.

    roots: the folders whose files may be opened. web: http(s) addresses may be opened;
    allow_private: also on this machine and the network around it. screen: the screen may be
    captured; deny: windows with these titles or applications are blacked out in it, see
    `leopard_tools.capture.screen.matches`.

    Raises LeopardError for a root that is empty or no folder, CaptureDenied for an empty pattern.
    """

    roots: Sequence[str | Path] = ()
    web: bool = True
    allow_private: bool = False
    screen: bool = False
    deny: Sequence[str] = ()

    ROOT_OPTION: ClassVar[str] = "Access(roots=[...])"
    """How a root is given, for messages."""

    def __post_init__(self) -> None:
        roots = tuple(_several(self.roots))
        # To a Path it is where the program happens to run, which may be the whole disk.
        if "" in roots:
            raise LeopardError(
                "The name of a folder to open files from is empty, as of a variable that is not "
                'set. Name one; "." is the folder that this program runs in.'
            )
        object.__setattr__(self, "roots", tuple(map(Path, roots)))
        object.__setattr__(self, "deny", tuple(_several(self.deny)))
        check_patterns(self.deny)
        for root in self.roots:
            if not _is_folder(Path(root)):
                raise LeopardError(f"{root}: no such folder to open files from. Name one that is.")

    def permitted(self, path: str) -> Path:
        """The file that a path leads to, symlinks followed, which lies under a root.

        A relative path is looked for under each root. Raises SourceForbidden for any other, and
        says the same whether the file exists, so that nobody learns what lies elsewhere.
        """
        if not self.roots:
            raise SourceForbidden(
                "No files are opened here: no folder was permitted. Ask the user to permit the "
                f"folder of the file, with {self.ROOT_OPTION}."
            )
        roots = self._resolved()
        try:
            named = expanded(Path(path))
            # A name alone is a file's; with more behind it a home is meant, of a user unknown here.
            is_home = len(named.parts) > 1 and named.parts[0].startswith("~")
            found = [] if is_home else [(root / named).resolve() for root in roots]
        # A path with a null byte, or of links in a circle.
        except (ValueError, RuntimeError, OSError):
            found = []
        inside = [
            file for file in found if any(file == root or root in file.parents for root in roots)
        ]
        if not inside:
            raise self._outside(path)
        return next(filter(_exists, inside), inside[0])

    def open(self, path: str) -> BufferedReader:
        """The file that a path leads to, open for reading, its `name` what `permitted` gives.

        It lies under a root even where somebody changes what the path leads to meanwhile; see
        `leopard_tools.images.files.lies_under`. Raises SourceForbidden as `permitted`, ImageInvalid
        for what is no file.
        """
        stream = open_file(str(self.permitted(path)))
        if lies_under(stream, self._resolved()):
            return stream
        stream.close()
        raise self._outside(path)

    def frames(
        self,
        source: str,
        limits: Limits = DEFAULT_LIMITS,
        *,
        pages: Sequence[int] | None = None,
        check: Check = nothing,
    ) -> list[Frame]:
        """The pictures behind an http(s) or data URL, or a path under a root.

        pages: only these of a document. check: ends the work by what it raises. See `load_frames`.

        Raises SourceForbidden for what is not permitted, else as `load_frames`.
        """
        if not is_url(source):
            with self.open(source) as stream:
                return load_stream(stream, stream.name, limits, pages=pages, check=check)
        if source[:5].lower() != "data:":
            self.check_web(source)
        private = self.allow_private or limits.private_addresses
        held = replace(limits, private_addresses=private)
        return load_frames(source, held, pages=pages, check=check)

    def check_web(self, url: str) -> None:
        """Raises SourceForbidden where no addresses may be opened."""
        if not self.web:
            raise SourceForbidden(f"{shown(url)}: no web addresses are opened here. Give a file.")

    def check_screen(self) -> None:
        """Raises CaptureDenied where the screen may not be looked at."""
        if not self.screen:
            raise CaptureDenied(
                "The screen may not be captured: nobody permitted it. Go on without it, or ask the "
                "user to permit it with Access(screen=True)."
            )

    def _resolved(self) -> list[Path]:
        return [Path(root).expanduser().resolve() for root in self.roots]

    def _outside(self, path: str) -> SourceForbidden:
        return SourceForbidden(
            f"{shown(path)!r} lies under none of the folders that may be read: "
            f"{', '.join(map(str, self.roots))}. Give a file in one of them, or ask the user "
            f"to permit its folder with {self.ROOT_OPTION}."
        )


def expanded(path: Path) -> Path:
    """The path with a home in place of its "~"; as it is where no user has that name."""
    try:
        return path.expanduser()
    except RuntimeError:
        # A name like ~notes.pdf, which is a file's.
        return path


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    # A name that is too long, or a folder that may not be looked into.
    except OSError:
        return False


def _is_folder(root: Path) -> bool:
    try:
        return root.expanduser().is_dir()
    # A home of a user that does not exist, or as above.
    except (RuntimeError, OSError):
        return False


def _several(given: str | Path | Iterable[str | Path]) -> Iterable[str | Path]:
    """One by itself is the sequence of one, where it would else be taken for its letters."""
    return (given,) if isinstance(given, str | Path) else given


__all__ = ["Access", "expanded"]
