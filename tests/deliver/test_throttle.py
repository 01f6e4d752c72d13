"""Messages leave at the rate allowed."""

from __future__ import annotations

import pytest

from pipeline.deliver.throttle import Throttle


def test_places_are_spread_evenly() -> None:
    throttle = Throttle(4)
    assert [throttle.wait_seconds(10.0) for _ in range(4)] == [0, 0.25, 0.5, 0.75]


def test_time_that_went_by_unused_is_not_saved_up() -> None:
    throttle = Throttle(4)
    throttle.wait_seconds(10.0)
    assert [throttle.wait_seconds(99.0) for _ in range(2)] == [0, 0.25]


@pytest.mark.parametrize("now", [0.0, 10.0])
def test_without_a_rate_nobody_waits(now: float) -> None:
    throttle = Throttle(None)
    assert [throttle.wait_seconds(now) for _ in range(3)] == [0, 0, 0]
