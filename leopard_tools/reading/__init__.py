"""The text of a picture with its boxes, and where a text stands in it.

    ocr.py      Reader: pixels to lines with boxes (the networks inside the rapidocr wheel)
    memory.py   Effort, ReaderFigures: what a read took, and what a Reader keeps
    kept.py     KeptReadings: readings that other programs find (LEOPARD_READINGS)
    layout.py   arrange, compose: lines to rows of cells in reading order, and to a Reading
    turning.py  which way up a page lies, and its lines brought back to where they are
    locate.py   find, cite, citation: a text to the boxes where it stands

All variants share this service; it must not know of models, prompts or questions. Take names
from these modules: this one imports none of them, so that it costs nothing.
"""
