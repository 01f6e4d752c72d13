"""``sources``: how the sites fare that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import (
    DONE,
    FAILED,
    NEEDS_A_PERSON,
    console,
    counting,
    opened,
    say,
    say_json,
)
from pipeline.cli.telling import step_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.jobs.check import Checkup
    from pipeline.jobs.health import Health

app = typer.Typer(help="See how the sources fare.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_WIDTH = 100


@app.command("list", short_help="List all sources and how they fare.")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List all sources and how they fare, by their last read; nothing is fetched."""
    from pipeline.jobs.health import health_of_all, health_record

    with opened(context) as newsroom:
        found = health_of_all(newsroom)
    if as_json:
        say_json([health_record(health) for health in found])
    else:
        _show(found)


def _show(found: Sequence[Health]) -> None:
    from rich.table import Table

    if not found:
        say("there is no source; add some to sources.toml, or set [sources] shipped = true")
        return
    table = Table("source", "", "status", "read well (UTC)", "what is wrong", box=None)
    table.columns[0].overflow = "fold"  # a key stands uncut
    for column in table.columns[1:4]:
        column.no_wrap = True
    for health in found:
        source, success = health.source, health.last_success
        status = health.status if source.enabled else f"{health.status}, off"
        last = f"{success:%Y-%m-%d %H:%M}" if success else ""
        table.add_row(source.key, source.language, status, last, health.last_error or "")
    shown = console()
    shown.print(table, width=min(_WIDTH, shown.width))


@app.command(short_help="Read sources now and say what is wrong.")
def check(
    context: typer.Context,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Their keys; without, every enabled one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the list and the newest article of sources now, the next ones where that fails; nothing is stored."""
    import asyncio

    from pipeline.jobs.check import check_sources, checkup_record, chosen

    with opened(context) as newsroom:
        sources = chosen(newsroom, keys or ())
        with counting("sources", of=len(sources)) as count:
            checkups = asyncio.run(check_sources(newsroom, sources, on_checked=count))
    if as_json:
        say_json([checkup_record(checkup) for checkup in checkups])
    else:
        _say_checked(checkups)
    raise typer.Exit(_status(checkups))


def _say_checked(checkups: Sequence[Checkup]) -> None:
    for checkup in checkups:
        say(f"{checkup.source.key}: {checkup.verdict}: {'; '.join(_findings(checkup))}")
        if checkup.advice:
            say(f"    {checkup.advice}")
    fine = sum(checkup.is_fine for checkup in checkups)
    say(f"checked: {fine} of {len(checkups)} sources can be read")


def _findings(checkup: Checkup) -> list[str]:
    """Return what was found, from the site to its newest article."""
    found = ["reached" if checkup.is_reached else "not reached"]
    if checkup.robots:
        found.append(f"robots.txt {checkup.robots}")
    if checkup.entries:
        at = checkup.newest_at
        newest = f", the newest of {at:%Y-%m-%d %H:%M} UTC" if at else ", undated"
        number = len(checkup.entries)
        found.append(f"{checkup.form} of {number} {step_word('entries', number)}{newest}")
    article = checkup.article
    excerpt = f"{len(article.text):,} characters: {article.title}" if article else None
    return [*found, *filter(None, (checkup.trouble, excerpt))]


def _status(checkups: Sequence[Checkup]) -> int:
    if not any(checkup.is_listed for checkup in checkups):
        return FAILED
    return DONE if all(checkup.is_fine for checkup in checkups) else NEEDS_A_PERSON
