"""The layouts that pages are made of, each a function from a Pen to a Page."""
