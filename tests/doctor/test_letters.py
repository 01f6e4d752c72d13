"""A specimen is set in every language and looked over; our own letters leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.doctor.finding import Level
from pipeline.doctor.letters import own_letters, templates, waiting
from pipeline.jobs.letters import send_letters
from pipeline.store.letters import Letters
from pipeline.store.schema import letters
from subscribers.store import Letter
from tests.doctor.rooms import looked_at, messages, write
from tests.jobs.newsroom import desk


def own(home: Path, name: str, text: str) -> None:
    (home / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
    (home / "templates" / name).write_text(text, encoding="utf-8")


def test_the_shipped_templates_are_well(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        found = list(templates(newsroom))
    assert messages(found) == ["daily can be set in en, zh, both"]
    assert found[0].level is Level.OK


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param("issue/item.mjml.j2", "{% if %}", "issue/item.mjml.j2, line 1", id="a fault of Jinja"),
        pytest.param("issue/quiet.mjml.j2", "<mj-nothing/>", "mj-nothing", id="of MJML, on quiet days alone"),
        pytest.param("phrases/zh.toml", "nonsense", "zh.toml", id="of the phrases of one language"),
    ],
)
def test_a_template_that_cannot_be_set_is_a_problem(tmp_path: Path, name: str, text: str, words: str) -> None:
    own(write(tmp_path), name, text)
    with looked_at(tmp_path) as newsroom:
        assert words in messages(templates(newsroom), Level.PROBLEM)[0]


def test_what_keeps_a_mail_from_leaving_is_a_problem_told_once(tmp_path: Path) -> None:
    own(
        write(tmp_path),
        "text/closing.txt.j2",
        "{{ field.why }}\n{{ field.leave_url }}\n{{ masthead.postal_address }}\n",
    )
    with looked_at(tmp_path) as newsroom:
        found = messages(templates(newsroom), Level.PROBLEM)
    assert len(found) == len(set(found))
    assert all("disclaimer" in each or "免责" in each or "advice" in each for each in found)
    assert any("(en, " in each or "both" in each for each in found)


def test_our_own_letters_are_well_unless_a_template_of_theirs_is_not(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        [found] = own_letters(newsroom)
        assert (found.level, found.message) == (Level.OK, "our own letters can be set in en, zh, both")
    own(tmp_path, "mail/letter.txt.j2", "{{ url }}\n{{ leave_url }}\n{{ imprint.postal_address }}\n")
    with looked_at(tmp_path) as newsroom:
        lacking = messages(own_letters(newsroom), Level.PROBLEM)
        assert any("disclaimer" in each for each in lacking)
        assert all(each.startswith("our own letters (opt-in en, opt-in zh, ") for each in lacking)
    own(tmp_path, "mail/letter.txt.j2", "{% if %}")
    with looked_at(tmp_path) as newsroom:
        assert "mail/letter.txt.j2, line 1" in messages(own_letters(newsroom), Level.PROBLEM)[0]


@pytest.mark.parametrize(
    ("late", "level"),
    [
        pytest.param(timedelta(minutes=59), Level.OK, id="an hour is grace"),
        pytest.param(timedelta(minutes=61), Level.WARNING, id="then it is doubtful"),
    ],
)
def test_a_letter_that_waits_for_long_is_doubtful(tmp_path: Path, late: timedelta, level: Level) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        with at.newsroom.database.write() as connection:
            Letters().queue(connection, subscriber_id=1, kind=Letter.DOWNLOAD, now=at.clock())
        at.clock.forward(late)
        [found] = waiting(at.newsroom)
        assert found.level is level
        asyncio.run(send_letters(at.newsroom))
        assert [found.level for found in waiting(at.newsroom)] == [Level.OK]


def test_letters_of_the_last_week_that_did_not_arrive_for_sure_are_counted(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        with at.newsroom.database.write() as connection:
            for kind in (Letter.DOWNLOAD, Letter.ERASE, Letter.ALREADY):
                Letters().queue(connection, subscriber_id=1, kind=kind, now=at.clock())
            for kind, state in (
                (Letter.DOWNLOAD, "failed"),
                (Letter.ERASE, "started"),
                (Letter.ALREADY, "sent"),
            ):
                row = letters.c.kind == kind
                connection.execute(letters.update().where(row).values(state=state))
        [_, found] = waiting(at.newsroom)
        assert (found.level, "1 failed, and of 1 nobody knows" in found.message) == (Level.OK, True)
        at.clock.forward(timedelta(days=8))
        assert len([*waiting(at.newsroom)]) == 1
