"""A newsroom with an approved issue, worked from outside: by its commands, each a process, and by the ledger's table."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.app import open_newsroom
from pipeline.jobs.letterhead import disclaimers
from pipeline.model import Issue, IssueStatus, Slot, TransportKind, Variant
from pipeline.render.personalise import marker
from pipeline.store import drafts
from tests.chaos.process import Ended, Process
from tests.chaos.sink import ABILITIES, Noted, Rule, Sink, friendly, noted

IS_LONG = "CHAOS_READERS" in os.environ
READERS = int(os.environ.get("CHAOS_READERS", "400"))
"""How many readers an issue goes to; named, faults last as long as they do in life."""
in_life = pytest.mark.in_life

_ADDRESS = "12 Lantern Lane, Example District, Shanghai 200000"
_FILLER = tuple(f"{number}: what the halls, the headsets and the lanterns did today." for number in range(40))
_SETTINGS = """
[publisher]
name = "Lantern Press"
postal_address = "{address}"
contact = "editor@lantern.example"
site_url = "https://news.lantern.example"

[database]
url = "{database}"

[delivery]
transport = "{transport}"
outbox = "{outbox}"
check_site = false
retry_pauses = ["1s"]
connections = {connections}

[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
from_address = "brief@lantern.example"
return_path_domain = "bounces.lantern.example"

[sources]
shipped = false

[web]
port = 0

[[newsletter]]
key = "daily"
title = "China Metaverse Daily"
schedule = "0 0 1 1 *"
timezone = "Asia/Shanghai"
"""


@dataclass(frozen=True, kw_only=True)
class Room:
    """A newsroom's folder, and where its relay writes down what it takes."""

    home: Path
    database: str
    log: Path
    readers: int = READERS
    prefix: tuple[str, ...] = ()
    """What a command is run through."""
    processes: list[Process] = field(default_factory=list)

    def configure(
        self, *, port: int = 25, connections: int = 10, transport: str = "smtp", outbox: str = "outbox"
    ) -> None:
        settings = _SETTINGS.format(
            address=_ADDRESS,
            database=self.database,
            port=port,
            connections=connections,
            transport=transport,
            outbox=outbox,
        )
        (self.home / "metabrief.toml").write_text(settings, encoding="utf-8")

    def start(self, *words: str | Path) -> Process:
        """Start a command as one would type it."""
        program = Path(sys.executable).parent / "metabrief"
        return self.run([program, "--home", self.home, *words])

    def run(self, words: Sequence[str | Path]) -> Process:
        """Start a program; what still runs at the end of the test is killed."""
        process = Process([*self.prefix, *words])
        self.processes.append(process)
        return process

    def metabrief(self, *words: str | Path) -> Ended:
        """Run a command to its end."""
        return self.start(*words).ended()

    def send(self) -> Ended:
        """Send until the issue is final, held or not to be finished."""
        return self.metabrief("send", "1", "--wait")

    def finish(self, *, tries: int = 10) -> Ended:
        """Send as a person does who starts again what failed."""
        for _ in range(tries):
            ended = self.send()
            if ended.code != 1:
                break
        return ended

    def shown(self) -> dict[str, Any]:
        """Return what ``issues show`` says."""
        shown: dict[str, Any] = json.loads(self.metabrief("issues", "show", "1", "--json").out)
        return shown

    def states(self) -> dict[str, str]:
        """Return where each reader's delivery stands, from the ledger's own table."""
        url = sa.make_url(self.database)
        if url.get_backend_name() == "sqlite":
            url = url.set(database=str(self.home / str(url.database)))
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return {row.email: row.state for row in connection.execute(sa.text(_STATES))}

    def doubts(self) -> int:
        """Return how many deliveries may or may not have arrived."""
        return sum(state in ("uncertain", "data_started") for state in self.states().values())


_STATES = "SELECT email, state FROM deliveries JOIN subscribers ON subscribers.id = subscriber_id"


def enrol(room: Room) -> None:
    """Import the readers."""
    lines = [f"r{number}@d{number % 97}.example,Reader {number},en" for number in range(room.readers)]
    people = room.home / "people.csv"
    people.write_text("\n".join(("email,name,language", *lines)), encoding="utf-8")
    ended = room.metabrief(
        "subscribers", "import", people, "--newsletter", "daily", "--consent", "at the fair"
    )
    assert ended.code == 0, ended.err


def approve_issue(room: Room, transport: TransportKind) -> None:
    """Keep an approved issue of one hand-made variant."""
    now = datetime.now(UTC)
    slot = Slot(wall=f"{now.year}-01-01T00:00", instant=datetime(now.year - 1, 12, 31, 16, 0, tzinfo=UTC))
    with open_newsroom(room.home) as newsroom:
        issue = Issue(
            newsletter="daily",
            slot=slot,
            status=IssueStatus.APPROVED,
            transport=transport,
            variants=(_variant(disclaimers(newsroom, "en")),),
        )
        with newsroom.database.write() as connection:
            drafts.keep(connection, issue, release_at=None, now=now)


def _variant(disclaimers: Sequence[str]) -> Variant:
    lines = (marker("greeting"), "元宇宙要闻", *disclaimers, marker("why"), _ADDRESS, *_FILLER)
    body = "".join(f"<p>{line}</p>\n" for line in lines)
    return Variant(
        language="en",
        subject="VR in Shanghai",
        preview="p",
        html=f'<html><body>{body}<a href="{marker("leave_url")}">Leave</a></body></html>\n',
        text="\n".join((*lines, marker("leave_url"), "")),
    )


@contextmanager
def relay(
    room: Room, rule: Rule = friendly, *, connections: int = 10, abilities: Sequence[str] = ABILITIES
) -> Iterator[Sink]:
    """Open a relay that the newsroom sends to."""
    with Sink(room.log, abilities=abilities, rule=rule) as sink:
        room.configure(port=sink.port, connections=connections)
        yield sink


def contradictions(states: dict[str, str], mails: Sequence[Noted]) -> tuple[str, ...]:
    """Return where the ledger and the mail that arrived deny one another, a line each; none is right."""
    known = ("accepted", "uncertain", "data_started")
    names = Counter(mail.message_id for mail in mails) + Counter(mail.recipient for mail in mails)
    arrived = {mail.recipient for mail in mails}
    return (
        *(f"twice: {name}" for name, number in names.items() if number > 1),
        *(
            f"accepted, but not here: {email}"
            for email, state in states.items()
            if state == "accepted" and email not in arrived
        ),
        *(f"here, but {states.get(email)}: {email}" for email in arrived if states.get(email) not in known),
    )


def check(room: Room, ended: Ended, *, uncertain: int = 0, closed: Collection[str] = ()) -> None:
    """Hold a finished issue to the promise: nothing lost, nothing twice, ledger = relay, sums that balance and are told.

    ``uncertain`` is the most that may be so, ``closed`` who was rightly not written to.
    """
    check_so_far(room)
    states = room.states()
    open_rows = {email: state for email, state in states.items() if state not in ("accepted", "uncertain")}
    assert open_rows.keys() == set(closed), (open_rows, ended)
    shown = room.shown()["deliveries"]
    assert shown["uncertain"] <= uncertain, ended
    assert ended.sums == shown
    assert shown.pop("total") == sum(shown.values()) == room.readers
    assert ended.code == (3 if shown["uncertain"] else 0), ended


def check_so_far(room: Room) -> None:
    """Hold an issue under way to the promise that ledger and relay never deny one another."""
    assert contradictions(room.states(), noted(room.log)) == ()
