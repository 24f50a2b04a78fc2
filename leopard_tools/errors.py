"""Every error that leopard-tools raises on purpose.

    LeopardError
    ├── CheckpointNotFound   no such folder, or no such repository on the hub
    ├── CheckpointInvalid    found, but not a checkpoint that this version can load
    ├── MissingDependency    a package is not installed; carries the command that installs it
    ├── ImageInvalid         the source holds no picture, or a broken one
    ├── ImageTooLarge        a picture or download over the limit in force
    ├── DocumentInvalid      a PDF or multi-page file that cannot be opened
    ├── SourceForbidden      a URL or path that the policy in force does not allow
    ├── ContextTooLong       the prompt does not fit; carries both numbers
    ├── CaptureUnavailable   nothing here can be captured (no display, no browser)
    ├── CaptureDenied        a capture that the user or the system refused
    │   └── ScreenUnsteady   what is denied could not be hidden while windows moved; try again
    ├── SchemaUnsupported    a JSON schema that cannot be held while decoding
    ├── Cancelled            the caller gave up before the answer was complete
    └── EngineClosed         the model was closed

A message says what happened, the value that caused it, and the next step.
"""

from __future__ import annotations


class LeopardError(Exception):
    """Base class of all errors raised on purpose; catching it catches them all.

    They can be pickled, so that they come back from a process of a pool as they were raised.
    """


class CheckpointNotFound(LeopardError):
    """No checkpoint at that path, or no such repository on the hub."""


class CheckpointInvalid(LeopardError):
    """A checkpoint was found, but its files are not ones that this version can load."""


class MissingDependency(LeopardError):
    """Something that this call needs is not installed.

    `command` is the shell command that installs it.
    """

    def __init__(self, what: str, command: str) -> None:
        # As given: an error is unpickled by calling its class with these.
        super().__init__(what, command)
        self.command = command

    def __str__(self) -> str:
        return f"{self.args[0]} is not installed. Install it with: {self.command}"


class ImageInvalid(LeopardError):
    """The source holds no picture, or one that cannot be decoded."""


class ImageTooLarge(LeopardError):
    """A picture, document or download is over the limit in force."""


class DocumentInvalid(LeopardError):
    """A document (PDF, multi-page TIFF, slides) that cannot be opened."""


class SourceForbidden(LeopardError):
    """A URL or path that the policy in force does not allow."""


class ContextTooLong(LeopardError):
    """The prompt has more positions than the checkpoint can take.

    `needed` counts the prompt and the answer asked for, `limit` is the checkpoint's context.
    """

    def __init__(self, needed: int, limit: int) -> None:
        super().__init__(needed, limit)
        self.needed = needed
        self.limit = limit

    def __str__(self) -> str:
        return (
            f"The prompt and its answer need {self.needed:,} positions and this checkpoint has "
            f"{self.limit:,}. Give fewer images, a shorter text or a lower max_tokens."
        )


class CaptureUnavailable(LeopardError):
    """Nothing can be captured here: no display, no browser, no office suite."""


class CaptureDenied(LeopardError):
    """The user, a deny list or the system refused this capture."""


class ScreenUnsteady(CaptureDenied):
    """Windows moved while a picture was taken, so that nothing proves what is denied hidden."""


class SchemaUnsupported(LeopardError):
    """A JSON schema that cannot be held while decoding."""


class Cancelled(LeopardError):
    """The caller gave up before the answer was complete."""


class EngineClosed(LeopardError):
    """The model was closed; load it again to ask more."""


__all__ = [
    "Cancelled",
    "CaptureDenied",
    "CaptureUnavailable",
    "CheckpointInvalid",
    "CheckpointNotFound",
    "ContextTooLong",
    "DocumentInvalid",
    "EngineClosed",
    "ImageInvalid",
    "ImageTooLarge",
    "LeopardError",
    "MissingDependency",
    "SchemaUnsupported",
    "ScreenUnsteady",
    "SourceForbidden",
]
