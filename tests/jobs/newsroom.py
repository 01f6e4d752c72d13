"""A small newsroom in a folder: a few readers, one approved issue of a hand-made variant, a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from pipeline.app import Newsroom, open_newsroom
from pipeline.config import Newsletter
from pipeline.jobs.letterhead import disclaimers
from pipeline.jobs.send import report
from pipeline.model import Issue, IssueStatus, Slot, TransportKind, Variant
from pipeline.render.personalise import marker
from pipeline.store import drafts, issues
from pipeline.store.letters import Letters
from pipeline.store.schema import deliveries
from subscribers import leaving, store
from subscribers.addresses import parse_address

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
SLOT = Slot(wall="2022-02-22T06:00", instant=datetime(2022, 2, 21, 22, 0, tzinfo=UTC))
ADDRESS = "12 Lantern Lane, Example District, Shanghai 200000"

_TOML = """
[publisher]
name = "Lantern Press"
postal_address = "{address}"
contact = "editor@lantern.example"
site_url = "{site_url}"

[delivery]
transport = "{transport}"
check_site = {check_site}
{delivery}

[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
from_address = "brief@lantern.example"
return_path_domain = "bounces.lantern.example"
{smtp}

[[newsletter]]
key = "daily"
title = "China Metaverse Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"
"""


class Clock:
    """Stands still until a test moves it, and counts how often it was asked."""

    def __init__(self) -> None:
        self.moment = NOW
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return self.moment

    def forward(self, by: timedelta) -> None:
        self.moment += by


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An open newsroom with an issue to send."""

    newsroom: Newsroom
    clock: Clock
    issue: Issue

    @property
    def newsletter(self) -> Newsletter:
        return self.newsroom.settings.newsletter[0]

    @property
    def status(self) -> str:
        """Return the issue's status, and why it is held."""
        issue = report(self.newsroom, self.issue.id).issue
        return f"{issue.status} {issue.hold_reason}" if issue.hold_reason else str(issue.status)

    @property
    def tally(self) -> dict[str, int]:
        """Return how many deliveries stand where, without the zeros."""
        by_state = report(self.newsroom, self.issue.id).tally.by_state()
        return {state: number for state, number in by_state.items() if number}

    def rows(self, column: str) -> list[object]:
        """Return one column of the ledger, by subscriber."""
        chosen = sa.select(deliveries.c[column]).order_by(deliveries.c.subscriber_id)
        with self.newsroom.database.read() as connection:
            return list(connection.scalars(chosen))

    def leave(self, email: str) -> None:
        key = self.newsroom.suppression_key
        with self.newsroom.database.write() as connection:
            leaving.end_by_address(
                connection,
                parse_address(email),
                leaving.left(origin="test"),
                suppression_key=key,
                now=self.clock(),
            )

    def release(self) -> None:
        with self.newsroom.database.write() as connection:
            issues.release(connection, self.issue.id, now=self.clock())


def found(newsroom: Newsroom) -> Desk:
    """Return the desk of a newsroom made by ``desk`` and opened a second time."""
    clock = newsroom.clock
    assert isinstance(clock, Clock)
    with newsroom.database.read() as connection:
        issue = issues.load(connection, 1)
    assert issue is not None
    return Desk(newsroom=newsroom, clock=clock, issue=issue)


@contextmanager
def desk(
    home: Path,
    *readers: str,
    port: int | None = None,
    delivery: Sequence[str] = (),
    smtp: Sequence[str] = (),
    site_url: str = "https://news.lantern.example",
    check_site: bool = False,
    spoil: str = "",
) -> Iterator[Desk]:
    """Open a newsroom for the relay at ``port``, or the outbox; ``spoil`` is left out of the variant's parts."""
    transport = TransportKind.OUTBOX if port is None else TransportKind.SMTP
    text = _TOML.format(
        address=ADDRESS,
        site_url=site_url,
        transport=transport,
        check_site=str(check_site).lower(),
        delivery="\n".join(delivery),
        port=port or 25,
        smtp="\n".join(smtp),
    )
    (home / "metabrief.toml").write_text(text, encoding="utf-8")
    with open_newsroom(home, clock=Clock()) as newsroom:
        _fill(newsroom, readers, transport=transport, spoil=spoil)
        yield found(newsroom)


def _fill(newsroom: Newsroom, readers: Sequence[str], *, transport: TransportKind, spoil: str) -> None:
    for email in readers:
        with newsroom.database.write() as connection:
            person = store.SignUp(
                address=parse_address(email), newsletter="daily", language="en", timezone="Asia/Shanghai"
            )
            store.add(
                connection,
                person,
                claim="agreed at the desk",
                suppression_key=newsroom.suppression_key,
                mailer=Letters(),
                now=NOW,
            )
    issue = Issue(
        newsletter="daily",
        slot=SLOT,
        status=IssueStatus.APPROVED,
        transport=transport,
        variants=(_variant(newsroom, spoil=spoil),),
    )
    with newsroom.database.write() as connection:
        drafts.keep(connection, issue, release_at=None, now=NOW)


def _variant(newsroom: Newsroom, *, spoil: str) -> Variant:
    lines = [
        marker("greeting"),
        "元宇宙要闻",
        *disclaimers(newsroom, "en"),
        marker("why"),
        marker("hour"),
        ADDRESS,
    ]
    kept = [line.replace(spoil, "") if spoil else line for line in lines]
    body = "".join(f"<p>{line}</p>" for line in kept)
    link = f'<a href="{marker("leave_url")}">Leave</a>'
    return Variant(
        language="en",
        subject="VR in Shanghai",
        preview="p",
        html=f"<html><body>{body}{link}</body></html>\n",
        text="\n".join((*kept, marker("leave_url"), "")),
    )
