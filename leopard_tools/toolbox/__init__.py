"""What agents see with: captures under ids, and texts, places and answers from them.

    from leopard_tools.toolbox import Access, Toolbox

    toolbox = Toolbox(leopard, Access(roots=["slides"]))
    deck = toolbox.slides("q3.pdf")
    print(toolbox.ask("What was revenue in Q3?", [deck.name]).text)

The adapters for agent frameworks are thin over this. An `Access` says what may be looked at; by
default that is no file, no screen, and of the web only public addresses. Loads no model before
the first question.
"""

from .access import Access
from .results import Answered, Matches, Opened, Texts
from .toolbox import Toolbox

__all__ = ["Access", "Answered", "Matches", "Opened", "Texts", "Toolbox"]
