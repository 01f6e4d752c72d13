"""Messages leave at the rate allowed, and domains that ask for it are left in peace and taken up again by degrees."""

from __future__ import annotations

import tracemalloc
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliver.replies import Attempt
from pipeline.deliver.throttle import BURST_SECONDS, MOST_DOMAINS, DomainThrottle, Throttle
from pipeline.model import DeliveryState as State

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SLOW = Attempt(state=State.DEFERRED, code=421, is_slow_down=True)
POLICY = Attempt(state=State.DEFERRED, code=550, is_ours=True)
BUSY = Attempt(state=State.DEFERRED, code=451)
ACCEPTED = Attempt(state=State.ACCEPTED, code=250)
REJECTED = Attempt(state=State.REJECTED, code=550, is_no_such_user=True)


def test_places_are_spread_evenly() -> None:
    throttle = Throttle(4)
    assert [throttle.wait_seconds(10.0) for _ in range(4)] == [0, 0.25, 0.5, 0.75]


def test_time_that_went_by_unused_is_not_saved_up() -> None:
    throttle = Throttle(4)
    throttle.wait_seconds(10.0)
    assert [throttle.wait_seconds(99.0) for _ in range(2)] == [0, 0.25]


def test_a_high_rate_lets_a_tenth_of_a_second_go_at_once() -> None:
    throttle = Throttle(1000)
    waits = [throttle.wait_seconds(10.0) for _ in range(102)]
    assert waits[:100] == [0] * 100
    assert waits[100:] == pytest.approx([0.001, 0.002])


def test_who_sleeps_too_long_loses_nothing_of_a_high_rate() -> None:
    throttle, now, sent = Throttle(1000), 0.0, 0
    while now < 10:
        sent += 1
        if wait := throttle.wait_seconds(now):
            now += wait + 0.05  # a sleep that ends late
    assert sent == pytest.approx(10 * 1000, rel=0.02)


@pytest.mark.parametrize("now", [0.0, 10.0])
def test_without_a_rate_nobody_waits(now: float) -> None:
    throttle = Throttle(None)
    assert [throttle.wait_seconds(now) for _ in range(3)] == [0, 0, 0]


GAPS = st.lists(st.floats(min_value=0, max_value=2), min_size=1, max_size=60)


@given(rate=st.floats(min_value=0.1, max_value=5000), gaps=GAPS)
def test_no_second_sees_more_than_the_rate_and_a_burst(rate: float, gaps: Sequence[float]) -> None:
    throttle = Throttle(rate)
    places = [now + throttle.wait_seconds(now) for now in accumulate(gaps)]
    burst = max(1.0, rate * BURST_SECONDS)
    for first, begin in enumerate(places):
        in_window = bisect_right(places, begin + 1 - 1e-6) - first
        assert in_window <= rate + burst + 1e-3


@given(rate=st.floats(min_value=0.1, max_value=5000), number=st.integers(min_value=1, max_value=500))
def test_who_always_has_something_to_send_gets_the_whole_rate(rate: float, number: int) -> None:
    throttle = Throttle(rate)
    last = [throttle.wait_seconds(0.0) for _ in range(number)][-1]
    assert last == pytest.approx(max(0.0, number / rate - max(BURST_SECONDS, 1 / rate)), abs=1e-6)


def tried(
    throttle: DomainThrottle, attempt: Attempt | None, *, domain: str = "a.example", now: datetime
) -> None:
    """Let one message go and end so."""
    assert throttle.begin(domain)
    throttle.end(domain, attempt, now=now)


def rested(throttle: DomainThrottle, attempt: Attempt, *, now: datetime) -> datetime:
    """Let one message go that makes the domain rest, and return until when."""
    tried(throttle, attempt, now=now)
    until = throttle.rests_until("a.example", now=now)
    assert until is not None
    return until


def borne(throttle: DomainThrottle) -> int:
    """Return how many more messages may be on the wire at once, and leave none of them there."""
    number = 0
    while number < 50 and throttle.begin("a.example"):
        number += 1
    for _ in range(number):
        throttle.end("a.example", None, now=NOW)
    return number


@pytest.mark.parametrize("attempt", [ACCEPTED, REJECTED, BUSY, None], ids=["ok", "no user", "busy", "no dot"])
def test_a_domain_that_asks_for_nothing_does_not_rest(attempt: Attempt | None) -> None:
    throttle = DomainThrottle(10)
    tried(throttle, attempt, now=NOW)
    assert throttle.rests_until("a.example", now=NOW) is None
    assert borne(throttle) == 50


@pytest.mark.parametrize(("attempt", "minutes"), [(SLOW, 10), (POLICY, 60)], ids=["slow down", "policy"])
def test_a_domain_rests_when_it_asks_for_it(attempt: Attempt, minutes: int) -> None:
    throttle = DomainThrottle(10)
    until = rested(throttle, attempt, now=NOW)
    assert until == NOW + minutes * MINUTE
    assert throttle.rests_until("a.example", now=until - MINUTE) == until
    assert throttle.rests_until("a.example", now=until) is None
    assert throttle.rests_until("b.example", now=NOW) is None


def test_rests_grow_while_it_goes_on_up_to_two_hours() -> None:
    throttle, now, pauses = DomainThrottle(10), NOW, []
    for _ in range(6):
        until = rested(throttle, SLOW, now=now)
        pauses.append((until - now) / MINUTE)
        now = until
    assert pauses == [10, 20, 40, 80, 120, 120]


def test_after_its_rest_a_domain_takes_one_then_one_more_with_each_it_accepts() -> None:
    throttle = DomainThrottle(4)
    now = rested(throttle, SLOW, now=NOW)
    assert borne(throttle) == 1
    tried(throttle, ACCEPTED, now=now)
    assert borne(throttle) == 2
    assert throttle.begin("a.example")
    assert borne(throttle) == 1
    tried(throttle, ACCEPTED, now=now)
    throttle.end("a.example", ACCEPTED, now=now)
    assert borne(throttle) == 50
    assert rested(throttle, SLOW, now=now) == now + 10 * MINUTE  # as if it were the first time


@pytest.mark.parametrize("attempt", [REJECTED, BUSY, None], ids=["no user", "busy", "no dot"])
def test_only_what_is_accepted_makes_a_domain_recover(attempt: Attempt | None) -> None:
    throttle = DomainThrottle(10)
    now = rested(throttle, SLOW, now=NOW)
    tried(throttle, attempt, now=now)
    assert borne(throttle) == 1


def test_what_was_on_the_wire_when_a_rest_began_changes_nothing() -> None:
    throttle = DomainThrottle(10)
    for _ in range(3):
        assert throttle.begin("a.example")
    until = rested(throttle, SLOW, now=NOW)
    for attempt in (SLOW, POLICY, ACCEPTED):
        throttle.end("a.example", attempt, now=NOW + MINUTE)
    assert throttle.rests_until("a.example", now=NOW + MINUTE) == until
    assert borne(throttle) == 1


def test_with_one_connection_a_domain_recovers_at_once() -> None:
    throttle = DomainThrottle(1)
    now = rested(throttle, SLOW, now=NOW)
    tried(throttle, ACCEPTED, now=now)
    assert rested(throttle, SLOW, now=now) == now + 10 * MINUTE


@pytest.mark.parametrize("attempt", [SLOW, ACCEPTED], ids=["all ask to slow down", "all are well"])
def test_memory_is_bounded_however_many_domains_there_are(attempt: Attempt) -> None:
    throttle = DomainThrottle(10)
    tracemalloc.start()
    for number in range(100_000):
        tried(throttle, attempt, domain=f"{number}.example", now=NOW)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 5_000_000
    kept = [throttle.rests_until(f"{number}.example", now=NOW) for number in range(100_000)]
    assert sum(until is not None for until in kept) == (MOST_DOMAINS if attempt is SLOW else 0)
    assert attempt is ACCEPTED or kept[-1] is not None
