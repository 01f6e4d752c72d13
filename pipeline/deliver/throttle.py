"""How fast messages may leave, to the relay and to each receiving domain. Pure: every clock is passed in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.deliver.replies import Attempt
from pipeline.model import DeliveryState

BURST_SECONDS = 0.1
"""So much unused time is saved up, so that a high rate needs no sleep a message."""
FIRST_PAUSE, POLICY_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=1), timedelta(hours=2)
MOST_DOMAINS = 10_000
"""So many domains in trouble are remembered; beyond them the one unheard of for longest is tried as if it were well."""


class Throttle:
    """A token bucket (as the virtual scheduling of ITU-T I.371); its clock counts seconds."""

    def __init__(self, rate_per_second: float | None) -> None:
        self._interval = 1 / rate_per_second if rate_per_second else 0.0
        self._slack = max(0.0, BURST_SECONDS - self._interval)
        self._free_at = 0.0

    def is_free(self, now: float) -> bool:
        """Say whether the next place is free already."""
        return self._free_at - self._slack <= now

    def wait_seconds(self, now: float) -> float:
        """Take the next place and return how long to wait for it; 0 or more."""
        wait = max(0.0, self._free_at - self._slack - now)
        self._free_at = max(now, self._free_at) + self._interval
        return wait


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trouble:
    pause: timedelta
    rests_until: datetime
    at_once: int = 1
    """Messages that may be on the wire together once the rest is over."""


class DomainThrottle:
    """Rests domains that ask for it, then lets one message try, then one more with each that is accepted.

    What was on the wire when a rest began neither lengthens it nor ends it. A domain that is well costs no memory.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._on_the_wire: Counter[str] = Counter()
        self._troubles: dict[str, _Trouble] = {}

    def rests_until(self, domain: str, *, now: datetime) -> datetime | None:
        """Return when a domain may be written to again; None when it may be now."""
        trouble = self._troubles.get(domain)
        return trouble.rests_until if trouble is not None and now < trouble.rests_until else None

    def begin(self, domain: str) -> bool:
        """Take a place on the wire for a domain that does not rest; False when it has as many as it bears."""
        trouble = self._troubles.get(domain)
        if trouble is not None and self._on_the_wire[domain] >= trouble.at_once:
            return False
        self._on_the_wire[domain] += 1
        return True

    def end(self, domain: str, attempt: Attempt | None, *, now: datetime) -> None:
        """Give a place back that ``begin`` gave, with how it went; None when nothing was heard of the domain."""
        self._on_the_wire[domain] -= 1
        if not self._on_the_wire[domain]:
            del self._on_the_wire[domain]
        if attempt is None or self.rests_until(domain, now=now) is not None:
            return
        if attempt.is_slow_down or attempt.is_ours:
            self._rest(domain, POLICY_PAUSE if attempt.is_ours else FIRST_PAUSE, now=now)
        elif attempt.state is DeliveryState.ACCEPTED:
            self._recover(domain)

    def _rest(self, domain: str, shortest: timedelta, *, now: datetime) -> None:
        before = self._troubles.pop(domain, None)  # to stand last, as what was heard of latest
        pause = max(shortest, 2 * before.pause) if before else shortest
        pause = min(pause, LONGEST_PAUSE)
        self._troubles[domain] = _Trouble(pause=pause, rests_until=now + pause)
        if len(self._troubles) > MOST_DOMAINS:
            del self._troubles[next(iter(self._troubles))]

    def _recover(self, domain: str) -> None:
        trouble = self._troubles.get(domain)
        if trouble is None:
            return
        if trouble.at_once + 1 >= self._connections:
            del self._troubles[domain]
        else:
            self._troubles[domain] = replace(trouble, at_once=trouble.at_once + 1)
