"""``init``: a new newsroom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.opening import say


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make a newsroom of.")],
    name: Annotated[str | None, typer.Option("--name", help="Who publishes.")] = None,
    postal_address: Annotated[
        str | None, typer.Option("--postal-address", help="The address that stands in every mail.")
    ] = None,
    contact: Annotated[str | None, typer.Option("--contact", help="An e-mail address for readers.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="An IANA zone for the schedule.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="The publisher's language: en or zh.")
    ] = None,
) -> None:
    """Make a new newsroom: metabrief.toml, sources.toml and a templates folder."""
    from pipeline import config, starter

    starter.require_new(folder)
    sample = config.SAMPLE_ADDRESS
    answers = {
        "name": _answer(name, "Who publishes", default="Sample Brief"),
        "postal_address": _answer(postal_address, "Postal address for every mail", default=sample),
        "contact": _answer(contact, "E-mail address for readers", default="editor@news.example.org"),
        "timezone": _answer(timezone, "Time zone of the schedule", default="Asia/Shanghai"),
        "language": _answer(language, "Publisher's language (en or zh)", default="en"),
    }
    titles = {"daily_title": f"{answers['name']} Daily", "weekly_title": f"{answers['name']} Weekly"}
    starter.write_newsroom(folder, answers | titles)
    say(
        f"{folder} is a newsroom now; look at {folder / config.FILE}, then: metabrief --home {folder} run daily"
    )
    if answers["postal_address"] == sample:
        say("its postal address is a sample: good for the outbox, but SMTP needs your own")


def _answer(given: str | None, question: str, *, default: str) -> str:
    """Return what a flag gave, else ask a person at a terminal, else the sample value."""
    if given is not None:
        return given
    return str(typer.prompt(question, default=default)) if sys.stdin.isatty() else default
