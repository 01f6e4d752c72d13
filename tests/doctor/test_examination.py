"""All checks together: each counts, none harms the others, none is waited for too long, no secret gets out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.app import Newsroom
from pipeline.doctor.examination import ALWAYS, DATABASE, STORED, TOPICS, examine, look
from pipeline.doctor.finding import Check, Finding, Level, ok
from pipeline.doctor.looking import WHOLE_SECONDS
from pipeline.errors import StoreError
from tests.deliver import relay as scripted
from tests.doctor.rooms import at_work, by_smtp, looked_at, messages, write


def _fails(_newsroom: Newsroom) -> Iterator[Finding]:
    yield ok("this came before")
    raise RuntimeError("two\nlines")


def _is_refused(_newsroom: Newsroom) -> Iterator[Finding]:
    raise StoreError("database x: locked; see that it is not")
    yield


def _is_well(_newsroom: Newsroom) -> Iterator[Finding]:
    yield ok("fine")


def test_an_unexpected_failure_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    checks = [Check(topic="folder", look=each) for each in (_fails, _is_refused, _is_well)]
    with looked_at(write(tmp_path)) as newsroom:
        found = look(newsroom, checks, until=time.monotonic() + 5)
    assert messages(found) == [
        "this came before",
        "_fails: this could not be looked at (RuntimeError: two lines)",
        "database x: locked",
        "fine",
    ]
    assert [finding.level for finding in found] == [Level.OK, Level.PROBLEM, Level.PROBLEM, Level.OK]
    assert {finding.topic for finding in found} == {"folder"}


def test_a_check_that_does_not_end_is_a_finding_in_time(tmp_path: Path) -> None:
    ended = threading.Event()

    def hangs(_newsroom: Newsroom) -> Iterator[Finding]:
        ended.wait(30)
        yield ok("too late")

    began = time.monotonic()
    with looked_at(write(tmp_path)) as newsroom:
        found = look(newsroom, [Check(topic="site", look=hangs)], until=began + 0.1)
    ended.set()
    assert time.monotonic() - began < 5
    assert messages(found, Level.PROBLEM) == ["hangs: this took too long to be looked at"]


def test_every_check_has_a_topic_that_is_told() -> None:
    assert {check.topic for check in (*ALWAYS, DATABASE, *STORED)} == set(TOPICS)


def test_findings_come_topic_by_topic(tmp_path: Path) -> None:
    with at_work(write(tmp_path)):
        pass
    with looked_at(tmp_path) as newsroom:
        topics = [finding.topic for finding in examine(newsroom)]
    assert topics == sorted(topics, key=TOPICS.index)
    assert set(topics) == set(TOPICS) - {"relay", "dns", "site"}


def test_without_a_sound_database_nothing_stored_is_looked_at(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        topics = {finding.topic for finding in examine(newsroom)}
    assert topics == {"configuration", "beat", "folder", "database", "templates"}


def test_an_examination_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    with at_work(write(tmp_path)):
        pass
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with looked_at(tmp_path) as newsroom:
        assert examine(newsroom)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_no_secret_is_shown_though_relay_and_database_repeat_it(tmp_path: Path) -> None:
    async def examined() -> tuple[Finding, ...]:
        async with scripted.Relay() as server:
            server.always("AUTH", "535 5.7.8 the password hunter2-of-the-press is wrong")
            home = by_smtp(tmp_path, port=server.port, username="press", password_file="relay")
            (home / "relay").write_text("hunter2-of-the-press\n", encoding="utf-8")
            settings = (home / "metabrief.toml").read_text(encoding="utf-8")
            url = '[database]\nurl = "postgresql://press:secret-of-the-base@127.0.0.1:1/secret-of-the-base"\n'
            (home / "metabrief.toml").write_text(settings + "\n" + url, encoding="utf-8")
            with looked_at(home) as newsroom:
                return await asyncio.to_thread(examine, newsroom)

    told = " ".join(f"{finding.message} {finding.remedy}" for finding in asyncio.run(examined()))
    assert "the password … is wrong" in told
    assert "database postgresql" in told
    assert "of-the-press" not in told
    assert "of-the-base" not in told


@pytest.mark.parametrize("silent", ["CONNECT", "EHLO"])
def test_the_whole_ends_in_time_when_the_relay_is_silent(tmp_path: Path, silent: str) -> None:
    async def examined() -> tuple[Finding, ...]:
        async with scripted.Relay() as server:
            server.always(silent, scripted.SILENT)
            with looked_at(by_smtp(tmp_path, port=server.port)) as newsroom:
                return await asyncio.to_thread(examine, newsroom, seconds=0.5)

    began = time.monotonic()
    found = asyncio.run(examined())
    assert time.monotonic() - began < 5
    assert any("took too long" in finding.message for finding in found if finding.topic == "relay")
    assert WHOLE_SECONDS < 20
