"""The whole way on the sample newsroom: three slots on three days, over real HTTP and real SMTP."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from typing import Protocol

import httpx
import sqlalchemy as sa

from pipeline.app import Newsroom, open_newsroom
from pipeline.demo.press import Press, serve, sources_toml
from pipeline.demo.receiver import receive
from pipeline.demo.sample import load_press, newsroom_folder
from pipeline.doorway import bound_socket, serving
from pipeline.errors import UsageError
from pipeline.jobs.collect import CollectReport, SourceRead
from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.export import export
from pipeline.jobs.plan import audience_size
from pipeline.jobs.run import run
from pipeline.jobs.send import SendReport
from pipeline.model import Issue, Slot, Source
from pipeline.public import public_app
from pipeline.schedule import find_slot
from pipeline.starter import write_files
from pipeline.store import issues
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.addresses import parse_address

NEWSLETTER = "daily"
SLOTS = ("2022-02-22T06:00", "2022-02-23T06:00", "2022-02-24T06:00")
MARK = ".sample-newsroom"
"""Marks a folder as the demo's own, so that running it again may clear it."""
_LATER = timedelta(minutes=5)
"""The demo's clock stands so long after each slot."""


class Watcher(Protocol):
    """Hears how the tour goes on."""

    def begin_day(self, slot: Slot, *, sources: Sequence[Source], readers: int) -> None:
        """A slot is due: ``sources`` are going to be read for so many ``readers``."""

    def source_read(self, read: SourceRead) -> None:
        """A source was read, or failed."""

    def composed(self, issue: Issue) -> None:
        """The slot's issue stands."""

    def delivered(self) -> None:
        """One message was accepted."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one slot came to."""

    collected: CollectReport | None
    sent: SendReport
    pages: tuple[Path, ...]


class _Clock:
    """A clock that stands where the tour puts it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


async def tour(folder: Path, *, port: int, watcher: Watcher) -> tuple[Day, ...]:
    """Run every day in ``folder``, which is a newsroom from then on; port 0 means any free one for the sites.

    Raises ``UsageError`` when the folder holds something else, ``MetabriefError`` when a port is taken.
    """
    _make_room(folder)
    sample = load_press(newsroom_folder())
    async with receive(folder / "mail") as smtp_port:
        with ExitStack() as stack:
            press = stack.enter_context(serve(sample.sites, sample.articles, port=port))
            door_socket = bound_socket()
            door_port: int = door_socket.getsockname()[1]
            _write_newsroom(folder, press, smtp_port=smtp_port, web_port=door_port)
            clock = _Clock(_day_before())
            newsroom = stack.enter_context(open_newsroom(folder, clock=clock))
            stack.enter_context(serving(public_app(newsroom), door_socket))
            await _invite(newsroom)
            return tuple(
                [await _one_day(newsroom, press, clock, day, watcher) for day in range(1, len(SLOTS) + 1)]
            )


async def _one_day(newsroom: Newsroom, press: Press, clock: _Clock, day: int, watcher: Watcher) -> Day:
    newsletter = newsroom.settings.find_newsletter(NEWSLETTER)
    slot = find_slot(newsletter.schedule, newsletter.zone, when=SLOTS[day - 1])
    press.day = day
    clock.moment = slot.instant + _LATER
    watcher.begin_day(slot, sources=newsroom.sources, readers=audience_size(newsroom, newsletter))
    ended = await run(
        newsroom,
        newsletter,
        slot,
        on_read=watcher.source_read,
        on_composed=watcher.composed,
        hearers=Hearers(delivered=lambda _: watcher.delivered()),
    )
    pages = export(newsroom, _whole(newsroom, ended.sent.issue.id), newsroom.home / "preview")
    return Day(collected=ended.collected, sent=ended.sent, pages=pages)


def _whole(newsroom: Newsroom, issue_id: int) -> Issue:
    with newsroom.database.read() as connection:
        issue = issues.load(connection, issue_id)
    if issue is None:
        raise LookupError(f"issue {issue_id} is gone")
    return issue


def _make_room(folder: Path) -> None:
    """Empty a folder that an earlier demo filled; refuse any other that holds something."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; choose a folder")
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something that is not a demo's; choose an empty folder")
    write_files(folder, {MARK: "made by metabrief demo, which clears this folder when it runs again\n"})


def _write_newsroom(folder: Path, press: Press, *, smtp_port: int, web_port: int) -> None:
    sample = newsroom_folder()
    template = Template((sample / "metabrief.toml").read_text(encoding="utf-8"))
    site_url = f"http://127.0.0.1:{web_port}"
    settings = template.substitute(site_url=site_url, smtp_port=smtp_port, web_port=web_port)
    lexicon = (sample / "lexicon.toml").read_text(encoding="utf-8")
    write_files(
        folder, {"sources.toml": sources_toml(press), "lexicon.toml": lexicon, "metabrief.toml": settings}
    )


def _day_before() -> datetime:
    """Return when the readers signed up: a day before the first slot."""
    return datetime.fromisoformat(f"{SLOTS[0]}:00+08:00") - timedelta(days=1)


async def _invite(newsroom: Newsroom) -> None:
    """Add the sample's readers; the one who left does so through the page behind their own link."""
    table = tomllib.loads((newsroom_folder() / "readers.toml").read_text(encoding="utf-8"))
    for reader in table["reader"]:
        with newsroom.database.write() as connection:
            _add(newsroom, connection, reader)
    leaving = [parse_address(reader["email"]).key for reader in table["reader"] if reader["state"] == "left"]
    with newsroom.database.read() as connection:
        tokens = store.tokens(connection, leaving)
    async with httpx.AsyncClient(trust_env=False) as client:
        for token in tokens:
            answer = await client.post(
                f"{newsroom.settings.site_url}/leave/{token}", data={"List-Unsubscribe": "One-Click"}
            )
            answer.raise_for_status()


def _add(newsroom: Newsroom, connection: sa.Connection, reader: dict[str, str]) -> None:
    store.add(
        connection,
        store.SignUp(
            address=parse_address(reader["email"]),
            newsletter=NEWSLETTER,
            language=reader["language"],
            timezone=reader["timezone"],
            name=reader["name"],
        ),
        claim=None if reader["state"] == "pending" else "an invented reader of the sample newsroom",
        suppression_key=newsroom.suppression_key,
        mailer=Letters(),
        now=newsroom.clock(),
    )
