"""The ledger's rules: every pair of states, every event in every state, the sums, the next try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from pipeline.deliver import ledger
from pipeline.deliver.ledger import Row, Tally, may_follow, next_try, sources_of, tally
from pipeline.model import DeliveryState as State

ALLOWED = {
    "planned": "claimed suppressed expired",
    "deferred": "claimed suppressed expired",
    "claimed": "planned deferred rejected suppressed expired data_started",
    "data_started": "accepted deferred rejected uncertain",
    "uncertain": "accepted planned",
    "accepted": "",
    "rejected": "",
    "suppressed": "",
    "expired": "",
}
"""The table of the design, written out a second time."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30))
NOW = datetime(2022, 2, 22, tzinfo=UTC)
END = NOW + timedelta(hours=12)
SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=5)

Event = Callable[[Row], Row | None]
CLAIM = partial(ledger.claimed, owner="me", lease_until=LEASE, now=NOW, ignore_hours=False)
START = partial(ledger.started, owner="me", lease_until=LEASE, now=NOW, is_sending=True, is_reader=True)
EVENTS: dict[str, tuple[Event, str]] = {
    "claimed": (CLAIM, "planned deferred"),
    "started": (START, "claimed"),
    "given back": (partial(ledger.given_back, owner="me"), "claimed"),
    "recovered": (partial(ledger.recovered, repeatable=False, now=END), "claimed data_started"),
    "recovered, repeatable": (partial(ledger.recovered, repeatable=True, now=END), "claimed data_started"),
    "swept": (
        partial(ledger.swept, now=NOW, ignore_hours=False, is_reader=False),
        "planned deferred",
    ),
    "swept late": (partial(ledger.swept, now=END, ignore_hours=False, is_reader=True), "planned deferred"),
    "finished accepted": (partial(ledger.finished, state=State.ACCEPTED, owner="me"), "data_started"),
    "finished deferred": (
        partial(ledger.finished, state=State.DEFERRED, owner="me"),
        "claimed data_started",
    ),
    "finished rejected": (
        partial(ledger.finished, state=State.REJECTED, owner="me"),
        "claimed data_started",
    ),
    "finished uncertain": (partial(ledger.finished, state=State.UNCERTAIN, owner="me"), "data_started"),
    "finished suppressed": (partial(ledger.finished, state=State.SUPPRESSED, owner="me"), "claimed"),
    "resolved accepted": (partial(ledger.resolved, state=State.ACCEPTED), "uncertain"),
    "resolved planned": (partial(ledger.resolved, state=State.PLANNED), "uncertain"),
    "resolved otherwise": (partial(ledger.resolved, state=State.REJECTED), ""),
    "put back": (partial(ledger.finished, state=State.PLANNED, owner="me", is_try=False), "claimed"),
}
"""What can happen to a row, and the states in which it does."""


def row(state: State) -> Row:
    """Return a row that is due, and ours where it is somebody's."""
    is_held = state in (State.CLAIMED, State.DATA_STARTED)
    plain = Row(state=state, due_at=NOW, not_after=END)
    return replace(plain, owner="me", lease_until=NOW + SECOND) if is_held else plain


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_a_delivery_moves_as_the_table_says_and_no_other_way(before: State, after: State) -> None:
    assert may_follow(before, after) is (after in ALLOWED[before].split())


@pytest.mark.parametrize("after", list(State))
def test_sources_are_the_states_that_may_move_there(after: State) -> None:
    assert set(sources_of(after)) == {state for state in ALLOWED if after in ALLOWED[state].split()}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(("event", "states"), EVENTS.values(), ids=EVENTS)
def test_an_event_moves_a_row_as_the_table_says_or_leaves_it(event: Event, states: str, state: State) -> None:
    before = row(state)
    after = event(before)
    assert (after is not None) is (state in states.split())
    if after is not None:
        assert may_follow(state, after.state)
        assert (after.owner is None) is (after.state not in (State.CLAIMED, State.DATA_STARTED))
        assert (after.owner is None) is (after.lease_until is None)


@pytest.mark.parametrize(
    ("change", "event"),
    [
        pytest.param({"due_at": NOW + SECOND}, CLAIM, id="its hour is to come"),
        pytest.param({"next_try": NOW + SECOND}, CLAIM, id="its next try is to come"),
        pytest.param({"not_after": NOW}, CLAIM, id="it is too late"),
        pytest.param({"state": State.CLAIMED, "owner": "you"}, START, id="it is another's"),
        pytest.param(
            {"state": State.CLAIMED, "owner": "me", "lease_until": NOW}, START, id="its lease is over"
        ),
        pytest.param(
            {"state": State.CLAIMED, "owner": "me", "lease_until": LEASE},
            partial(START, is_sending=False),
            id="its issue is held",
        ),
        pytest.param(
            {"state": State.DATA_STARTED, "owner": "you", "lease_until": LEASE},
            EVENTS["finished accepted"][0],
            id="another ends it",
        ),
        pytest.param(
            {"state": State.CLAIMED, "owner": "you", "lease_until": LEASE},
            EVENTS["given back"][0],
            id="another gives it back",
        ),
        pytest.param(
            {"state": State.CLAIMED, "owner": "me", "lease_until": LEASE},
            partial(ledger.recovered, repeatable=True, now=NOW, dead=("you",)),
            id="its lease is live and so is its owner",
        ),
    ],
)
def test_a_row_is_left_as_it_is(change: dict[str, object], event: Event) -> None:
    assert event(Row(**{"due_at": NOW, "not_after": END} | change)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "after"),
    [
        pytest.param(START, State.DATA_STARTED, id="it may go"),
        pytest.param(partial(START, is_reader=False), State.SUPPRESSED, id="its reader left"),
        pytest.param(
            partial(START, is_reader=False, is_sending=False), State.SUPPRESSED, id="and it is held"
        ),
    ],
)
def test_the_fence_passes_or_closes_a_row_of_ours(event: Event, after: State) -> None:
    moved = event(row(State.CLAIMED))
    assert moved is not None
    assert moved.state is after


def test_the_fence_closes_a_row_that_became_too_late() -> None:
    moved = START(replace(row(State.CLAIMED), not_after=NOW))
    assert moved is not None
    assert moved.state is State.EXPIRED


def test_the_lease_begins_anew_at_the_fence() -> None:
    moved = START(row(State.CLAIMED))
    assert moved is not None
    assert (moved.owner, moved.lease_until) == ("me", LEASE)


@pytest.mark.parametrize(
    ("state", "repeatable", "after"),
    [
        pytest.param(State.CLAIMED, False, State.PLANNED, id="before the dot"),
        pytest.param(State.CLAIMED, True, State.PLANNED, id="before the file"),
        pytest.param(State.DATA_STARTED, False, State.UNCERTAIN, id="after the dot"),
        pytest.param(State.DATA_STARTED, True, State.DEFERRED, id="after the file"),
    ],
)
def test_what_the_dead_held_is_taken_back_though_their_lease_is_live(
    state: State, repeatable: bool, after: State
) -> None:
    moved = ledger.recovered(row(state), repeatable=repeatable, now=NOW, dead=("me",))
    assert moved is not None
    assert moved.state is after


@pytest.mark.parametrize(
    ("is_try", "attempts"), [(True, 3), (False, 2)], ids=["a try", "nothing was offered"]
)
def test_an_end_keeps_the_reply_and_counts_the_try(is_try: bool, attempts: int) -> None:
    before = replace(row(State.DATA_STARTED), attempts=2, code=421, next_try=NOW)
    moved = ledger.finished(before, State.DEFERRED, owner="me", code=451, next_try=END, is_try=is_try)
    assert moved is not None
    assert (moved.code, moved.next_try, moved.attempts) == (451, END, attempts)


def test_nothing_leaves_a_final_state() -> None:
    final = {state for state in State if not ALLOWED[state]}
    assert final == {State.ACCEPTED, State.REJECTED, State.SUPPRESSED, State.EXPIRED}


def test_the_total_counts_every_state_once() -> None:
    counted = tally({state: 10**place for place, state in enumerate(State)})
    assert counted.total == 111_111_111


def test_what_is_being_worked_on_is_shown_as_planned() -> None:
    assert tally({State.PLANNED: 1, State.CLAIMED: 2, State.DATA_STARTED: 4}) == Tally(planned=7)


@pytest.mark.parametrize(
    ("counts", "is_final"),
    [
        pytest.param({}, True, id="nobody"),
        pytest.param({State.ACCEPTED: 2, State.UNCERTAIN: 1, State.EXPIRED: 1}, True, id="all settled"),
        *(
            pytest.param({State.ACCEPTED: 2, state: 1}, False, id=state)
            for state in ("planned", "deferred", "claimed", "data_started")
        ),
    ],
)
def test_an_issue_is_final_when_nothing_is_planned_or_deferred(
    counts: dict[str, int], is_final: bool
) -> None:
    assert tally(counts).is_final is is_final


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 5), (3, 30), (4, 30), (99, 30)],
    ids=["first", "second", "last", "the last repeats", "for ever"],
)
def test_pauses_grow_and_the_last_repeats(attempts: int, minutes: int) -> None:
    assert next_try(attempts, pauses=PAUSES, now=NOW, not_after=END) == NOW + timedelta(minutes=minutes)


def test_the_next_try_is_never_past_the_end() -> None:
    end = NOW + timedelta(minutes=2)
    assert next_try(2, pauses=PAUSES, now=NOW, not_after=end) == end
