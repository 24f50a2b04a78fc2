"""What every checkpoint can do, as LangChain's middleware asks for it before a model is loaded."""

from __future__ import annotations

from typing import Any, cast

from langchain_core.language_models.model_profile import ModelProfile

NANO_CONTEXT = 8192
"""Positions of the embedded model, known without loading it."""
_EVERY = ModelProfile(
    text_inputs=True,
    image_inputs=True,
    image_url_inputs=True,
    pdf_inputs=True,
    audio_inputs=False,
    video_inputs=False,
    image_tool_message=True,
    pdf_tool_message=True,
    text_outputs=True,
    image_outputs=False,
    audio_outputs=False,
    video_outputs=False,
    reasoning_output=False,
    tool_calling=True,
    tool_choice=True,
    tool_call_streaming=True,
    structured_output=True,
    temperature=True,
    attachment=True,
    open_weights=True,
)


class WorkedOut(dict[str, Any]):
    """A profile that nobody gave: another checkpoint has another."""


def profile_of(checkpoint: str, context: int | None) -> ModelProfile:
    """The profile of a checkpoint; `context` is its context length, where it is loaded."""
    known = NANO_CONTEXT if checkpoint == "nano" else None
    longest = context or known
    told = {} if longest is None else {"max_input_tokens": longest}
    return cast(ModelProfile, WorkedOut(_EVERY, **told))


__all__ = ["NANO_CONTEXT", "WorkedOut", "profile_of"]
