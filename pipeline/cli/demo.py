"""``demo``: the whole way on the sample newsroom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, FAILED, console, say

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

    from pipeline.demo.tour import Day
    from pipeline.jobs.collect import SourceRead
    from pipeline.model import Issue, Slot

_STEPS = {
    "entries": "entries in feeds and lists",
    "pages": "pages asked for",
    "articles": "articles extracted",
    "collected": "articles judged, earlier ones again",
    "on_beat": "on the beat",
    "stories": "stories",
    "new": "new to the readers",
    "items": "items in the issue",
}


def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Keep the newsroom, its mail and its pages there."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The sample sites' port; 0: any free one.")
    ] = 0,
) -> None:
    """Show the whole way: sample sites over HTTP, two issues on two days, mailed over SMTP on loopback."""
    from tempfile import TemporaryDirectory

    if keep is not None:
        raise typer.Exit(_demo(keep.resolve(), port=port, is_kept=True))
    with TemporaryDirectory(prefix="metabrief-demo-") as folder:
        raise typer.Exit(_demo(Path(folder), port=port, is_kept=False))


def _demo(folder: Path, *, port: int, is_kept: bool) -> int:
    import asyncio

    from pipeline.demo.tour import tour

    with _progress() as progress:
        days = asyncio.run(tour(folder, port=port, watcher=_Shown(progress)))
    console().print(_way(days))
    say(f"total = {' + '.join(days[0].sent.tally.by_state())}")
    console().print(_mails(folder))
    say("six subscribers, four readers: one has not confirmed, one left by the link in the mail")
    if is_kept:
        say(f"\nthe mail that arrived: {folder / 'mail'} (a Maildir)")
        say("each issue as a page:")
        for day in days:
            say(f"  {next(page for page in day.pages if page.suffix == '.html')}")
        say(f"it is a newsroom now: metabrief --home {folder} issues why latest")
        say(f"to try the leave link of a mail: metabrief --home {folder} serve")
    else:
        say("\nnothing was kept; keep it all with: metabrief demo --keep DIR")
    return DONE if all(day.sent.issue.status == "sent" for day in days) else FAILED


def _progress() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(),
    )


class _Shown:
    """Shows the tour as it goes: a bar a day, and a line for what is worth one."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def begin_day(self, slot: Slot) -> None:
        """Start the day's bar; how long it is shows as the day goes on."""
        self._progress.print(f"\nThe issue of {slot.wall}: reading four sites")
        self._bar = self._progress.add_task(slot.wall, total=None)

    def source_read(self, read: SourceRead) -> None:
        """Say what a source gave, or why it gave nothing."""
        gave = (
            f"{read.entries} entries, {read.articles} new articles"
            if read.error is None
            else f"failed: {read.error}"
        )
        self._progress.print(f"  {read.source.name}: {gave}")

    def composed(self, issue: Issue) -> None:
        """Say what was made of it."""
        self._progress.print(f"  composed: {issue.funnel.get('items', 0)} items, {issue.status}")
        self._progress.update(self._bar, description=f"{issue.slot.wall}: mailing", total=4)

    def delivered(self) -> None:
        """Move the bar by one message."""
        self._progress.advance(self._bar)


def _way(days: tuple[Day, ...]) -> Table:
    """Return the table of the way: each step's count, a column a day."""
    from rich.table import Table

    states = days[0].sent.tally.by_state()
    table = Table(title="\nThe way of two issues")
    table.add_column("")
    for day in days:
        table.add_column(day.sent.issue.slot.wall, justify="right")
    for step, words in _STEPS.items():
        table.add_row(words, *(str(day.sent.issue.funnel.get(step, "")) for day in days))
    table.add_section()
    for state in states:
        table.add_row(state, *(str(day.sent.tally.by_state()[state]) for day in days))
    table.add_section()
    table.add_row("total", *(str(day.sent.tally.total) for day in days))
    return table


def _mails(folder: Path) -> Table:
    """Return the mails that arrived, read back from the Maildir."""
    from email.parser import BytesHeaderParser
    from email.policy import default

    from rich.table import Table

    table = Table("to", "subject", title="\nThe mail that arrived")
    parser = BytesHeaderParser(policy=default)
    mails = [parser.parsebytes(path.read_bytes()) for path in (folder / "mail" / "new").iterdir()]
    for mail in sorted(mails, key=lambda mail: (mail["Date"].datetime, str(mail["To"]))):
        table.add_row(str(mail["To"]), str(mail["Subject"]))
    return table
