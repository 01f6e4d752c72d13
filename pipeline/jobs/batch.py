"""What became of some deliveries, to be logged and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.deliver.replies import Attempt

SIZE = 500
"""Deliveries, as many as one job of a worker will take."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How some hundred tries of one issue ended; it names no reader."""

    issue_id: int
    newsletter: str
    seconds: float
    states: Mapping[str, int]
    codes: Mapping[int, int]
    """How often the relay gave which reply."""


class Batches:
    """Sums tries up, and tells of them ``SIZE`` at a time; the clock counts seconds."""

    def __init__(
        self, issue_id: int, newsletter: str, *, clock: Callable[[], float], tell: Callable[[Batch], None]
    ) -> None:
        self._issue_id = issue_id
        self._newsletter = newsletter
        self._clock = clock
        self._tell = tell
        self._begin()

    def add(self, attempt: Attempt) -> None:
        """Count a try."""
        self._states[str(attempt.state)] += 1
        if attempt.code is not None:
            self._codes[attempt.code] += 1
        if self._states.total() >= SIZE:
            self.end()

    def end(self) -> None:
        """Tell what was not told yet."""
        if self._states:
            self._tell(
                Batch(
                    issue_id=self._issue_id,
                    newsletter=self._newsletter,
                    seconds=self._clock() - self._begun,
                    states=dict(self._states),
                    codes=dict(self._codes),
                )
            )
        self._begin()

    def _begin(self) -> None:
        self._begun = self._clock()
        self._states: Counter[str] = Counter()
        self._codes: Counter[int] = Counter()
