"""From anything that holds a picture to pictures: `sources` loads, `tiling` plans, `outline` marks.

This package knows nothing of models, prompts or text. Importing it loads neither PIL nor numpy;
its modules are imported by the name that says what is needed of them.
"""
