"""Contexts and conversations that people wrote, each by hand: pages as a reader has them,
questions as people ask.

Templates teach what an answer is; they do not teach the ways in which people ask. What is written
here has no templates.
"""
