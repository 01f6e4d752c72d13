"""A whole issue on every database: made once, sent once, whoever runs it and however often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom, open_newsroom
from pipeline.demo.press import Press, serve, sources_toml
from pipeline.demo.sample import load_press, newsroom_folder
from pipeline.jobs.compose import resolve_slot
from pipeline.jobs.publish import Publisher
from pipeline.jobs.run import RunReport, run
from pipeline.schedule import find_slot
from pipeline.store import issues, schema
from pipeline.store.database import Database
from subscribers.schema import metadata
from tests.cli.conftest import SETTINGS
from tests.contracts.people import NOW, add, sign_up
from tests.jobs.rooms import Heard

FIRST, SECOND = "2022-02-22", "2022-02-23"
STATED = {"issues", "issue_items", "issue_variants", "issue_left_out", "deliveries", "articles"}


@pytest.fixture
def press() -> Iterator[Press]:
    sample = load_press(newsroom_folder())
    with serve(sample.sites[:4], sample.articles) as press:
        yield press


@pytest.fixture
def newsroom(database: Database, press: Press, tmp_path: Path) -> Iterator[Newsroom]:
    """Yield a newsroom of the outbox over ``database`` with three readers."""
    home = tmp_path / "room"
    home.mkdir()
    address = f"\n[database]\nurl = {json.dumps(database.url.render_as_string(hide_password=False))}\n"
    (home / "metabrief.toml").write_text(SETTINGS + address, encoding="utf-8")
    (home / "sources.toml").write_text(sources_toml(press), encoding="utf-8")
    with database.write() as connection:
        for name in ("ann", "bao", "cat"):
            add(connection, sign_up(f"{name}@x.example"))
    with open_newsroom(home, clock=lambda: NOW) as newsroom:
        yield newsroom


async def one_run(newsroom: Newsroom, day: str) -> RunReport:
    newsletter = newsroom.settings.find_newsletter("daily")
    return await run(newsroom, newsletter, resolve_slot(newsroom, newsletter, day))


def rows(newsroom: Newsroom) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    """Return every row that tells of issues and deliveries."""
    assert schema.issues.metadata is metadata
    with newsroom.database.read() as connection:
        return {
            table.name: sorted(connection.execute(sa.select(table)).all(), key=repr)
            for table in metadata.sorted_tables
            if table.name in STATED
        }


def mails(newsroom: Newsroom) -> set[str]:
    return {path.name for path in (newsroom.home / "outbox" / "new").iterdir()}


def test_the_same_slot_run_twice_changes_nothing(newsroom: Newsroom) -> None:
    first = asyncio.run(one_run(newsroom, FIRST))
    before, mailed = rows(newsroom), mails(newsroom)
    second = asyncio.run(one_run(newsroom, FIRST))
    assert first.sent.tally.accepted == 3
    assert second.collected is None
    assert rows(newsroom) == before
    assert mails(newsroom) == mailed


def test_two_runs_at_once_make_one_issue_and_one_mail_a_reader(newsroom: Newsroom) -> None:
    async def both() -> None:
        await asyncio.gather(one_run(newsroom, FIRST), one_run(newsroom, FIRST))

    asyncio.run(both())
    asyncio.run(one_run(newsroom, FIRST))  # whichever was first to leave has left nothing undone
    assert len(rows(newsroom)["issues"]) == 1
    assert len(rows(newsroom)["deliveries"]) == 3
    assert len(mails(newsroom)) == 3


def test_two_processes_that_publish_by_schedule_read_once_and_make_one_issue(
    newsroom: Newsroom, press: Press
) -> None:
    slot = find_slot("0 6 * * *", ZoneInfo("Asia/Shanghai"), when=FIRST)
    heard = Heard()

    async def publish(each: Newsroom) -> None:
        await Publisher(each, stop=asyncio.Event(), listener=heard).publish(each.settings.newsletter[0])

    async def both(first: Newsroom, second: Newsroom) -> None:
        await asyncio.gather(publish(first), publish(second))

    with (
        open_newsroom(newsroom.home, clock=lambda: slot.instant) as first,
        open_newsroom(newsroom.home, clock=lambda: slot.instant) as second,
    ):
        asyncio.run(both(first, second))
    assert len(heard.read) == len(set(heard.read)) == len(press.sites)
    assert heard.made == [f"daily {slot.wall} approved"]
    assert len(rows(newsroom)["issues"]) == 1


def test_the_next_day_draws_on_what_is_new(newsroom: Newsroom, press: Press) -> None:
    asyncio.run(one_run(newsroom, FIRST))
    press.day = 2
    second = asyncio.run(one_run(newsroom, SECOND)).sent
    with newsroom.database.read() as connection:
        whole = issues.load(connection, second.issue.id)
    assert whole is not None
    told = [article.url for item in whole.items for article in item.articles]
    published = {press.article_url(article): article.day for article in press.articles}
    assert told
    assert {published[url] for url in told} == {2}
    assert second.tally.accepted == 3
