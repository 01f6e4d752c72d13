"""``subscribers letters``: our own letters that have not left, and sending them now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, FAILED, console, opened, say, say_json

if TYPE_CHECKING:
    from pipeline.app import Newsroom
    from pipeline.jobs.letters import LetterReport
    from pipeline.store.letters import Unsent

_REMEMBERED = timedelta(days=30)
"""How long a letter that failed is listed."""
_MINUTE = "%Y-%m-%d %H:%M"


def letters(
    context: typer.Context,
    send: Annotated[bool, typer.Option("--send", help="Send now what waits.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the letters of our own that wait, failed, or were started without an end that anybody knows."""
    with opened(context) as newsroom:
        code = _send(newsroom, is_quiet=as_json) if send else DONE
        rows = _unsent(newsroom)
    if as_json:
        say_json([_record(row) for row in rows])
    elif rows:
        _show(rows)
    elif not send:
        say("no letter waits, and none failed")
    raise typer.Exit(code)


def _send(newsroom: Newsroom, *, is_quiet: bool) -> int:
    """Send what waits; return the exit code."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.letters import send_letters

    report, _ = run_until_stopped(lambda stop: send_letters(newsroom, ignore_pauses=True, stop=stop))
    if not is_quiet:
        line = letters_line(report, newsroom.settings.delivery.transport)
        say(f"{line}; {report.trouble}" if report.trouble else line)
    return FAILED if report.failed or report.waiting or report.uncertain or report.trouble else DONE


def letters_line(report: LetterReport, transport: str) -> str:
    """Return what became of letters, in numbers alone."""
    numbers = {
        "sent": report.sent,
        "failed": report.failed,
        "to be tried again": report.waiting,
        "without a reply, so they are not sent again": report.uncertain,
    }
    told = ", ".join(f"{number} {what}" for what, number in numbers.items() if number)
    where = "; into the outbox: nobody was mailed" if report.sent and transport == "outbox" else ""
    return f"letters: {told or 'none waits'}{where}"


def _unsent(newsroom: Newsroom) -> tuple[Unsent, ...]:
    from pipeline.store import letters

    with newsroom.database.read() as connection:
        return letters.unsent(connection, since=newsroom.clock() - _REMEMBERED)


def _record(row: Unsent) -> dict[str, object]:
    moments = {"queued_at": row.queued_at.isoformat(), "next_try": row.next_try and row.next_try.isoformat()}
    return asdict(row) | moments


def _show(rows: tuple[Unsent, ...]) -> None:
    from rich.table import Table

    table = Table("email", "letter", "state", "queued (UTC)", "tries", "next try", "why", box=None)
    for row in rows:
        again = f"{row.next_try:{_MINUTE}}" if row.next_try else ""
        queued = f"{row.queued_at:{_MINUTE}}"
        table.add_row(
            row.email or "(erased)", row.kind, row.state, queued, str(row.attempts), again, row.reason
        )
    console().print(table)
