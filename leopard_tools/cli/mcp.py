"""leopard mcp

The server is a distribution of its own, leopard-mcp, which knows its options.
"""

from __future__ import annotations

from importlib.util import find_spec

import typer

from ..errors import MissingDependency


def mcp(context: typer.Context) -> None:
    """Start the MCP server, a screen reader for assistants; --help tells its options."""
    if find_spec("leopard_mcp") is None:
        raise MissingDependency("leopard-mcp", "pip install leopard-mcp")
    from leopard_mcp.command import main

    main(context.args)


PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""What follows is the server's to understand, --help too."""
