"""The ledger keeps its promises: as rules in memory, and as rows on every database."""

from __future__ import annotations

import pytest

from pipeline.deliver.ledger import tally
from pipeline.model import DeliveryState as State
from pipeline.store.database import Database
from pipeline.store.deliveries import Outcome
from tests.contracts.ledgers import Ledger, MemoryLedger, StoredLedger
from tests.contracts.people import HOUR, NOW
from tests.contracts.planning import END, LEASE
from tests.contracts.senders import claimed, ended, one_started, plan_for, started


class Promises:
    def test_planning_gives_each_reader_one_row_and_again_none(self, ledger: Ledger) -> None:
        first = plan_for(ledger, 2)
        claimed(ledger, limit=1)
        before = dict(ledger.rows())
        ledger.plan()
        assert ledger.rows() == before
        assert tuple(sorted(before)) == first

    def test_planning_again_adds_who_came_meanwhile_and_nobody_who_left(self, ledger: Ledger) -> None:
        early, leaver, late = ledger.join(), ledger.join(), ledger.join()
        ledger.leave(leaver)
        ledger.plan()
        assert set(ledger.rows()) == {early, late}
        newest = ledger.join()
        ledger.plan()
        assert set(ledger.rows()) == {early, late, newest}

    def test_what_one_sender_claims_another_does_not_get(self, ledger: Ledger) -> None:
        plan_for(ledger, 3)
        first, second = claimed(ledger, owner="one", limit=2), claimed(ledger, owner="two")
        assert (len(first), len(second)) == (2, 1)
        assert not first & second
        assert ledger.owners() == {"one", "two"}

    def test_who_is_due_first_is_claimed_first(self, ledger: Ledger) -> None:
        last, first = ledger.join(due_at=NOW - HOUR), ledger.join(due_at=NOW - 2 * HOUR)
        ledger.plan()
        assert claimed(ledger, limit=1) == {first}
        assert claimed(ledger, limit=1) == {last}

    def test_readers_hours_are_waited_for_unless_ignored(self, ledger: Ledger) -> None:
        now, later = ledger.join(), ledger.join(due_at=NOW + HOUR)
        ledger.plan()
        assert claimed(ledger, ignore_hours=False) == {now}
        assert claimed(ledger) == {later}

    def test_what_is_too_late_is_not_claimed(self, ledger: Ledger) -> None:
        plan_for(ledger, 1)
        assert claimed(ledger, later=END - NOW) == set()

    def test_an_acceptance_told_twice_counts_once(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        accepted = Outcome(subscriber_id=reader, state=State.ACCEPTED, code=250)
        assert ended(ledger, accepted, accepted) == 1
        assert ended(ledger, accepted) == 0
        assert ledger.rows()[reader].attempts == 1

    def test_what_was_accepted_stays_accepted(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ended(ledger, Outcome(subscriber_id=reader, state=State.ACCEPTED, code=250))
        ledger.leave(reader)
        assert claimed(ledger, later=HOUR) == started(ledger, [reader], later=HOUR) == set()
        ledger.sweep(now=END)
        ledger.give_back(owner="me", now=NOW)
        assert ledger.recover(repeatable=True, now=END, dead=["me"]) == 0
        assert all(ended(ledger, Outcome(subscriber_id=reader, state=state)) == 0 for state in State)
        assert ledger.counts() == {State.ACCEPTED: 1}

    def test_a_row_gets_one_dot(self, ledger: Ledger) -> None:
        assert started(ledger, [one_started(ledger)]) == set()

    def test_the_fence_refuses_a_lease_that_is_over(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 1)
        claimed(ledger)
        assert started(ledger, ids, later=LEASE) == set()
        assert ledger.counts() == {State.CLAIMED: 1}

    def test_the_fence_refuses_another_owner(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 1)
        claimed(ledger)
        assert started(ledger, ids, owner="somebody else") == set()

    def test_the_fence_refuses_a_reader_who_left_a_second_ago(self, ledger: Ledger) -> None:
        leaver, stayer = plan_for(ledger, 2)
        claimed(ledger)
        ledger.leave(leaver)
        assert started(ledger, [leaver, stayer]) == {stayer}
        assert ledger.counts() == {State.SUPPRESSED: 1, State.DATA_STARTED: 1}

    def test_the_fence_refuses_an_issue_that_was_paused(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 1)
        claimed(ledger)
        ledger.pause()
        assert started(ledger, ids) == set()
        ledger.resume()
        assert started(ledger, ids) == set(ids)

    def test_the_fence_lets_expire_what_became_too_late(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 1)
        almost = END - NOW - LEASE / 2
        claimed(ledger, later=almost)
        assert started(ledger, ids, later=END - NOW) == set()
        assert ledger.counts() == {State.EXPIRED: 1}

    def test_the_lease_begins_anew_at_the_dot(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 1)
        claimed(ledger)
        started(ledger, ids, later=LEASE / 2)
        assert ledger.recover(repeatable=False, now=NOW + LEASE) == 0
        assert ledger.recover(repeatable=False, now=NOW + LEASE * 1.5) == 1

    def test_a_deferred_row_waits_for_its_next_try(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ended(ledger, Outcome(subscriber_id=reader, state=State.DEFERRED, code=451, next_try=NOW + 2 * LEASE))
        assert claimed(ledger, later=LEASE) == set()
        assert claimed(ledger, later=2 * LEASE) == {reader}
        assert ledger.rows()[reader].attempts == 1

    def test_deferring_never_turns_into_rejecting(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        ended(ledger, Outcome(subscriber_id=reader, state=State.DEFERRED, code=451, next_try=NOW + HOUR))
        assert ended(ledger, Outcome(subscriber_id=reader, state=State.REJECTED, code=550)) == 0
        for hours in range(1, 12):
            later = hours * HOUR
            assert started(ledger, claimed(ledger, later=later), later=later) == {reader}
            again = Outcome(subscriber_id=reader, state=State.DEFERRED, code=451, next_try=NOW + later + HOUR)
            assert ended(ledger, again, later=later) == 1
        ledger.sweep(now=END)
        assert ledger.counts() == {State.EXPIRED: 1}
        assert ledger.rows()[reader].attempts == 12

    def test_many_ends_are_told_at_once_each_with_its_own_reply(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 7)
        claimed(ledger)
        started(ledger, ids[:6])
        told = [
            Outcome(subscriber_id=ids[0], state=State.ACCEPTED, code=250),
            Outcome(subscriber_id=ids[1], state=State.DEFERRED, code=451, next_try=NOW + HOUR),
            Outcome(subscriber_id=ids[2], state=State.REJECTED, code=550),
            Outcome(subscriber_id=ids[3], state=State.ACCEPTED, code=252),
            Outcome(subscriber_id=ids[4], state=State.DEFERRED, code=421, next_try=NOW + 2 * HOUR),
            Outcome(subscriber_id=ids[5], state=State.UNCERTAIN),
            Outcome(subscriber_id=ids[6], state=State.PLANNED, is_try=False),
        ]
        assert ended(ledger, *told) == 7
        rows = ledger.rows()
        for each in told:
            row = rows[each.subscriber_id]
            assert (row.state, row.code, row.next_try) == (each.state, each.code, each.next_try)
            assert (row.owner, row.lease_until, row.attempts) == (None, None, int(each.is_try))

    def test_a_strangers_word_changes_nothing(self, ledger: Ledger) -> None:
        reader = one_started(ledger)
        before = dict(ledger.rows())
        assert ended(ledger, Outcome(subscriber_id=reader, state=State.ACCEPTED), owner="stranger") == 0
        ledger.give_back(owner="stranger", now=NOW)
        assert ledger.rows() == before

    def test_nothing_is_accepted_that_was_not_started(self, ledger: Ledger) -> None:
        [reader] = plan_for(ledger, 1)
        claimed(ledger)
        assert ended(ledger, Outcome(subscriber_id=reader, state=State.ACCEPTED)) == 0
        assert ledger.counts() == {State.CLAIMED: 1}

    def test_the_sweep_expires_what_is_too_late(self, ledger: Ledger) -> None:
        plan_for(ledger, 1)
        ledger.sweep(now=END)
        assert ledger.counts() == {State.EXPIRED: 1}

    def test_the_sweep_suppresses_who_left_once_their_hour_has_come(self, ledger: Ledger) -> None:
        for reader in (ledger.join(), ledger.join(due_at=NOW + HOUR)):
            ledger.plan()
            ledger.leave(reader)
        ledger.sweep(now=NOW, ignore_hours=False)
        assert ledger.counts() == {State.SUPPRESSED: 1, State.PLANNED: 1}
        ledger.sweep(now=NOW)
        assert ledger.counts() == {State.SUPPRESSED: 2}

    def test_given_back_rows_are_planned_again_and_only_ours_before_the_dot(self, ledger: Ledger) -> None:
        first, _, _ = plan_for(ledger, 3)
        claimed(ledger, owner="one", limit=2)
        claimed(ledger, owner="two", limit=1)
        started(ledger, [first], owner="one")
        ledger.give_back(owner="one", now=NOW)
        assert ledger.counts() == {State.DATA_STARTED: 1, State.PLANNED: 1, State.CLAIMED: 1}

    def test_the_sum_stays_the_number_of_readers(self, ledger: Ledger) -> None:
        ids = plan_for(ledger, 4)
        claimed(ledger, limit=2)
        assert tally(ledger.counts()).planned == 4
        started(ledger, ids)
        ended(ledger, *(Outcome(subscriber_id=each, state=State.REJECTED, code=550) for each in ids))
        counted = tally(ledger.counts())
        assert (counted.total, counted.rejected, counted.planned) == (4, 2, 2)


class TestRules(Promises):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryLedger()


class TestRows(Promises):
    @pytest.fixture
    def ledger(self, database: Database) -> Ledger:
        return StoredLedger(database)
