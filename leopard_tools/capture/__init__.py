"""Pictures of what a person would look at: `screen`, `slides` and `web` give frames.

    from leopard_tools.capture import screen, slides, web

This package knows no model and reads no text. Importing it loads nothing; mss, python-xlib,
playwright and LibreOffice are needed only by the call that uses them, which names what is missing.
"""
