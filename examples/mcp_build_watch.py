"""Watches the desktop until a build says that it finished, then says which test failed.

    python examples/mcp_build_watch.py

Start it, start your build in a terminal, and do something else. What an assistant would do with
the same tools, written down: wait_for, ask, and where on the desktop the answer stands.
"""

from __future__ import annotations

import asyncio
import os
import sys

from mcp import StdioServerParameters
from mcp_session import call, connected

FINISHED = "Build finished"
QUESTION = "Which test failed?"
MINUTES = 30

# A server gets only the variables that it is given, and needs the display's.
SERVER = StdioServerParameters(
    command=sys.executable, args=["-m", "leopard_mcp", "--allow-screen"], env=dict(os.environ)
)


async def main() -> None:
    async with connected(SERVER) as client:
        print(f"Waiting for “{FINISHED}” on the screen")
        waited = await call(client, "wait_for", text=FINISHED, timeout=60 * MINUTES)
        if not waited["met"]:
            sys.exit(f"It did not appear in {MINUTES} minutes.")
        capture = waited["screen"]["capture"]
        print(f"{QUESTION}")
        answer = await call(client, "ask", question=QUESTION, captures=[capture], verbatim=True)
        print(f"  {answer['answer']}  (probability {answer['probability']:.2f})")
        found = await call(client, "find", text=answer["answer"], captures=[capture], limit=1)
        for match in found["matches"]:
            print(f"  on the desktop at {match['screen']}")


if __name__ == "__main__":
    asyncio.run(main())
