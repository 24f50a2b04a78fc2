"""leopard-mcp: the command that starts the server; `leopard mcp` is the same."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer

from leopard_tools.errors import LeopardError

from .ending import EndingStdin
from .http import Endpoint, listen, serve
from .policy import MEMORY_BYTES, Policy
from .server import make_server

MIB = 2**20


def start(
    allow_screen: Annotated[
        bool, typer.Option("--allow-screen", help="Capture the screen without asking first.")
    ] = False,
    deny: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Black out windows with this title or application."),
    ] = None,
    root: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help="Files under this folder may be opened; none without."),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Open pages on this machine and its network too."),
    ] = False,
    share_captures: Annotated[
        bool,
        typer.Option(
            "--share-captures", help="With --http: a capture's id is enough in any session."
        ),
    ] = False,
    memory: Annotated[
        int, typer.Option(metavar="MB", min=1, help="The most that captures may take.")
    ] = MEMORY_BYTES // MIB,
    checkpoint: Annotated[
        str, typer.Option(help="'nano', a checkpoint folder or a hub id.")
    ] = "nano",
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP instead of stdio.")] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="With --http.")] = 8765,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="LEOPARD_MCP_TOKEN",
            show_envvar=True,
            help="With --http: demand this bearer token; off loopback one is made up without it.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --http: a name that clients call this host by."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="With --http: a web page's origin that may call."),
    ] = None,
) -> None:
    """A screen reader for MCP assistants: it sees and reads, and never clicks or types."""
    # Before the SDK sets up pictures of tracebacks in a log that clients show as it is.
    logging.basicConfig(level=logging.WARNING, format="leopard-mcp: %(levelname)s %(message)s")
    policy = Policy(
        screen=allow_screen,
        deny=tuple(deny or ()),
        roots=tuple(root or ()),
        allow_private=allow_private,
        share_captures=share_captures,
        memory_bytes=memory * MIB,
        checkpoint=checkpoint,
    )
    if not http:
        _serve_stdio(policy)
        return
    endpoint = Endpoint(
        host=host,
        port=port,
        hosts=tuple(allow_host or ()),
        origins=tuple(allow_origin or ()),
        token=token,
    ).guarded()
    sockets = listen(endpoint)
    _announce(f"Serving {endpoint.url}")
    if endpoint.token and not token:
        _announce(f"Bearer token: {endpoint.token}")
    serve(policy, endpoint, sockets)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(context_settings={"help_option_names": ["-h", "--help"]})(start)
    try:
        app(args=None if arguments is None else list(arguments), prog_name="leopard-mcp")
    except LeopardError as error:
        _announce(f"leopard-mcp: {error}")
        sys.exit(1)


def _serve_stdio(policy: Policy) -> None:
    """Serves the one client at stdin and stdout, on which nothing but the protocol appears.

    While the SDK serves, file descriptor 1 leads to stderr, so that a stray print harms nobody.
    """
    # What a print left in a buffer would reach the client when the buffer is emptied at exit.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(write_through=True)
    # Python's own handler would wait for the thread that reads stdin.
    ending = EndingStdin() if os.name == "posix" else None
    if ending is None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        anyio.run(make_server(policy).run_stdio_async)
    finally:
        os.dup2(2, 1)
    if ending is not None and ending.signal:
        sys.exit(128 + ending.signal)


def _announce(text: str) -> None:
    """For the person who started it, never on stdout."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


__all__ = ["main"]
