"""A prompt for reranking that asks as checkpoints were taught: which image, and nothing else.

LLMRerank's own asks for a list of numbers and scores in a form of its own, which a small model
does not keep to.
"""

from __future__ import annotations

import re

from llama_index.core.prompts import RichPromptTemplate

WHICH_IMAGE_PROMPT = RichPromptTemplate("""
{% chat role="user" %}
{% for message in context_messages %}
{% for block in message.blocks %}
{% if block.block_type == 'image' %}
{{ block.inline_url() | image }}
{% endif %}
{% endfor %}
{% endfor %}
Which image answers the question: {{ query_str }}
Answer with a single word or phrase.
{% endchat %}
""")
"""For LLMRerank(choice_select_prompt=...) over image nodes, with `parse_which_image`."""


def parse_which_image(
    answer: str, count: int, raise_error: bool = False
) -> tuple[list[int], list[float]]:
    """What LLMRerank needs to know of an answer to WHICH_IMAGE_PROMPT: numbers and scores.

    It names one image of a batch; without the number of one there are none.

    >>> parse_which_image("image 2", 3)
    ([2], [10.0])
    """
    found = re.search(r"\d+", answer)
    number = int(found[0]) if found else 0
    return ([number], [10.0]) if 1 <= number <= count else ([], [])


__all__ = ["WHICH_IMAGE_PROMPT", "parse_which_image"]
