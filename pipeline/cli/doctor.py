"""``doctor``: what is well, doubtful or wrong with a newsroom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, NEEDS_A_PERSON, chosen_home, console, say, say_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from pipeline.doctor.finding import Finding

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
_MARGIN = 11
"""Columns: two, the longest level, two."""


def doctor(
    context: typer.Context,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print warnings and problems only: nothing when all is well.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look a newsroom over: what is well, doubtful or wrong, and what to do. Changes nothing, mails nobody."""
    from dataclasses import asdict

    from pipeline.doctor.examination import examine
    from pipeline.doctor.finding import Level
    from pipeline.doctor.looking import open_to_look

    with open_to_look(chosen_home(context)) as newsroom:
        found = examine(newsroom)
    shown = [finding for finding in found if finding.level is not Level.OK or not quiet]
    if as_json:
        say_json([asdict(finding) for finding in shown])
    else:
        _print(shown)
        if not quiet:
            say(_summary(found))
    raise typer.Exit(NEEDS_A_PERSON if any(finding.level is Level.PROBLEM for finding in found) else DONE)


def _summary(found: Sequence[Finding]) -> str:
    from pipeline.doctor.finding import Level

    levels = (Level.PROBLEM, Level.WARNING)
    numbers = {level: sum(finding.level is level for finding in found) for level in levels}
    counted = [f"{number} {level}{'s' if number > 1 else ''}" for level, number in numbers.items() if number]
    return f"\n{' and '.join(counted)}" if counted else "\nall is well"


def _print(found: Sequence[Finding]) -> None:
    """Print findings under their topics; on a terminal long ones are folded beside their level."""
    screen = console()
    topic = ""
    for finding in found:
        if finding.topic != topic:
            topic = finding.topic
            screen.print(topic, style="bold")
        for line in _lines(finding, screen):
            screen.print(line, soft_wrap=True)


def _lines(finding: Finding, screen: Console) -> Iterator[Text]:
    from rich.text import Text

    head = Text.assemble((f"  {finding.level:<{_MARGIN - 2}}", _STYLES[finding.level]))
    for said in (finding.message, f"→ {finding.remedy}" if finding.remedy else ""):
        folded = Text(said).wrap(screen, screen.width - _MARGIN) if screen.is_terminal else [Text(said)]
        for line in folded if said else []:
            line.rstrip()
            yield head + line
            head = Text(" " * _MARGIN)
