"""What this package raises beside the core's errors: each is also of LangChain's own kind."""

from __future__ import annotations

from langchain_core.exceptions import ContextOverflowError

from leopard_tools.errors import ContextTooLong, LeopardError


class MessageUnsupported(LeopardError, ValueError):
    """A message or content block that cannot be given to the model."""


class OptionUnsupported(LeopardError, ValueError):
    """An argument that this model does not have, or a value of it that it cannot take."""


class PromptTooLong(ContextTooLong, ContextOverflowError):
    """ContextTooLong as LangChain's middleware looks for it."""


__all__ = ["MessageUnsupported", "OptionUnsupported", "PromptTooLong"]
