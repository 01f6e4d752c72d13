"""The bar that a person at a terminal sees while mails leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Bar:
    """Mails done, of how many, how fast, and how long it takes yet."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("mails", total=None)

    def expect(self, number: int) -> None:
        """Take it that so many are still to come."""
        self._progress.update(self._task, total=self._progress.tasks[0].completed + number)

    def advance(self) -> None:
        """Count one."""
        self._progress.advance(self._task)


class _Told(ProgressColumn):
    """Says in words how far it is."""

    def render(self, task: Task) -> Text:
        """Return mails done, of how many, and how many a second."""
        among = f" of {task.total:,.0f}" if task.total else ""
        rate = f", {task.speed:,.0f}/s" if task.speed else ""
        return Text(f"{task.completed:,.0f}{among} mails{rate}")


@contextmanager
def shown_bar(console: Console) -> Iterator[Bar]:
    """Show a bar that is gone at the end."""
    columns = (SpinnerColumn(), BarColumn(), _Told(), TimeRemainingColumn(compact=True), TextColumn("left"))
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress)
