"""What all commands share: the newsroom they work in and how they speak."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from pipeline.errors import ConfigurationError, MetabriefError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.app import Newsroom
    from pipeline.model import Issue

_UNFOLDED = 200
DONE, FAILED, WRONG_USE, NEEDS_A_PERSON = 0, 1, 2, 3


@contextmanager
def opened(context: typer.Context) -> Iterator[Newsroom]:
    """Yield the newsroom this command works in."""
    from pipeline.app import open_newsroom

    with open_newsroom(chosen_home(context)) as newsroom:
        yield newsroom


def chosen_home(context: typer.Context) -> Path:
    """Return the folder this command works in: the one named, else the nearest newsroom. Raises ``ConfigurationError``."""
    from pipeline.app import find_home

    chosen: Path | None = context.obj
    if chosen is not None and not chosen.is_dir():
        raise ConfigurationError(f"{chosen} is no folder; make a newsroom with: metabrief init {chosen}")
    return chosen if chosen is not None else find_home(Path.cwd())


def own_lexicon(context: typer.Context) -> Path | None:
    """Return the ``lexicon.toml`` of the newsroom one is in, if there is one; what it works with needs no newsroom."""
    from pipeline.app import find_home
    from pipeline.select.lexicon import FILE

    try:
        home: Path = context.obj or find_home(Path.cwd())
    except ConfigurationError:
        return None
    return home / FILE if (home / FILE).is_file() else None


def find_issue(newsroom: Newsroom, name: str) -> Issue:
    """Return the issue called by its id or ``latest``, whole. Raises ``MetabriefError``."""
    from pipeline.store import issues

    if name != "latest" and not (name.isdecimal() and len(name) < 10):
        raise UsageError(f"{name!r} is no issue; write its number, or latest")
    with newsroom.database.read() as connection:
        issue_id = issues.latest_id(connection) if name == "latest" else int(name)
        issue = issues.load(connection, issue_id) if issue_id is not None else None
    if issue is None:
        raise MetabriefError(
            "there is no issue yet; make one with: metabrief run NEWSLETTER"
            if name == "latest"
            else f"there is no issue {name}; see: metabrief issues list"
        )
    return issue


def standard_input(instead: str) -> BinaryIO:
    """Return what is typed or piped in. Raises ``UsageError``, which says what to name ``instead``, where there is none."""
    if sys.stdin is None:
        raise UsageError(f"there is no standard input; name {instead}")
    return sys.stdin.buffer


def say(text: str) -> None:
    """Print a line for a person or a program, as it is."""
    typer.echo(text)


def say_json(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def counting(what: str, *, of: int | None = None) -> Iterator[Callable[[], None]]:
    """Yield a function to call at each step; a person at a terminal sees how many there were, ``of`` how many."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar, among = ((BarColumn(),), f" of {of}") if of else ((), "")
    columns = (SpinnerColumn(), *bar, TextColumn(f"{{task.completed}}{among} {what}"), TimeElapsedColumn())
    shown = Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(what, total=of)
        yield lambda: progress.advance(task)


def console() -> Console:
    """Return the console that tables and progress go to; into a file or pipe lines are not folded."""
    from rich.console import Console

    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _UNFOLDED)
