"""Fetches a checkpoint's files from the Hugging Face hub into its shared cache.

Knows ids, revisions and what can go wrong on the way. It must not know what the files mean; only
that pickles are never among them, because they can run code.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import cast

from ..errors import CheckpointNotFound, LeopardError, MissingDependency

# Only files at the top: folders below hold exports to other formats and states of trainers.
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]
UNWANTED = ["*/*", "consolidated*"]

_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"\w[\w./-]*", re.ASCII)


def fetch_checkpoint(name: str, revision: str | None = None, *, progress: bool) -> Path:
    """The local folder with the files of the hub repository `name` ("org/name") at `revision`.

    `revision` is a branch, tag or commit; None is the main branch. What is cached already is not
    fetched again, a transfer that breaks off goes on where it stopped, and without a network (or
    with HF_HUB_OFFLINE=1) the cache alone is used. After a failure, files that are complete stay.
    `progress` shows a bar, on a terminal only.

    Raises CheckpointNotFound, with what to do, for whatever keeps the files from being here, and
    MissingDependency where huggingface_hub is not installed.
    """
    _check_names(name, revision)
    try:
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError
        from huggingface_hub.utils.tqdm import tqdm
    except ImportError as error:
        raise MissingDependency("huggingface_hub", "pip install 'leopard-tools[hub]'") from error

    class Silent(tqdm):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **(options | {"disable": True}))  # type: ignore[no-untyped-call]

    # Its bases are OSError and the HTTPError of the httpx that this release happens to build on.
    transport = cast("tuple[type[Exception], ...]", HfHubHTTPError.__bases__)
    failures: tuple[type[Exception], ...] = (*transport, ValueError, RuntimeError)
    try:
        folder = huggingface_hub.snapshot_download(
            name,
            revision=revision,
            allow_patterns=WANTED,
            ignore_patterns=UNWANTED,
            library_name="leopard-tools",
            tqdm_class=None if progress and sys.stderr.isatty() else Silent,
        )
    except failures as error:
        raise _translated(error, name, revision) from error
    return Path(folder)


def _check_names(name: str, revision: str | None) -> None:
    """Raises CheckpointNotFound for what no hub can have, before anything is asked."""
    if not _ID.fullmatch(name) or "--" in name or ".." in name or len(name) > 96:
        raise CheckpointNotFound(
            f"{name!r} is neither a folder here nor a repository on the hub. "
            'Give a path, or an id of the form "org/name".'
        )
    if revision is not None and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise CheckpointNotFound(
            f"{revision!r} is not a revision. Give a branch, a tag or a commit of {name}."
        )


def _translated(error: BaseException, name: str, revision: str | None) -> LeopardError:
    """What happened, in this project's words, with the next step."""
    from huggingface_hub import constants, errors

    if isinstance(error, errors.LocalEntryNotFoundError) and isinstance(
        error.__cause__, errors.HfHubHTTPError
    ):
        error = error.__cause__  # the hub did answer, and the cache could not help
    page = f"{constants.ENDPOINT}/{name}"
    if isinstance(error, errors.GatedRepoError):
        return CheckpointNotFound(
            f"{name} is gated. Accept its terms at {page}, then run `hf auth login`."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return CheckpointNotFound(
            f"There is no repository {name} on {constants.ENDPOINT}, or it is private. "
            "Check the id; for a private one run `hf auth login`."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return CheckpointNotFound(
            f"{name} has no revision {revision}. Its branches, tags and commits are at {page}."
        )
    if isinstance(error, errors.HfHubHTTPError) and error.response.status_code in (401, 403):
        return CheckpointNotFound(
            f"The hub does not let this account read {name} ({error.response.status_code}). "
            f"Run `hf auth login` with an account that may open {page}."
        )
    if isinstance(error, errors.LocalEntryNotFoundError):
        offline = constants.HF_HUB_OFFLINE
        reason = "HF_HUB_OFFLINE is set" if offline else f"{constants.ENDPOINT} cannot be reached"
        step = "Unset it" if offline else "Check the network"
        return CheckpointNotFound(
            f"{name} is not completely in the cache, and {reason}. {step} and try again, "
            "or give the folder of a downloaded checkpoint."
        )
    reason = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
    return CheckpointNotFound(
        f"The download of {name} stopped: {reason}. Try again: files that are complete are kept."
    )


__all__ = ["fetch_checkpoint"]
