"""ask: the one tool that needs the language model."""

from __future__ import annotations

from typing import Annotated, cast

from mcp.types import CallToolResult
from pydantic import Field, JsonValue

from leopard_tools.toolbox.captures import Capture
from leopard_tools.toolbox.labels import answer_head, labelled
from leopard_tools.types import Answer

from ..call import Call, Progress, in_thread, result, telling_errors
from ..models import Answered, Quote
from ..state import owner_of
from .readings import Captures

_TOKENS, _TOKENS_WITH_SCHEMA = 128, 512


@telling_errors
async def ask(
    ctx: Call,
    question: str,
    captures: Captures,
    answer_schema: Annotated[
        dict[str, object] | None, Field(description="JSON schema to hold the answer to")
    ] = None,
    verbatim: Annotated[bool, Field(description="only words that stand there")] = False,
) -> Annotated[CallToolResult, Answered]:
    """Ask a small local model a short question about one or more captures; cites the places."""
    state, progress = ctx.request_context.lifespan_context, Progress(ctx)
    chosen = state.captures.get(owner_of(ctx), captures)
    async with progress.during("Loading the model" if not state.model.loaded else "Answering"):
        leopard = await in_thread(state.model.load)
        await progress.say("Reading and answering")
        # Cancelling this call ends the generation between two tokens.
        answer = await leopard.aask(
            question,
            [capture.frame for capture in chosen],
            max_tokens=_TOKENS if answer_schema is None else _TOKENS_WITH_SCHEMA,
            schema=answer_schema,
            verbatim=verbatim,
            cite=True,
        )
    model = _answered(answer, chosen)
    told = result(model, _text(answer, model))
    if answer_schema is not None and told.structured_content is not None:
        # A schema may allow null, and what is null is left out of results.
        told.structured_content["parsed"] = model.parsed
    return told


def _answered(answer: Answer, captures: list[Capture]) -> Answered:
    return Answered(
        answer=answer.text,
        finish_reason=answer.finish_reason,
        confidence=round(answer.confidence, 3),
        probability=round(answer.probability, 3),
        citations=[
            Quote(capture=captures[each.image].id, text=each.text, box=each.box.to_list())
            for each in answer.citations
        ],
        parsed=cast("JsonValue", answer.to_dict().get("parsed")),
        model=answer.model,
    )


def _text(answer: Answer, model: Answered) -> str:
    quotes = [f"stands in {each.capture} {each.box}: {each.text}" for each in model.citations]
    quotes = quotes or ["(its words stand in none of the captures)"]
    seen = labelled("\n".join([model.answer, *quotes]))
    return f"{answer_head(answer)}\n{seen}"


__all__ = ["ask"]
