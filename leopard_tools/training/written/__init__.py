"""Contexts and conversations that were written one by one, by authors who saw no evaluation set:
pages as a reader has them, and questions as people ask.

Templates teach what an answer is; they do not teach the ways in which people ask. What is written
here has no templates.
"""
