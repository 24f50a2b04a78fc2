"""Which layouts there are, and how often each is drawn."""

from __future__ import annotations

from collections.abc import Callable

from .noise import clutter
from .pages.calendars import calendar
from .pages.charts import bar_chart, pie_chart
from .pages.consoles import console
from .pages.contacts import contacts
from .pages.forms import form, invoice, receipt
from .pages.letters import letter
from .pages.measures import measure_table
from .pages.prose import article
from .pages.screens import files, inbox, settings
from .pages.series import series_chart
from .pages.shop import offer, plans
from .pages.slides import slide
from .pages.stories import story
from .pages.things import thing_table
from .pages.tiles import kpis, roadmap
from .pages.timetables import hours, timetable
from .pages.web import web_page
from .pages.wide import accounts_table, wide_table
from .samples import Page, Pen

LAYOUTS: tuple[tuple[Callable[[Pen], Page], int], ...] = (
    (measure_table, 10),
    (thing_table, 10),
    (form, 8),
    (invoice, 7),
    (kpis, 8),
    (roadmap, 7),
    (contacts, 6),
    (bar_chart, 6),
    (pie_chart, 2),
    (article, 8),
    (timetable, 5),
    (hours, 2),
    (settings, 3),
    (plans, 2),
    (files, 2),
    (inbox, 2),
    (offer, 3),
    (letter, 11),
    (slide, 12),
    (web_page, 12),
    (console, 11),
    (story, 8),
    (wide_table, 12),
    (accounts_table, 8),
    (series_chart, 9),
    (calendar, 4),
)
HELD_LAYOUTS: tuple[Callable[[Pen], Page], ...] = (
    receipt,
    lambda pen: form(pen, held=True),
    lambda pen: thing_table(pen, held=True),
)
HELD = frozenset({"receipt", "boarding", "standings"})
"""The names of the layouts kept out of training."""


def any_page(pen: Pen) -> Page:
    """A page of any trained layout, with little around it."""
    makers, weights = zip(*LAYOUTS, strict=True)
    page: Page = pen.rng.choices(makers, weights)[0](pen)
    page.rows = clutter(pen, page.rows, heavy=False)
    return page
