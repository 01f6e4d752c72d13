"""How fast messages may leave."""

from __future__ import annotations


class Throttle:
    """Spreads messages evenly over time; the clock, in seconds, is passed in."""

    def __init__(self, rate_per_second: float | None) -> None:
        self._interval = 1 / rate_per_second if rate_per_second else 0.0
        self._free_at = 0.0

    def wait_seconds(self, now: float) -> float:
        """Take the next place and return how long to wait for it; 0 or more."""
        place = max(now, self._free_at)
        self._free_at = place + self._interval
        return place - now
