"""``subscribers list`` and ``subscribers stats``: the list as a whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import console, opened, say, say_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pipeline.app import Newsroom
    from subscribers.people import Subscriber
    from subscribers.stats import Group, Stats

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Filter = Annotated[
    str, typer.Option("--filter", metavar="WORDS", help="Such as 'tag:vip language:zh since:2026-01-31'.")
]

_SHOWN = 100
"""So many people at a terminal, where nobody reads more."""
_BAR = 30
_WIDE = 120
_SPARE = ("language", "timezone", "tags")
"""Not shown where there is no room for all; ``subscribers show`` has them."""


def list_people(context: typer.Context, words: Filter = "", as_json: AsJson = False) -> None:
    """List everyone but the erased, or those whom a filter finds.

    At a terminal the first 100; into a file or pipe everyone, a line each, parted by tabs.
    """
    from subscribers import people

    with opened(context) as newsroom, newsroom.database.read() as connection:
        where = found_by(words, newsroom, connection)
        if as_json:
            _write_json(_row(person) for person in people.each(connection, where))
        elif not (number := people.count(connection, where)):
            typer.echo(_nobody(words), err=not sys.stdout.isatty())  # a pipe wants people only
        elif sys.stdout.isatty():
            _show(people.listing(connection, where, limit=_SHOWN), of=number)
        else:
            for person in people.each(connection, where):
                sys.stdout.write("\t".join(_cells(person)) + "\n")


def found_by(words: str, newsroom: Newsroom, connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Return the condition that a filter states; it may name our newsletters, and those that people still have."""
    from subscribers.filters import newsletters_held, parse_filter

    if not words.strip():
        return parse_filter("")
    ours = {newsletter.key for newsletter in newsroom.settings.newsletter}
    return parse_filter(words, newsletters=ours | newsletters_held(connection))


def _nobody(words: str) -> str:
    if words.strip():
        return f"nobody on the list is {words.strip()}"
    return "nobody yet; add readers with: metabrief subscribers add EMAIL --newsletter KEY --consent TEXT"


def _row(person: Subscriber) -> dict[str, Any]:
    return {
        "email": person.email,
        "status": person.status,
        "name": person.name,
        "language": person.language,
        "timezone": person.timezone,
        "tags": list(person.tags),
        "newsletters": list(person.newsletters),
    }


def _cells(person: Subscriber) -> tuple[str, ...]:
    several = (", ".join(person.newsletters), ", ".join(person.tags))
    return person.email, person.status, person.name, person.language, person.timezone, *several


def _write_json(rows: Iterable[dict[str, Any]]) -> None:
    """Print rows as one array, a line each, and hold none of them."""
    between = "[\n"
    for row in rows:
        sys.stdout.write(between + json.dumps(row, ensure_ascii=False))
        between = ",\n"
    sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")


def _show(people: Sequence[Subscriber], *, of: int) -> None:
    from rich.table import Column, Table

    names = ("email", "status", "name", "language", "timezone", "newsletters", "tags")
    shown = console()
    hidden = _SPARE if shown.width < _WIDE else ()
    room = min(max(len(person.email) for person in people), shown.width * 2 // 3)
    email = Column("email", overflow="fold", width=room)  # never cut, for nobody could copy it
    table = Table(email, *(name for name in names[1:] if name not in hidden), box=None)
    for person in people:
        cells = zip(names, _cells(person), strict=True)
        table.add_row(*(cell for name, cell in cells if name not in hidden))
    shown.print(table)
    if of > len(people):
        say(f"… and {of - len(people):,} more; narrow with --filter")


def count_people(context: typer.Context, words: Filter = "", as_json: AsJson = False) -> None:
    """Count the list, or those whom a filter finds: states, newsletters, languages, sources, domains, growth."""
    from subscribers import stats

    with opened(context) as newsroom, newsroom.database.read() as connection:
        where = found_by(words, newsroom, connection)
        counted = stats.count_all(connection, where, now=newsroom.clock())
    if as_json:
        say_json(_stats_record(counted))
    elif counted.people:
        _show_stats(counted)
    else:
        say(_nobody(words))


def _stats_record(counted: Stats) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "people": counted.people,
        "statuses": {group.name: group.people for group in counted.statuses},
        **{name: _named(groups) for name, groups in _groups(counted).items()},
        "months": [asdict(month) for month in counted.months],
    }


def _groups(counted: Stats) -> dict[str, tuple[Group, ...]]:
    return {
        "newsletters": counted.newsletters,
        "languages": counted.languages,
        "sources": counted.sources,
        "domains": counted.domains,
    }


def _named(groups: Iterable[Group]) -> dict[str, dict[str, int]]:
    return {group.name: {"people": group.people, "active": group.active} for group in groups}


def _show_stats(counted: Stats) -> None:
    from rich.table import Table

    standing = ", ".join(f"{group.people:,} {group.name}" for group in counted.statuses)
    say(f"{counted.people:,} {'person' if counted.people == 1 else 'people'}: {standing}")
    for title, groups in _groups(counted).items():
        table = Table(title.removesuffix("s"), "active", "people", box=None)
        for group in groups:
            table.add_row(group.name, f"{group.active:,}", f"{group.people:,}")
        _print(table)
    table = Table("month", "came", "left", "on the list", "", box=None)
    longest = max(month.came + month.left for month in counted.months) or 1
    for month in counted.months:
        came, left = (round(number * _BAR / longest) for number in (month.came, month.left))
        numbers = (f"{number:,}" for number in (month.came, month.left, month.stood))
        table.add_row(month.month, *numbers, "█" * came + "░" * left)
    _print(table)


def _print(table: Any) -> None:
    """Print a table after an empty line, its numbers flush right."""
    for column in table.columns[1:4]:
        column.justify = "right"
    table.columns[0].min_width = 20
    say("")
    console().print(table)
