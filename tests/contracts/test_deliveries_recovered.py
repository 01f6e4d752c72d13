"""What a sender left is taken back as the ledger promises: as rules in memory, and as rows on every database."""

from __future__ import annotations

import pytest

from pipeline.model import DeliveryState as State
from pipeline.store.database import Database
from pipeline.store.deliveries import Outcome
from tests.contracts.ledgers import Ledger, MemoryLedger, StoredLedger
from tests.contracts.people import HOUR, NOW
from tests.contracts.planning import END, LEASE
from tests.contracts.senders import claimed, ended, one_started, plan_for, started


class Promises:
    def test_a_dead_sender_leaves_planned_before_the_dot_and_uncertain_after(self, ledger: Ledger) -> None:
        first, _ = plan_for(ledger, 2)
        claimed(ledger)
        started(ledger, [first])
        assert ledger.recover(repeatable=False, now=NOW + LEASE) == 2
        assert ledger.counts() == {State.PLANNED: 1, State.UNCERTAIN: 1}
        assert ledger.owners() == set()

    def test_a_live_lease_is_left_alone(self, ledger: Ledger) -> None:
        one_started(ledger)
        assert ledger.recover(repeatable=False, now=NOW + LEASE / 2, dead=["somebody else"]) == 0
        assert ledger.counts() == {State.DATA_STARTED: 1}

    def test_what_the_dead_held_is_taken_back_before_their_lease_is_over(self, ledger: Ledger) -> None:
        first, *_ = plan_for(ledger, 3)
        claimed(ledger, owner="dead", limit=2)
        claimed(ledger, owner="alive")
        started(ledger, [first], owner="dead")
        assert ledger.recover(repeatable=False, now=NOW, dead=["dead"]) == 2
        assert ledger.owners() == {"alive"}
        assert ledger.counts() == {State.PLANNED: 1, State.UNCERTAIN: 1, State.CLAIMED: 1}

    def test_what_the_living_have_on_the_wire_is_waited_for(self, ledger: Ledger) -> None:
        first, _ = plan_for(ledger, 2)
        claimed(ledger)
        started(ledger, [first])
        assert ledger.recover(repeatable=False, now=NOW + HOUR, living=["me"]) == 1
        assert ledger.counts() == {State.DATA_STARTED: 1, State.PLANNED: 1}

    def test_a_repeatable_transport_leaves_nothing_uncertain(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ledger.recover(repeatable=True, now=NOW + LEASE)
        assert ledger.counts() == {State.DEFERRED: 1}
        assert claimed(ledger, later=LEASE) == {reader}

    def test_what_is_uncertain_never_comes_back_by_itself(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ledger.recover(repeatable=False, now=NOW + LEASE)
        for later in (LEASE, HOUR, END - NOW):
            ledger.sweep(now=NOW + later)
            ledger.recover(repeatable=True, now=NOW + later, dead=["me"])
            assert claimed(ledger, later=later) == started(ledger, [reader], later=later) == set()
        assert ledger.counts() == {State.UNCERTAIN: 1}

    @pytest.mark.parametrize("state", [State.ACCEPTED, State.PLANNED])
    def test_a_persons_word_alone_moves_what_is_uncertain(self, ledger: Ledger, state: State) -> None:
        one_started(ledger)
        assert ledger.resolve(state) == 0
        ledger.recover(repeatable=False, now=NOW + LEASE)
        assert ledger.resolve(state) == 1
        assert ledger.resolve(state) == 0

    def test_a_reply_that_comes_after_the_row_was_taken_changes_nothing(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ledger.recover(repeatable=False, now=NOW + LEASE)
        assert ended(ledger, Outcome(subscriber_id=reader, state=State.ACCEPTED, code=250), later=HOUR) == 0
        assert ledger.counts() == {State.UNCERTAIN: 1}

    def test_a_reply_in_time_counts_though_the_lease_is_over(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        assert ended(ledger, Outcome(subscriber_id=reader, state=State.ACCEPTED, code=250), later=HOUR) == 1


class TestRules(Promises):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryLedger()


class TestRows(Promises):
    @pytest.fixture
    def ledger(self, database: Database) -> Ledger:
        return StoredLedger(database)
