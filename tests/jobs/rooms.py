"""Newsrooms that publish by themselves: no sources unless a test names some, a clock that tests move, and what was heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.app import Newsroom, open_newsroom
from pipeline.config import Newsletter
from pipeline.jobs.batch import Batch
from pipeline.jobs.collect import SourceRead
from pipeline.jobs.intake import Tally
from pipeline.jobs.letters import LetterReport
from pipeline.jobs.send import SendReport
from pipeline.model import Issue, Slot
from pipeline.store import issues
from pipeline.store.complaints import Complaints
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.addresses import parse_address
from tests.jobs.newsroom import Clock

_HEAD = """
[publisher]
name = "Lantern Press"
postal_address = "12 Lantern Lane, Example District, Shanghai 200000"
contact = "editor@lantern.example"
{publisher}

[sources]
shipped = false

[fetch]
allow_private = ["127.0.0.0/8"]
pause = "0s"
"""
DAILY = """
[[newsletter]]
key = "daily"
title = "Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"
languages = ["en"]
on_thin = "send"
min_items = 0
"""
DUE = datetime(2022, 2, 21, 22, 0, tzinfo=UTC)
"""The instant of the daily's slot of 2022-02-22."""
WALL = "2022-02-22T06:00"


@dataclass(kw_only=True)
class Heard:
    """Writes down what a newsroom says of itself."""

    read: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    complaints: list[Complaints] = field(default_factory=list)
    letters: list[LetterReport] = field(default_factory=list)
    taken_at: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    looks: int = 0
    """Counted by tests that watch."""

    def source_read(self, newsletter: Newsletter, read: SourceRead) -> None:
        self.read.append(f"{newsletter.key} {read.source.key}")

    def issue_made(self, newsletter: Newsletter, issue: Issue) -> None:
        self.made.append(f"{newsletter.key} {issue.slot.wall} {issue.status}")

    def slots_missed(self, newsletter: Newsletter, slots: Sequence[Slot]) -> None:
        self.missed += [f"{newsletter.key} {slot.wall}" for slot in slots]

    def sending_ended(self, newsletter: Newsletter, ended: SendReport) -> None:
        self.ended.append(f"{newsletter.key} {ended.issue.status} {ended.tally.accepted}")

    def batch_ended(self, batch: Batch) -> None:
        self.batches.append(batch)

    def complaints_counted(self, complaints: Complaints) -> None:
        self.complaints.append(complaints)

    def mail_taken_at(self, address: str) -> None:
        self.taken_at.append(address)

    def mails_read(self, tally: Tally) -> None:
        self.changes += [f"{each.subscriber_id} {each.status}" for each in tally.changes]

    def letters_tried(self, report: LetterReport) -> None:
        self.letters.append(report)

    def trouble(self, newsletter: Newsletter | None, text: str) -> None:
        self.troubles.append(f"{newsletter.key}: {text}" if newsletter else text)


def furnish(
    home: Path, *, newsletters: str = DAILY, publisher: str = "", sources: str = "", more: str = ""
) -> Path:
    """Write a newsroom's files; ``sources`` is the address of a site, which is read as a feed."""
    home.mkdir(exist_ok=True)
    settings = _HEAD.format(publisher=publisher) + newsletters + more
    (home / "metabrief.toml").write_text(settings, encoding="utf-8")
    table = f'[[source]]\nkey = "one"\nname = "One"\nhome = "{sources}"\nlanguage = "en"\nfeed = "{sources}/feed"\n'
    (home / "sources.toml").write_text(table if sources else "", encoding="utf-8")
    return home


@contextmanager
def room(home: Path, *, at: datetime = DUE) -> Iterator[tuple[Newsroom, Clock]]:
    """Open a furnished newsroom at a moment."""
    clock = Clock()
    clock.moment = at
    with open_newsroom(home, clock=clock) as newsroom:
        yield newsroom, clock


def slots(newsroom: Newsroom) -> list[str]:
    """Return each issue's slot and status, oldest first."""
    with newsroom.database.read() as connection:
        return [f"{issue.slot.wall} {issue.status}" for issue in reversed(issues.listing(connection))]


def invite(
    newsroom: Newsroom, email: str, *, timezone: str = "Asia/Shanghai", hour: str | None = None
) -> None:
    """Add an active reader of the daily."""
    person = store.SignUp(
        address=parse_address(email), newsletter="daily", language="en", timezone=timezone, send_at=hour
    )
    with newsroom.database.write() as connection:
        store.add(
            connection,
            person,
            claim="agreed at the desk",
            suppression_key=newsroom.suppression_key,
            mailer=Letters(),
            now=newsroom.clock(),
        )
