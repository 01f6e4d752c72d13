"""How sending is seen while it goes on: a bar at a terminal, else a log line a batch; and how fast it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.cli.bar import Bar
    from pipeline.deliver.replies import Attempt
    from pipeline.jobs.batch import Batch
    from pipeline.jobs.dispatch import Hearers


class Pace:
    """How many mails of one issue were tried, and how long that took; the clock counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.mails = 0
        self._clock = clock
        self._begun = self._ended = clock()

    def begin(self) -> None:
        """Begin to count the time, unless it runs."""
        if not self.mails:
            self._begun = self._ended = self._clock()

    def add(self) -> None:
        """Count a mail."""
        self.mails += 1
        self._ended = self._clock()

    @property
    def seconds(self) -> float:
        """Return how long it was from the beginning to the last mail."""
        return self._ended - self._begun


class Mailing:
    """Hears how one issue is sent."""

    def __init__(self, bar: Bar | None, log: Callable[[Batch], None] | None) -> None:
        self.pace = Pace()
        self._bar = bar
        self._log = log

    @property
    def hearers(self) -> Hearers:
        """Return its ears."""
        from pipeline.jobs.dispatch import Hearers

        log = self._log or (lambda _: None)
        return Hearers(delivered=self._delivered, round_begun=self._round_begun, batch=log)

    def _round_begun(self, due: int) -> None:
        self.pace.begin()
        if self._bar is not None:
            self._bar.expect(due)

    def _delivered(self, _attempt: Attempt) -> None:
        self.pace.add()
        if self._bar is not None:
            self._bar.advance()


@contextmanager
def mailing() -> Iterator[Callable[[], Mailing]]:
    """Yield what begins to hear of an issue; a person at a terminal sees a bar over all of them."""
    from rich.console import Console

    screen = Console(stderr=True)
    if not screen.is_terminal:
        from pipeline.cli.logs import batch_log

        log = batch_log()
        yield lambda: Mailing(None, log)
        return
    from pipeline.cli.bar import shown_bar

    with shown_bar(screen) as bar:
        yield lambda: Mailing(bar, None)
