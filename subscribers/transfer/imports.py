"""Bring a list in from CSV: each row is added, left alone or refused with its reason; none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from subscribers import consent
from subscribers.errors import AddressError
from subscribers.schema import consents, imports
from subscribers.transfer import batch, enrolment, products, sheet, staging
from subscribers.transfer.admission import Verdict
from subscribers.transfer.applicants import Applicant, Checker, Flag, Offer, Refusal
from subscribers.transfer.enrolment import Settled
from subscribers.transfer.report import ImportReport, Remark

BATCH = 5000
"""Rows a transaction: some two tenths of a second, for a mail about to go out waits for it."""
SHOWN = 20
"""So many refusals the report holds; all of them go to ``refuse``."""
_VALUE_SHOWN, _WHY_SHOWN = 100, 400
_NO_TOKEN = ("", "")


@dataclass(frozen=True, kw_only=True)
class ListImport:
    """One import: which file for which newsletter, by whose claim, and how people who left are known."""

    path: Path
    offers: Sequence[Offer]
    newsletter: str
    claim: str
    suppression_key: bytes
    have_all_left: bool = False
    """The operator says that everyone in the file left elsewhere."""


Connect = Callable[[], AbstractContextManager[sa.Connection]]
Refuse = Callable[[Refusal], None]
Flagging = Callable[[Remark], None]
Watch = Callable[[str, int, int], None]
"""Is told what is done (``read``: bytes, ``done``: rows), how far and of how much."""


def _untold(*_: object) -> None: ...


def import_csv(
    wanted: ListImport,
    *,
    write: Connect,
    now: datetime,
    refuse: Refuse = _untold,
    flag: Flagging = _untold,
    watch: Watch = _untold,
) -> ImportReport:
    """Import a file's rows as active, under one consent record; people who left stay away.

    A batch is one transaction. Run again after a stop it goes on under the same record, and after its end it changes
    nothing. Raises ``ImportFileError``, and then takes nothing: the file is read to its end first.
    """
    with staging.stage() as stage:
        reading = _Reading(wanted, stage, refuse=refuse, flag=flag, watch=watch)
        reading.to_end(now=now)
        with write() as connection:
            ledger = _Ledger(connection, wanted, digest=reading.listed.digest, now=now)

        def take(some: _Ready) -> Settled:
            with write() as connection, batch.laid_out(connection, some.prepared) as laid:
                return ledger.settle(connection, laid, rows=some.rows)

        reading.settle(take, tokens=staging.fresh_tokens(reading.tally["rows"]))
        with write() as connection:
            ledger.finish(connection, rows=reading.tally["rows"])
        return reading.report(done_before=ledger.done_before)


def rehearse_csv(
    wanted: ListImport,
    *,
    read: Connect,
    now: datetime,
    refuse: Refuse = _untold,
    flag: Flagging = _untold,
    watch: Watch = _untold,
) -> ImportReport:
    """Return what ``import_csv`` would, and write nothing. Raises ``ImportFileError``."""
    with staging.stage() as stage:
        reading = _Reading(wanted, stage, refuse=refuse, flag=flag, watch=watch)
        reading.to_end(now=now)
        with read() as connection:
            before = _find_before(connection, wanted, digest=reading.listed.digest)
        unfinished = None if before is None or before.finished_at else before

        def look(some: _Ready) -> Settled:
            with read() as connection, batch.laid_out(connection, some.prepared) as laid:
                return enrolment.settle(connection, laid, resumed=unfinished and unfinished.consent_id)

        reading.settle(look, tokens=repeat(_NO_TOKEN))
        return reading.report(done_before=unfinished.rows if unfinished else 0)


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A batch ready to be written; ``rows`` counts the list's rows up to its end."""

    prepared: batch.Prepared
    rows: int


class _Reading:
    """Reads and checks one file, and counts what becomes of its rows."""

    def __init__(
        self, wanted: ListImport, stage: staging.Stage, *, refuse: Refuse, flag: Flagging, watch: Watch
    ) -> None:
        self.tally: Counter[str] = Counter()
        self.listed = sheet.look_over(wanted.path)
        self._wanted, self._stage = wanted, stage
        self._refuse, self._flag, self._watch = refuse, flag, watch
        self._first_refused: list[Refusal] = []

    def to_end(self, *, now: datetime) -> None:
        """Read and check the whole file onto the stage."""
        checker = Checker(
            self.listed,
            offers=self._wanted.offers,
            newsletter=self._wanted.newsletter,
            now=now,
            have_all_left=self._wanted.have_all_left,
        )
        self._stage.add(self._checked(checker))
        self._watch("read", self.listed.size, self.listed.size)

    def _checked(self, checker: Checker) -> Iterator[Applicant]:
        size = self.listed.size
        for number, cells in self.listed.rows(at=lambda done: self._watch("read", done, size)):
            self.tally["rows"] += 1
            try:
                yield from checker.check(number, cells)
            except (AddressError, ValueError, OverflowError) as error:  # the unforeseen harms no other row
                column = error.column if isinstance(error, AddressError) else "email"
                value, why = cells.get(column, "")[:_VALUE_SHOWN], str(error)[:_WHY_SHOWN]
                self._turn_away(Refusal(row=number, column=column, value=value, why=why))

    def _turn_away(self, refusal: Refusal) -> None:
        self.tally["refused"] += 1
        if len(self._first_refused) < SHOWN:
            self._first_refused.append(refusal)
        self._refuse(refusal)

    def settle(self, take: Callable[[_Ready], Settled], *, tokens: Iterable[staging.Token]) -> None:
        """Let ``take`` write batch after batch, and count what becomes of them.

        While one is made ready the database is free for others; a thread that did this meanwhile would starve them.
        """
        of = self.tally["rows"] - self.tally["refused"]
        for ready in self._batches(tokens):
            self._count(ready.prepared.applicants, take(ready))
            self._watch("done", ready.rows, of)

    def _batches(self, tokens: Iterable[staging.Token]) -> Iterator[_Ready]:
        key = self._wanted.suppression_key
        for some in self._stage.batches(BATCH):
            yield _Ready(prepared=batch.prepare(some.applicants, tokens, suppression_key=key), rows=some.rows)

    def _count(self, applicants: Sequence[Applicant], settled: Settled) -> None:
        """Count what became of a batch; a row that names several newsletters counts once."""
        verdicts = settled.verdicts
        taken = {one.row: one for one, verdict in zip(applicants, verdicts, strict=True) if verdict in _TAKEN}
        away = {one.row for one, verdict in zip(applicants, verdicts, strict=True) if verdict is _AWAY}
        flagged = [one for one in taken.values() if one.flags & _REMARKABLE]
        self.tally.update(
            added=len(taken),
            left_elsewhere=len(away),
            leaving=len(settled.readers),
            steadfast=settled.steadfast,
            roles=sum(bool(one.flags & Flag.ROLE) for one in flagged),
            disposable=sum(bool(one.flags & Flag.DISPOSABLE) for one in flagged),
        )
        for one in flagged:
            what = "; ".join(words for flag, words in _REMARKS.items() if one.flags & flag)
            self._flag(Remark(row=one.row, address=one.email, what=what))

    def report(self, *, done_before: int) -> ImportReport:
        """Return what was counted."""
        tally, listed = self.tally, self.listed
        columns, name = dict(listed.columns).keys(), self._wanted.path.name
        advice = products.advice(listed.product, columns, file_name=name)
        return ImportReport(
            rows=tally["rows"],
            added=tally["added"],
            left_alone=tally["rows"] - tally["added"] - tally["refused"],
            refused=tally["refused"],
            first_refused=tuple(self._first_refused),
            left_elsewhere=tally["left_elsewhere"],
            leaving=tally["leaving"],
            steadfast=tally["steadfast"],
            roles=tally["roles"],
            disposable=tally["disposable"],
            done_before=done_before,
            heads=listed.heads(are_read=True),
            passed_over=listed.heads(are_read=False),
            product=listed.product.name if listed.product else "",
            advice="" if self._wanted.have_all_left else advice,
            is_gbk=listed.encoding == sheet.GBK,
            digest=listed.digest,
        )


_TAKEN = (Verdict.TAKEN, Verdict.TAKEN_BEFORE)
_AWAY = Verdict.LEFT_ELSEWHERE
_REMARKS = {Flag.ROLE: "an address of a task, not of a person", Flag.DISPOSABLE: "a disposable address"}
_REMARKABLE = int(Flag.ROLE | Flag.DISPOSABLE)


class _Ledger:
    """Keeps the one consent record of an import, and how far it came."""

    def __init__(self, connection: sa.Connection, wanted: ListImport, *, digest: str, now: datetime) -> None:
        before = _find_before(connection, wanted, digest=digest)
        self._wanted, self._digest, self._now = wanted, digest, now
        self._origin = wanted.path.name.encode("utf-8", "replace").decode()  # bytes that are no text become ?
        self._consent_id: int | None = before and before.consent_id
        self.resumed = None if before is None or before.finished_at else self._consent_id
        self.done_before: int = before.rows if before and self.resumed else 0

    def settle(self, connection: sa.Connection, laid: batch.Batch, *, rows: int) -> Settled:
        """Write a batch down, and that the rows up to its end are done."""
        settled = enrolment.settle(connection, laid, resumed=self.resumed)
        if Verdict.TAKEN in settled.verdicts:
            consent_id = self._consent_id = self._consent_id or self._record(connection)
            enrolment.admit(connection, laid, settled.verdicts, consent_id=consent_id, now=self._now)
        enrolment.send_away(connection, laid, settled, origin=f"import of {self._origin}", now=self._now)
        mine = sa.and_(imports.c.consent_id == self._consent_id, imports.c.finished_at.is_(None))
        connection.execute(imports.update().where(mine).values(rows=rows))
        return settled

    def _record(self, connection: sa.Connection) -> int:
        consent_id = consent.record(
            connection,
            kind=consent.Kind.IMPORT,
            claim=self._wanted.claim,
            origin=self._origin,
            now=self._now,
        )
        mine = {"consent_id": consent_id, "digest": self._digest, "newsletter": self._wanted.newsletter}
        connection.execute(imports.insert(), {**mine, "rows": 0})
        return consent_id

    def finish(self, connection: sa.Connection, *, rows: int) -> None:
        """Write down that the file is done."""
        mine = sa.and_(imports.c.consent_id == self._consent_id, imports.c.finished_at.is_(None))
        connection.execute(imports.update().where(mine).values(rows=rows, finished_at=self._now))


def _find_before(connection: sa.Connection, wanted: ListImport, *, digest: str) -> sa.Row[Any] | None:
    """Return the last import of the same file for the same newsletter by the same claim."""
    found = (
        sa.select(imports)
        .join(consents, consents.c.id == imports.c.consent_id)
        .where(
            imports.c.digest == digest,
            imports.c.newsletter == wanted.newsletter,
            consents.c.claim == wanted.claim,
        )
        .order_by(imports.c.consent_id.desc())
        .limit(1)
    )
    return connection.execute(found).one_or_none()
