"""Puts the commands together."""

from __future__ import annotations

import typer

from .ask import ImagesThenQuestion, ask
from .chat import chat
from .doctor import doctor
from .eval import evaluation
from .find import find
from .mcp import PASSED_ON, mcp
from .output import show_version
from .read import read
from .screen import screen
from .setup import setup
from .slides import slides
from .train import train
from .web import web

app = typer.Typer(
    name="leopard",
    help="Answers questions about screens, slides and pages with a model in your own process.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=ImagesThenQuestion)(ask)
for command in (chat, read, find, screen, slides, web, setup, doctor):
    app.command()(command)
app.add_typer(evaluation, name="eval")
app.command()(train)
app.command(context_settings=PASSED_ON)(mcp)


@app.callback()
def _common(
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass
