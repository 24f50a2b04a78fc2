"""The text of a picture with its boxes, and where a text stands in it.

    ocr.py      Reader: pixels to lines with boxes (the networks inside the rapidocr wheel)
    layout.py   arrange: lines to rows in reading order
    locate.py   find, cite, citation: a text to the boxes where it stands

All variants share this service; it must not know of models, prompts or questions. Take names
from the three modules: this one imports none of them, so that it costs nothing.
"""
