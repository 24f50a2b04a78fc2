"""A screen reader for MCP: assistants see a screen, a deck or a page, read it and ask about it.

    leopard-mcp --allow-screen --root ~/decks            # stdio, for a desktop assistant
    leopard-mcp --http --port 8765                       # streamable HTTP

    from leopard_mcp import Policy, make_server          # in a program of your own
    make_server(Policy(screen=True)).run()

The package reads and never clicks or types. What is common to all callers (reading, capturing,
answering) is leopard_tools' work; here is only what MCP needs.
"""

from .policy import Policy
from .server import make_server

__all__ = ["Policy", "make_server"]
