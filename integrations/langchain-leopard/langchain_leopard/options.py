"""What one request asks for, put together from the model's fields and the call's arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypedDict, cast

from leopard_tools.schema import Schema
from leopard_tools.types import Message

from .binding import Node, read_choice, read_response_format, read_tools
from .errors import OptionUnsupported

if TYPE_CHECKING:
    # Its module loads torch.
    from leopard_tools.answering import AskOptions

GENERATION = ("temperature", "top_p", "max_tokens", "seed", "verbatim", "cite", "timeout")
"""Fields of the model that a call may set anew, as the core names them."""
CALL_OPTIONS = (
    *GENERATION,
    "logprobs",
    "model",
    "parallel_tool_calls",
    "response_format",
    "stream",
    "strict",
    "tool_choice",
    "tools",
)


class ChatArguments(TypedDict, total=False):
    """What `Leopard.chat` takes beside its messages and AskOptions."""

    tools: Sequence[Mapping[str, object]] | None
    tool_choice: str | None
    parallel_calls: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request but for its messages. Make one with `Wanted.of`."""

    arguments: ChatArguments
    options: AskOptions
    schema: Node | None
    told: bool
    """Whether the question says what the schema asks for."""
    model: str | None
    logprobs: bool

    @classmethod
    def of(
        cls,
        fields: Mapping[str, object],
        stop: str | Sequence[str] | None,
        given: Mapping[str, Any],
    ) -> Wanted:
        """From the model's fields and what a call gave. Raises OptionUnsupported.

        The fields `stop` and `verbatim` hold where there is neither a schema nor a tool to call.
        """
        check_names(given, CALL_OPTIONS, "A call")
        tools = read_tools(given.get("tools") or [], given.get("strict"))
        choice = read_choice(given.get("tool_choice"), tools)
        asked = read_response_format(given.get("response_format"))
        schema, told = asked or (None, False)
        if schema is not None or (tools and choice != "none"):
            # What is held to a form ends by itself. A call that asks for both is refused later.
            fields = {**fields, "stop": None, "verbatim": False}
        options: dict[str, object] = {
            key: given[key] if given.get(key) is not None else fields[key] for key in GENERATION
        }
        options["stop"] = stop or fields["stop"] or ()
        options["schema"] = schema
        parallel = given.get("parallel_tool_calls")
        return cls(
            ChatArguments(
                tools=tools or None, tool_choice=choice, parallel_calls=parallel is not False
            ),
            cast("AskOptions", options),
            schema,
            told,
            given.get("model"),
            bool(given.get("logprobs", fields["logprobs"])),
        )

    @property
    def calls(self) -> bool:
        """Whether the answer may be calls."""
        return bool(self.arguments.get("tools")) and self.arguments.get("tool_choice") != "none"

    def asked(self, messages: list[Message]) -> list[Message]:
        """The messages, with the schema's own question at the end of the last, as `ask` has it."""
        if self.schema is None or not self.told or not messages:
            return messages
        wording = Schema.of(self.schema).instruction
        last = messages[-1]
        if last.role != "user":
            return [*messages, Message("user", [wording])]
        parts = list(last.content)
        if parts and isinstance(parts[-1], str):
            parts[-1] = f"{parts[-1]}\n{wording}"
        else:
            parts.append(wording)
        return [*messages[:-1], replace(last, content=parts)]


def check_names(given: Mapping[str, object], known: Sequence[str], who: str) -> None:
    """Raises OptionUnsupported for an argument that would else be ignored in silence."""
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            meant = (
                f"Did you mean {near[0]}?" if near else f"It takes {', '.join(known) or 'none'}."
            )
            raise OptionUnsupported(f"{who} of ChatLeopard has no argument {name!r}. {meant}")


__all__ = ["CALL_OPTIONS", "GENERATION", "ChatArguments", "Wanted", "check_names"]
