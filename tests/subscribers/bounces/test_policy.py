"""When a reader is written to no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.bounces.kind import Kind
from subscribers.bounces.policy import QUIET, Bounce, judge, quiet_for

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def bounce(days_ago: float, kind: Kind = Kind.HARD, *, delivery: str = "", is_sure: bool = False) -> Bounce:
    at = NOW - timedelta(days=days_ago)
    return Bounce(at=at, kind=kind, is_sure=is_sure, delivery=delivery or str(days_ago))


def test_nothing_is_no_point() -> None:
    standing = judge([], now=NOW)
    assert (standing.points, standing.is_off, standing.why) == (0, False, "no bounce that counts")


def test_five_hard_ones_are_enough_and_four_are_not() -> None:
    assert not judge([bounce(n) for n in range(4)], now=NOW).is_off
    standing = judge([bounce(n) for n in range(5)], now=NOW)
    assert (standing.is_off, standing.why) == (True, "5 points: 5 hard since 16 May")


def test_ten_soft_ones_are_enough_and_nine_are_not() -> None:
    assert not judge([bounce(n, Kind.SOFT) for n in range(9)], now=NOW).is_off
    assert judge([bounce(n, Kind.SOFT) for n in range(10)], now=NOW).is_off


def test_the_reasons_stand_in_words() -> None:
    bounces = [bounce(0), bounce(1), bounce(2, Kind.SOFT), bounce(3, Kind.OURS)]
    assert judge(bounces, now=NOW).why == "2.5 points: 2 hard, 1 soft since 18 May"
    assert judge(bounces[:1], now=NOW).why == "1 point: 1 hard since 20 May"


def test_one_that_surely_says_no_such_user_is_enough() -> None:
    standing = judge([bounce(1, is_sure=True)], now=NOW)
    assert (standing.is_off, standing.why) == (True, "no such user, said so on 19 May")


@pytest.mark.parametrize("kind", [Kind.OURS, Kind.AUTO_REPLY, Kind.NONE, Kind.LEAVE, Kind.COMPLAINT])
def test_what_is_no_bounce_of_the_readers_never_counts(kind: Kind) -> None:
    assert judge([bounce(n / 10, kind, is_sure=True) for n in range(60)], now=NOW).points == 0


def test_several_mails_on_one_delivery_count_once_and_as_the_worst() -> None:
    told = [
        bounce(2, Kind.SOFT, delivery="a"),
        bounce(1, Kind.HARD, delivery="a"),
        bounce(0, Kind.SOFT, delivery="a"),
    ]
    assert {judge(order, now=NOW).points for order in permutations(told)} == {1.0}


@pytest.mark.parametrize(("days", "points"), [(6.9, 2.0), (7.0, 1.0)])
def test_seven_quiet_days_between_two_forgive_those_before(days: float, points: float) -> None:
    assert judge([bounce(0), bounce(days)], now=NOW).points == points


@pytest.mark.parametrize(("days", "points"), [(6.9, 1.0), (7.0, 0.0)])
def test_seven_quiet_days_since_the_last_forgive_all(days: float, points: float) -> None:
    assert judge([bounce(days)], now=NOW).points == points


def test_whom_we_write_to_once_a_week_needs_two_quiet_weeks() -> None:
    weekly = [bounce(7 * week) for week in range(5)]
    assert not judge(weekly, now=NOW).is_off
    assert judge(weekly, now=NOW, quiet=quiet_for(timedelta(days=7))).is_off
    assert judge(weekly, now=NOW + timedelta(days=14), quiet=quiet_for(timedelta(days=7))).points == 0
    assert quiet_for(timedelta(days=1)) == QUIET


def test_a_fault_of_ours_does_not_break_the_quiet() -> None:
    assert judge([bounce(0), bounce(4, Kind.OURS), bounce(8)], now=NOW).points == 1.0


def test_what_lies_ahead_does_not_count() -> None:
    assert judge([bounce(-1, is_sure=True)], now=NOW).points == 0


@given(st.lists(st.tuples(st.floats(0, 40), st.sampled_from(Kind), st.sampled_from("abc")), max_size=30))
def test_the_order_in_which_bounces_are_told_means_nothing(
    told: list[tuple[float, Kind, str]],
) -> None:
    bounces = [bounce(days, kind, delivery=delivery) for days, kind, delivery in told]
    assert judge(bounces, now=NOW) == judge(list(reversed(bounces)), now=NOW)
