"""Whatever senders, readers and clocks do in whatever order: the rows move as the rules say, nothing is lost or sent twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.deliver.ledger import MOVES, Row, tally
from pipeline.model import DeliveryState as State
from pipeline.store.deliveries import Outcome
from tests.contracts.hurry import hurried
from tests.contracts.ledgers import Ledger, MemoryLedger, StoredLedger
from tests.contracts.people import HOUR, NOW
from tests.contracts.planning import END, LEASE

MOST_READERS, MOST_WHO_LEAVE = 6, 2
SENDERS = ("one", "two")
SETTLED = frozenset(state for state in State if not MOVES[state])
JUMPS = (LEASE / 2, HOUR, -HOUR)
REPLIES = {State.ACCEPTED: 250, State.DEFERRED: 451, State.REJECTED: 550, State.UNCERTAIN: None}
BEFORE_THE_DOT = (State.PLANNED, State.DEFERRED, State.REJECTED, State.SUPPRESSED)

Told = TypeVar("Told")
senders = st.sampled_from(SENDERS)
sometimes = st.sampled_from([False, False, False, True])
stalls = st.sampled_from([timedelta(), timedelta(), LEASE / 2, LEASE])


@dataclass
class Sender:
    """What one process knows: its rows, those whose body is out, and the replies it has yet to write down."""

    owner: str
    hand: set[int] = field(default_factory=set)
    wire: set[int] = field(default_factory=set)
    replies: list[Outcome] = field(default_factory=list)


class Histories(RuleBasedStateMachine):
    """One issue, sent by two processes that stall and die, kept twice: as rules in memory and as rows."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "newsroom.db"
        self._database = hurried(path)
        self._stored, self._twin = StoredLedger(self._database), MemoryLedger()
        self._senders = {name: Sender(owner=name) for name in SENDERS}
        self._dead: list[str] = []
        self._now = NOW
        self._is_repeatable = False
        self._readers = 0
        self._gone: set[int] = set()
        self._arrived: Counter[int] = Counter()
        self._seen: dict[int, Row] = {}

    def teardown(self) -> None:
        try:
            self._everything_is_sent_or_said()
        finally:
            self._database.close()
            self._folder.cleanup()

    @initialize(is_repeatable=sometimes)
    def an_issue_is_planned(self, is_repeatable: bool) -> None:
        self._is_repeatable = is_repeatable
        for _ in range(MOST_READERS - 2):
            self.a_reader_joins()

    @precondition(lambda self: self._readers < MOST_READERS)
    @rule()
    def a_reader_joins(self) -> None:
        due_at = NOW + (self._readers - 3) * HOUR
        self._both(lambda ledger: ledger.join(due_at=due_at))
        self._both(lambda ledger: ledger.plan())
        self._readers += 1

    @precondition(lambda self: len(self._gone) < MOST_WHO_LEAVE)
    @rule(reader=st.integers(1, MOST_READERS - 2))
    def a_reader_leaves(self, reader: int) -> None:
        self._gone.add(reader)
        self._both(lambda ledger: ledger.leave(reader))

    @rule(jump=st.sampled_from(JUMPS))
    def time_passes(self, jump: timedelta) -> None:
        self._now += jump

    @precondition(lambda self: self._now > NOW + HOUR)
    @rule()
    def the_end_is_near(self) -> None:
        self._now = END - LEASE / 2

    @rule(name=senders, limit=st.integers(1, MOST_READERS), ignore_hours=st.booleans())
    def claim(self, name: str, limit: int, ignore_hours: bool) -> None:
        sender, now = self._senders[name], self._now
        sender.hand |= self._both(
            lambda ledger: ledger.claim(
                owner=sender.owner, lease_until=now + LEASE, now=now, limit=limit, ignore_hours=ignore_hours
            )
        )

    @precondition(lambda self: self._with("hand"))
    @rule(data=st.data(), stall=stalls, is_paused=sometimes)
    def start(self, data: st.DataObject, stall: timedelta, is_paused: bool) -> None:
        """Pass the fence with some rows; what ended is written down before, as it is in one transaction."""
        sender = data.draw(st.sampled_from(self._with("hand")))
        self._now += stall
        self._write_down(sender)
        if is_paused:
            self._both(lambda ledger: ledger.pause())
        self._start(sender, _some(data, sender.hand))
        self._both(lambda ledger: ledger.resume())

    @precondition(lambda self: self._with("wire"))
    @rule(data=st.data(), state=st.sampled_from(tuple(REPLIES)))
    def the_dot_goes_out(self, data: st.DataObject, state: State) -> None:
        sender = data.draw(st.sampled_from(self._with("wire")))
        for reader in _some(data, sender.wire):
            sender.wire.remove(reader)
            self._arrived[reader] += state in (State.ACCEPTED, State.UNCERTAIN)
            sender.replies.append(self._outcome(reader, state))

    @precondition(lambda self: self._with("hand"))
    @rule(data=st.data(), state=st.sampled_from(BEFORE_THE_DOT))
    def rows_are_settled_before_the_dot(self, data: st.DataObject, state: State) -> None:
        sender = data.draw(st.sampled_from(self._with("hand")))
        ids = _some(data, sender.hand)
        sender.hand -= ids
        sender.replies += [self._outcome(reader, state) for reader in ids]

    @precondition(lambda self: self._with("replies"))
    @rule(data=st.data(), times=st.integers(1, 2))
    def write_down(self, data: st.DataObject, times: int) -> None:
        self._write_down(data.draw(st.sampled_from(self._with("replies"))), times=times)

    @rule(name=senders)
    def give_back(self, name: str) -> None:
        sender, now = self._senders[name], self._now
        self._both(lambda ledger: ledger.give_back(owner=sender.owner, now=now))
        sender.hand.clear()

    @rule(name=senders)
    def crash(self, name: str) -> None:
        """Forget everything; what was on the wire may have arrived, so let it."""
        sender = self._senders[name]
        self._arrived.update(sender.wire)
        self._dead.append(sender.owner)
        self._senders[name] = Sender(owner=f"{name}, again after {len(self._dead)}")

    @rule(stall=stalls, knows_the_dead=st.booleans())
    def recover(self, stall: timedelta, knows_the_dead: bool) -> None:
        self._now += stall
        now, dead = self._now, tuple(self._dead) if knows_the_dead else ()
        living = [each.owner for each in self._senders.values()] if knows_the_dead else ()
        self._both(
            lambda ledger: ledger.recover(repeatable=self._is_repeatable, now=now, dead=dead, living=living)
        )

    @rule(ignore_hours=st.booleans())
    def sweep(self, ignore_hours: bool) -> None:
        now = self._now
        self._both(lambda ledger: ledger.sweep(now=now, ignore_hours=ignore_hours))

    @invariant()
    def the_rows_are_as_the_rules_say(self) -> None:
        rows = self._twin.rows()
        assert self._stored.rows() == rows

    @invariant()
    def no_row_is_lost_and_what_is_settled_stays(self) -> None:
        rows = self._twin.rows()
        assert rows.keys() >= self._seen.keys()
        assert tally(self._both(lambda ledger: ledger.counts())).total == len(rows)
        for reader, before in self._seen.items():
            if before.state in SETTLED or before.state is State.UNCERTAIN:
                assert rows[reader].state is before.state
        self._seen = dict(rows)

    @invariant()
    def nobody_is_written_to_twice(self) -> None:
        for reader, row in self._twin.rows().items():
            assert row.state is not State.ACCEPTED or self._arrived[reader]
            if self._arrived[reader] and not self._is_repeatable:
                assert self._arrived[reader] == 1
                assert row.state in (State.DATA_STARTED, State.ACCEPTED, State.UNCERTAIN)

    def _everything_is_sent_or_said(self) -> None:
        """Let one good sender come after all the others died."""
        for name in SENDERS:
            self.crash(name)
        self.recover(timedelta(), knows_the_dead=True)
        last = self._senders[SENDERS[0]]
        self.claim(SENDERS[0], MOST_READERS, ignore_hours=True)
        self._start(last, last.hand)
        self._arrived.update(last.wire)
        last.replies += [self._outcome(reader, State.ACCEPTED) for reader in sorted(last.wire)]
        self._write_down(last)
        self._now = max([END, *(row.next_try for row in self._twin.rows().values() if row.next_try)])
        self.sweep(ignore_hours=True)
        self.the_rows_are_as_the_rules_say()
        self.no_row_is_lost_and_what_is_settled_stays()
        self.nobody_is_written_to_twice()
        assert tally(self._stored.counts()).is_final

    def _start(self, sender: Sender, ids: Collection[int]) -> None:
        now = self._now
        passed = self._both(
            lambda ledger: ledger.start(ids, owner=sender.owner, lease_until=now + LEASE, now=now)
        )
        sender.hand -= passed
        sender.wire |= passed

    def _write_down(self, sender: Sender, *, times: int = 1) -> None:
        told, now = sender.replies * times, self._now
        taken = self._both(lambda ledger: ledger.finish(told, owner=sender.owner, now=now))
        assert taken <= len(sender.replies)
        sender.replies.clear()

    def _with(self, what: str) -> list[Sender]:
        """Return the senders that have some of this."""
        return [each for each in self._senders.values() if getattr(each, what)]

    def _outcome(self, reader: int, state: State) -> Outcome:
        return Outcome(
            subscriber_id=reader,
            state=state,
            code=REPLIES.get(state),
            next_try=self._now + LEASE if state is State.DEFERRED else None,
            is_try=state in REPLIES,
        )

    def _both(self, act: Callable[[Ledger], Told]) -> Told:
        """Do the same to both ledgers and return what both say."""
        told = act(self._twin)
        assert act(self._stored) == told
        return told


def _some(data: st.DataObject, ids: set[int]) -> set[int]:
    """Choose one or more."""
    return data.draw(st.sets(st.sampled_from(sorted(ids)), min_size=1))


TestHistories = Histories.TestCase
TestHistories.settings = hypothesis_settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # to shrink a history takes minutes, to read one does not
    suppress_health_check=[HealthCheck.too_slow],
)
