"""Asks the user before the first look at the screen, where the client can ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from mcp.server.elicitation import AcceptedElicitation, CancelledElicitation, DeclinedElicitation
from mcp.server.mcpserver import Elicit, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from leopard_tools.toolbox.captures import NOBODY

from .call import Call
from .state import owner_of

QUESTION = (
    "May the assistant look at your screen? It gets what stands on it, windows included, but "
    "never clicks or types."
)


class ScreenConsent(BaseModel):
    """The user's answer."""

    whole_session: bool = Field(
        default=True, title="Until this session ends", description="Otherwise for this time only"
    )


Outcome = AcceptedElicitation[ScreenConsent] | DeclinedElicitation | CancelledElicitation


@dataclass(frozen=True, slots=True)
class ScreenAccess:
    """Proof that the screen may be looked at in this call."""


async def ask_user(ctx: Call) -> ScreenConsent | Elicit[ScreenConsent]:
    """The user's consent, given earlier or asked for now. Raises ToolError where none can be."""
    state = ctx.request_context.lifespan_context
    known = state.consents.get(owner_of(ctx))
    if state.policy.screen or known:
        return ScreenConsent()
    if known is False:
        raise ToolError(
            "The user declined to show the screen in this session. Go on without it; ask the user "
            "in your own words before you try again in a new session."
        )
    if not _can_ask(ctx):
        raise ToolError(
            "The screen may not be captured: this client cannot ask the user for consent. The "
            "user can permit it by starting the server with --allow-screen."
        )
    return Elicit(QUESTION, ScreenConsent)


async def screen_access(ctx: Call, outcome: Annotated[Outcome, Resolve(ask_user)]) -> ScreenAccess:
    """What a tool that looks at the screen demands. Raises ToolError without consent."""
    state, owner = ctx.request_context.lifespan_context, owner_of(ctx)
    if isinstance(outcome, AcceptedElicitation):
        # Without a session nobody could say whose consent it was: each call asks.
        if owner != NOBODY and outcome.data.whole_session:
            state.consents[owner] = True
        return ScreenAccess()
    if isinstance(outcome, DeclinedElicitation) and owner != NOBODY:
        state.consents[owner] = False
    raise ToolError("The user did not permit a look at the screen. Go on without it.")


def _can_ask(ctx: Call) -> bool:
    capabilities = ctx.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    # Before there were modes, an empty object meant forms.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


Permitted = Annotated[ScreenAccess, Resolve(screen_access)]

__all__ = ["QUESTION", "Permitted", "ScreenAccess", "ScreenConsent"]
