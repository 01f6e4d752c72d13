"""An issue's ledger three times over: in memory by the rules alone, and the rows of each database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Protocol

import sqlalchemy as sa

from pipeline.deliver import ledger
from pipeline.deliver.ledger import Row
from pipeline.model import DeliveryState as State
from pipeline.model import IssueStatus
from pipeline.store import deliveries, issues, uncertain
from pipeline.store.database import Database
from pipeline.store.deliveries import Outcome
from pipeline.store.schema import deliveries as rows
from tests.contracts.people import NOW, add, sign_up
from tests.contracts.planning import END, READERS, begun, counts, leave, plan


class Ledger(Protocol):
    """What senders do to one issue's rows, and beside it what readers and editors do meanwhile."""

    def plan(self) -> None: ...

    def recover(
        self, *, repeatable: bool, now: datetime, dead: Collection[str] = (), living: Collection[str] = ()
    ) -> int: ...

    def sweep(self, *, now: datetime, ignore_hours: bool = True) -> None: ...

    def claim(
        self, *, owner: str, lease_until: datetime, now: datetime, limit: int, ignore_hours: bool
    ) -> frozenset[int]: ...

    def start(
        self, ids: Collection[int], *, owner: str, lease_until: datetime, now: datetime
    ) -> frozenset[int]: ...

    def finish(self, outcomes: Iterable[Outcome], *, owner: str, now: datetime) -> int: ...

    def give_back(self, *, owner: str, now: datetime) -> None: ...

    def resolve(self, state: State) -> int: ...

    def owners(self) -> frozenset[str]: ...

    def counts(self) -> Mapping[str, int]: ...

    def rows(self) -> Mapping[int, Row]:
        """Return every row by its subscriber's id."""

    def join(self, *, due_at: datetime = NOW) -> int:
        """Add a reader, who is due at a moment once planned for, and return the id: 1, 2 and so on."""

    def leave(self, subscriber_id: int) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class MemoryLedger:
    """A dict of rows that nothing but the rules of ``deliver.ledger`` moves."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._due: dict[int, datetime] = {}
        self._gone: set[int] = set()
        self._is_sending = True

    def plan(self) -> None:
        for each in self._due.keys() - self._gone - self._rows.keys():
            self._rows[each] = Row(due_at=self._due[each], not_after=END)

    def recover(
        self, *, repeatable: bool, now: datetime, dead: Collection[str] = (), living: Collection[str] = ()
    ) -> int:
        def rule(_: int, row: Row) -> Row | None:
            return ledger.recovered(row, repeatable=repeatable, now=now, dead=dead, living=living)

        return len(self._move(rule))

    def sweep(self, *, now: datetime, ignore_hours: bool = True) -> None:
        def rule(each: int, row: Row) -> Row | None:
            return ledger.swept(row, now=now, ignore_hours=ignore_hours, is_reader=each not in self._gone)

        self._move(rule)

    def claim(
        self, *, owner: str, lease_until: datetime, now: datetime, limit: int, ignore_hours: bool
    ) -> frozenset[int]:
        def rule(_: int, row: Row) -> Row | None:
            return ledger.claimed(
                row, owner=owner, lease_until=lease_until, now=now, ignore_hours=ignore_hours
            )

        by_due = sorted(self._rows, key=lambda each: self._rows[each].due_at)
        return frozenset(self._move(rule, by_due, limit=limit))

    def start(
        self, ids: Collection[int], *, owner: str, lease_until: datetime, now: datetime
    ) -> frozenset[int]:
        def rule(each: int, row: Row) -> Row | None:
            return ledger.started(
                row,
                owner=owner,
                lease_until=lease_until,
                now=now,
                is_sending=self._is_sending,
                is_reader=each not in self._gone,
            )

        moved = self._move(rule, ids)
        return frozenset(each for each, row in moved.items() if row.state is State.DATA_STARTED)

    def finish(self, outcomes: Iterable[Outcome], *, owner: str, now: datetime) -> int:  # noqa: ARG002  no rule asks when
        return sum(self._finish(outcome, owner) for outcome in outcomes)

    def _finish(self, told: Outcome, owner: str) -> int:
        def rule(_: int, row: Row) -> Row | None:
            return ledger.finished(
                row,
                told.state,
                owner=owner,
                code=told.code,
                next_try=told.next_try,
                is_try=told.is_try,
            )

        return len(self._move(rule, [told.subscriber_id]))

    def give_back(self, *, owner: str, now: datetime) -> None:  # noqa: ARG002  no rule asks when
        self._move(lambda _, row: ledger.given_back(row, owner=owner))

    def resolve(self, state: State) -> int:
        return len(self._move(lambda _, row: ledger.resolved(row, state)))

    def owners(self) -> frozenset[str]:
        return frozenset(row.owner for row in self._rows.values() if row.owner is not None)

    def counts(self) -> Mapping[str, int]:
        return Counter(row.state for row in self._rows.values())

    def rows(self) -> Mapping[int, Row]:
        return dict(self._rows)

    def join(self, *, due_at: datetime = NOW) -> int:
        self._due[len(self._due) + 1] = due_at
        return len(self._due)

    def leave(self, subscriber_id: int) -> None:
        self._gone.add(subscriber_id)

    def pause(self) -> None:
        self._is_sending = False

    def resume(self) -> None:
        self._is_sending = True

    def _move(
        self,
        rule: Callable[[int, Row], Row | None],
        ids: Iterable[int] | None = None,
        *,
        limit: int | None = None,
    ) -> dict[int, Row]:
        """Move the rows that a rule lets move, all or the first of ``ids``, and return them as they are now."""
        asked = ((each, rule(each, self._rows[each])) for each in (tuple(self._rows) if ids is None else ids))
        moved = dict(islice(((each, row) for each, row in asked if row is not None), limit))
        self._rows |= moved
        return moved


class StoredLedger:
    """The rows of a database; each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._due: dict[str, datetime] = {}
        with database.write() as connection:
            self.issue_id = begun(connection)

    def plan(self) -> None:
        with self.database.write() as connection:
            plan(connection, self.issue_id, due=self._due)

    def recover(
        self, *, repeatable: bool, now: datetime, dead: Collection[str] = (), living: Collection[str] = ()
    ) -> int:
        with self.database.write() as connection:
            return deliveries.recover(
                connection, self.issue_id, repeatable=repeatable, now=now, dead=dead, living=living
            )

    def sweep(self, *, now: datetime, ignore_hours: bool = True) -> None:
        with self.database.write() as connection:
            deliveries.sweep(connection, self.issue_id, READERS, now=now, ignore_hours=ignore_hours)

    def claim(
        self, *, owner: str, lease_until: datetime, now: datetime, limit: int, ignore_hours: bool
    ) -> frozenset[int]:
        with self.database.write() as connection:
            claims = deliveries.claim(
                connection,
                self.issue_id,
                owner=owner,
                lease_until=lease_until,
                now=now,
                limit=limit,
                ignore_hours=ignore_hours,
            )
        return frozenset(claim.subscriber_id for claim in claims)

    def start(
        self, ids: Collection[int], *, owner: str, lease_until: datetime, now: datetime
    ) -> frozenset[int]:
        with self.database.write() as connection:
            return deliveries.start(
                connection, self.issue_id, ids, READERS, owner=owner, lease_until=lease_until, now=now
            )

    def finish(self, outcomes: Iterable[Outcome], *, owner: str, now: datetime) -> int:
        with self.database.write() as connection:
            return deliveries.finish(connection, self.issue_id, outcomes, owner=owner, now=now)

    def give_back(self, *, owner: str, now: datetime) -> None:
        with self.database.write() as connection:
            deliveries.give_back(connection, self.issue_id, owner=owner, now=now)

    def resolve(self, state: State) -> int:
        with self.database.write() as connection:
            return uncertain.resolve(connection, self.issue_id, state, now=NOW)

    def owners(self) -> frozenset[str]:
        with self.database.read() as connection:
            return frozenset(deliveries.owners(connection, self.issue_id))

    def counts(self) -> Mapping[str, int]:
        return counts(self.database, self.issue_id)

    def rows(self) -> Mapping[int, Row]:
        columns = [rows.c[field.name] for field in fields(Row)]
        with self.database.read() as connection:
            found = connection.execute(sa.select(rows.c.subscriber_id, *columns)).mappings().all()
        return {each["subscriber_id"]: _row(each) for each in found}

    def join(self, *, due_at: datetime = NOW) -> int:
        number = len(self._due) + 1
        hour = (
            f"{number // 60:02}:{number % 60:02}"  # one of their own, so that each is due at their own moment
        )
        self._due[hour] = due_at
        with self.database.write() as connection:
            add(connection, sign_up(f"r{number}@x.example", send_at=hour))
        return number

    def leave(self, subscriber_id: int) -> None:
        leave(self.database, f"r{subscriber_id}@x.example")

    def pause(self) -> None:
        self._set(IssueStatus.HELD)

    def resume(self) -> None:
        self._set(IssueStatus.SENDING)

    def _set(self, status: IssueStatus) -> None:
        with self.database.write() as connection:
            issues.set_status(connection, self.issue_id, status=status)


def _row(found: sa.RowMapping) -> Row:
    return Row(**{field.name: found[field.name] for field in fields(Row)} | {"state": State(found["state"])})
