"""The life of a subscriber, state by state and event by event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.life import GONE, Event, Status, after, standing

S, E = Status, Event

EVENTS = (E.SIGN_UP, E.ADD, E.VOUCH, E.CONFIRM, E.PAUSE, E.RESUME, E.LEAVE, E.GIVE_UP, E.COMPLAIN, E.ERASE)
P, A, H, U, B, C, X = S.PENDING, S.ACTIVE, S.PAUSED, S.UNSUBSCRIBED, S.BOUNCED, S.COMPLAINED, S.ERASED
NEXT: dict[Status | None, tuple[Status | None, ...]] = {
    None: (P, P, A, None, None, None, None, None, None, None),
    P: (P, P, A, A, None, None, U, B, C, X),
    A: (A, A, A, A, H, A, U, B, C, X),
    H: (H, H, H, A, H, A, U, B, C, X),
    U: (U, None, None, A, None, None, U, None, C, X),
    B: (B, None, None, A, None, None, U, B, C, X),
    C: (C, None, None, A, None, None, C, None, C, X),
    X: (X, None, None, A, None, None, X, None, X, X),
}
"""From each state, what each of the events leads to; None: it changes nothing, or is refused."""


@pytest.mark.parametrize(
    ("before", "event", "expected"),
    [
        pytest.param(before, event, expected, id=f"{before or 'stranger'}, {event}")
        for before, row in NEXT.items()
        for event, expected in zip(EVENTS, row, strict=True)
    ],
)
def test_each_event_leads_from_each_state_where_the_table_says(
    before: Status | None, event: Event, expected: Status | None
) -> None:
    assert after(before, event) == expected


def test_the_table_knows_every_state_and_event() -> None:
    assert set(NEXT) == {None, *Status}
    assert set(EVENTS) == set(Event)


@given(st.sampled_from([None, *Status]), st.lists(st.sampled_from(Event), max_size=20))
def test_nobody_who_left_becomes_active_without_confirming(start: Status | None, events: list[Event]) -> None:
    status, has_left = start, start in GONE
    for event in events:
        status = after(status, event) or status
        if event is Event.CONFIRM:
            has_left = False
        has_left = has_left or status in GONE
        assert not (has_left and status not in GONE)


@pytest.mark.parametrize(
    ("status", "is_suppressed", "expected"),
    [
        pytest.param(None, False, None, id="a stranger"),
        pytest.param(None, True, S.ERASED, id="a stranger whose hash is known"),
        pytest.param(S.PENDING, False, S.PENDING, id="one who was asked"),
        pytest.param(S.PENDING, True, S.ERASED, id="one who was asked after they were erased"),
        pytest.param(S.ACTIVE, True, S.ACTIVE, id="a reader"),
        pytest.param(S.UNSUBSCRIBED, True, S.UNSUBSCRIBED, id="one who left"),
    ],
)
def test_who_was_erased_stands_as_erased_until_they_confirm(
    status: Status | None, is_suppressed: bool, expected: Status | None
) -> None:
    assert standing(status, is_suppressed=is_suppressed) == expected
