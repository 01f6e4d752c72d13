"""A desk at which lists come in, and what is looked at after."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers import leaving, people
from subscribers.addresses import parse_address
from subscribers.audience import audience
from subscribers.life import Status
from subscribers.schema import consents, suppressions
from subscribers.transfer.applicants import Offer
from subscribers.transfer.imports import ListImport, import_csv
from subscribers.transfer.report import ImportReport
from tests.contracts.people import KEY, NOW

DAILY = Offer(newsletter="daily", period="day", language="en", timezone="Asia/Shanghai")
WEEKLY = Offer(newsletter="weekly", period="week", language="zh", timezone="Europe/Berlin")
EVENING = Offer(newsletter="evening", period="day", language="en", timezone="Asia/Shanghai")


def wanted(path: Path, *, offers: tuple[Offer, ...] = (DAILY, WEEKLY)) -> ListImport:
    return ListImport(
        path=path, offers=offers, newsletter="daily", claim="agreed at the fair", suppression_key=KEY
    )


class Desk:
    """Imports texts as files into one database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder

    def imports(self, text: str | bytes, *, offers: tuple[Offer, ...] = (DAILY, WEEKLY)) -> ImportReport:
        path = self.folder / "list.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_csv(wanted(path, offers=offers), write=self.database.write, now=NOW)

    def people(self) -> dict[str, people.Subscriber]:
        with self.database.read() as connection:
            return {person.email: person for person in people.listing(connection)}

    def readers(self, newsletter: str = "daily") -> int:
        with self.database.read() as connection:
            return len(connection.execute(audience(newsletter)).all())

    def consents(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.scalars(sa.select(consents.c.claim)))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.rows, report.added, report.left_alone, report.refused


def status_of(desk: Desk, email: str) -> Status:
    return desk.people()[email].status


def suppressed(desk: Desk) -> set[str]:
    with desk.database.read() as connection:
        return set(connection.scalars(sa.select(suppressions.c.address_hash)))


def end(desk: Desk, email: str, ending: leaving.Ending) -> None:
    with desk.database.write() as connection:
        leaving.end_by_address(connection, parse_address(email), ending, suppression_key=KEY, now=NOW)
