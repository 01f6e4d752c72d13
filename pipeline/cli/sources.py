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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.jobs.check import Trial
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
    """Read the list and the newest article of sources now and say what is wrong; nothing is stored."""
    import asyncio

    from pipeline.jobs import check as checking

    with opened(context) as newsroom:
        sources = checking.chosen(newsroom, keys or ())
        with counting("sources", of=len(sources)) as count:
            trials = asyncio.run(checking.check(newsroom, sources, on_tried=count))
    if as_json:
        say_json([checking.trial_record(trial) for trial in trials])
    else:
        _say_tried(trials)
    raise typer.Exit(_status(trials))


def _say_tried(trials: Sequence[Trial]) -> None:
    for trial in trials:
        verdict = "fine" if trial.is_fine else "failed"
        say(f"{trial.source.key}: {verdict}: {'; '.join(_findings(trial))}")
        if trial.advice:
            say(f"    {trial.advice}")
    fine = sum(trial.is_fine for trial in trials)
    say(f"checked: {fine} of {len(trials)} sources are fine")


def _findings(trial: Trial) -> list[str]:
    """Return what was found, from the site to its newest article."""
    found = ["reached" if trial.is_reached else "not reached"]
    if trial.robots:
        found.append(f"robots.txt {trial.robots}")
    if trial.entries:
        newest = f", the newest of {trial.newest_at:%Y-%m-%d %H:%M} UTC" if trial.newest_at else ", undated"
        found.append(f"{trial.form} of {len(trial.entries)} entries{newest}")
    return [*found, trial.trouble or _excerpt(trial)]


def _excerpt(trial: Trial) -> str:
    from pipeline.model import Article

    article = trial.newest
    return f"{len(article.text):,} characters: {article.title}" if isinstance(article, Article) else ""


def _status(trials: Sequence[Trial]) -> int:
    if not any(trial.error is None for trial in trials):
        return FAILED
    return DONE if all(trial.is_fine for trial in trials) else NEEDS_A_PERSON
