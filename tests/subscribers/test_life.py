"""The life of a subscriber, state by state and event by event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.life import GONE, Event, Status, after

S, E = Status, Event

NEXT: dict[Status | None, tuple[Status | None, ...]] = {
    # from: after SIGN_UP, VOUCH, CONFIRM, LEAVE
    None: (S.PENDING, S.ACTIVE, None, None),
    S.PENDING: (S.PENDING, S.ACTIVE, S.ACTIVE, S.UNSUBSCRIBED),
    S.ACTIVE: (S.ACTIVE, S.ACTIVE, S.ACTIVE, S.UNSUBSCRIBED),
    S.PAUSED: (S.PAUSED, S.PAUSED, S.ACTIVE, S.UNSUBSCRIBED),
    S.UNSUBSCRIBED: (None, None, None, S.UNSUBSCRIBED),
    S.BOUNCED: (None, None, None, S.UNSUBSCRIBED),
    S.COMPLAINED: (None, None, None, S.COMPLAINED),
    S.ERASED: (None, None, None, None),
}
EVENTS = (E.SIGN_UP, E.VOUCH, E.CONFIRM, E.LEAVE)


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
        assert not (has_left and status in (Status.ACTIVE, Status.PENDING))
