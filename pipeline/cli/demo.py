"""``demo``: the whole way on the sample newsroom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, FAILED, console, say
from pipeline.cli.telling import step_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress
    from rich.table import Table

    from pipeline.demo.tour import Day
    from pipeline.jobs.collect import SourceRead
    from pipeline.model import Issue, Slot, Source

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
    """Show the whole way: sample sites over HTTP, an issue a day for three days, mailed over SMTP on loopback."""
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
        say(f"it is a newsroom now, but its sites are gone: metabrief --home {folder} issues why latest")
        say(f"to see an issue as each reader got it: metabrief --home {folder} preview")
        say(f"to try the leave link of a mail: metabrief --home {folder} serve --pages-only")
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

    def begin_day(self, slot: Slot, *, sources: Sequence[Source], readers: int) -> None:
        """Start the day's bar; it begins to fill once there is something to mail."""
        from rich.cells import cell_len

        self._widest = max(cell_len(source.name) for source in sources)
        self._readers = readers
        self._progress.print(f"\nThe issue of {slot.wall}: reading {len(sources)} sites")
        self._bar = self._progress.add_task(slot.wall, total=None)

    def source_read(self, read: SourceRead) -> None:
        """Say what a source gave, or why it gave nothing."""
        from rich.cells import set_cell_size

        name = set_cell_size(read.source.name, self._widest)
        self._progress.print(f"  {name}  {_gave(read)}")

    def composed(self, issue: Issue) -> None:
        """Say what was made of it."""
        self._progress.print(f"  composed: {issue.funnel.get('items', 0)} items, {issue.status}")
        self._progress.update(self._bar, description=f"{issue.slot.wall}: mailing", total=self._readers)

    def delivered(self) -> None:
        """Move the bar by one message."""
        self._progress.advance(self._bar)


def _gave(read: SourceRead) -> str:
    if read.error is not None:
        return f"failed: {read.error}"
    entries = f"{step_word('entries', read.entries)},"
    failed = f", {len(read.failures)} failed" if read.failures else ""
    return (
        f"{read.entries:3} {entries:8} {read.articles:2} new {step_word('articles', read.articles)}{failed}"
    )


def _way(days: tuple[Day, ...]) -> Table:
    """Return the table of the way: each step's count, a column a day."""
    from rich.table import Table

    states = days[0].sent.tally.by_state()
    table = Table(title="\nThe way of each issue")
    table.add_column("")
    for day in days:
        table.add_column(day.sent.issue.slot.wall.partition("T")[0], justify="right")
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
    from itertools import groupby

    from rich.table import Table

    parser = BytesHeaderParser(policy=default)
    mails = [parser.parsebytes(path.read_bytes()) for path in (folder / "mail" / "new").iterdir()]
    by_date = sorted(mails, key=lambda mail: (mail["Date"].datetime, str(mail["Delivered-To"])))
    table = Table(title="\nThe mail that arrived")
    table.add_column("to", no_wrap=True)
    table.add_column("subject")
    for _, of_one_day in groupby(by_date, key=lambda mail: mail["Date"].datetime.date()):
        for mail in of_one_day:
            table.add_row(str(mail["Delivered-To"]), str(mail["Subject"]))
        table.add_section()
    return table
