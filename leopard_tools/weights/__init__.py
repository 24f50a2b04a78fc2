"""From files to a module's parameters.

Knows file formats, names, shapes and types. Knows nothing of prompts or images.
"""
