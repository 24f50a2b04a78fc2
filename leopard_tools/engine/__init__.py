"""From a prompt to tokens: what every checkpoint shares.

Knows language models, caches, sampling and text streams. Knows nothing of slides, screens or the
wording of prompts: those are the variants' business.
"""
