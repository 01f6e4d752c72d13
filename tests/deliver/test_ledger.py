"""The ledger's rules: every pair of states, the sums, the next try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.deliver.ledger import UNFINISHED, Tally, may_follow, next_try, sources_of, tally
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


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_a_delivery_moves_as_the_table_says_and_no_other_way(before: State, after: State) -> None:
    assert may_follow(before, after) is (after in ALLOWED[before].split())


@pytest.mark.parametrize("after", list(State))
def test_sources_are_the_states_that_may_move_there(after: State) -> None:
    assert set(sources_of(after)) == {state for state in ALLOWED if after in ALLOWED[state].split()}


def test_nothing_leaves_a_final_state() -> None:
    final = {state for state in State if not ALLOWED[state]}
    assert final == {State.ACCEPTED, State.REJECTED, State.SUPPRESSED, State.EXPIRED}
    assert not final & UNFINISHED


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
        *(pytest.param({State.ACCEPTED: 2, state: 1}, False, id=state) for state in sorted(UNFINISHED)),
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
