"""Whether each newsletter comes out, and what of it waits for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, Level
from pipeline.doctor.issues import schedule, waiting
from pipeline.jobs import oversee
from pipeline.jobs.plan import plan
from pipeline.model import HoldReason, IssueStatus
from pipeline.store.schema import deliveries
from pipeline.store.schema import issues as issues_table
from tests.jobs.newsroom import NOW, desk

HOUR = timedelta(hours=1)


def of_level(found: list[Finding], level: Level) -> list[str]:
    return [finding.message for finding in found if finding.level is level]


def change(newsroom: Newsroom, table: sa.Table, **values: Any) -> None:
    with newsroom.database.write() as connection:
        connection.execute(table.update().values(values))


def test_a_slot_with_its_issue_is_well_and_the_next_is_named(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        assert of_level(list(schedule(at.newsroom)), Level.OK) == [
            "daily: slot 2022-02-22T06:00 has issue 1, approved; the next slot is 2022-02-23T06:00"
        ]


@pytest.mark.parametrize(
    ("late", "level"),
    [
        pytest.param(timedelta(minutes=59), Level.OK, id="an hour is grace"),
        pytest.param(timedelta(minutes=61), Level.PROBLEM, id="then it is late"),
    ],
)
def test_a_slot_without_issue_is_a_problem_an_hour_later(
    tmp_path: Path, late: timedelta, level: Level
) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        following = at.issue.slot.instant + timedelta(days=1)
        at.clock.moment = following + late
        found = list(schedule(at.newsroom))
    assert [finding.level for finding in found] == [level]
    assert found[0].message.startswith("daily: slot 2022-02-23T06:00")


def test_readers_without_any_issue_are_doubtful_and_nothing_at_all_is_not(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        at.clock.moment -= timedelta(days=3)
        assert (
            "it has readers, but no issue so far" in of_level(list(schedule(at.newsroom)), Level.WARNING)[0]
        )
        at.leave("ann@a.example")
        assert of_level(list(schedule(at.newsroom)), Level.OK) == ["daily: no reader and no issue so far"]


def test_a_missed_slot_is_a_problem(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        change(at.newsroom, issues_table, status=IssueStatus.MISSED)
        found = list(schedule(at.newsroom))
    assert of_level(found, Level.PROBLEM) == ["daily: slot 2022-02-22T06:00 has issue 1, missed"]
    assert found[0].remedy.endswith("metabrief run daily --slot 2022-02-22T06:00")


def test_nothing_held_and_nothing_late_is_well(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        assert of_level(list(waiting(at.newsroom)), Level.OK) == ["none is held, and none is late"]


def test_a_held_issue_is_a_problem_with_its_reason_and_day(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        oversee.hold(at.newsroom, at.issue)
        assert of_level(list(waiting(at.newsroom)), Level.PROBLEM) == [
            "issue 1 (daily 2022-02-22T06:00) of 2022-02-22 06:05 UTC is held for operator: held by the operator"
        ]


@pytest.mark.parametrize(("passed", "level"), [(-HOUR, Level.OK), (2 * HOUR, Level.WARNING)])
def test_an_issue_that_lets_itself_go_is_well_until_it_did_not(
    tmp_path: Path, passed: timedelta, level: Level
) -> None:
    with desk(tmp_path) as at:
        change(
            at.newsroom,
            issues_table,
            status=IssueStatus.HELD,
            hold_reason=HoldReason.APPROVAL,
            release_at=NOW - passed,
        )
        found = list(waiting(at.newsroom))
    assert [finding.level for finding in found] == [level]
    assert "lets itself go at" in found[0].message


def test_an_approved_issue_that_nobody_sends_is_doubtful(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.clock.forward(HOUR + timedelta(minutes=1))
        assert "nobody sends it" in of_level(list(waiting(at.newsroom)), Level.WARNING)[0]


def test_readers_who_wait_for_long_are_doubtful(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example", "bob@b.example") as at:
        plan(at.newsroom, at.newsletter, at.issue)
        change(at.newsroom, deliveries, due_at=NOW)
        assert of_level(list(waiting(at.newsroom)), Level.WARNING) == []
        at.clock.forward(HOUR + timedelta(minutes=1))
        assert of_level(list(waiting(at.newsroom)), Level.WARNING) == [
            "issue 1 (daily 2022-02-22T06:00): 2 readers wait for longer than an hour"
        ]


def test_readers_of_an_issue_that_was_held_wait_from_its_release_on(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        plan(at.newsroom, at.newsletter, at.issue)
        change(at.newsroom, deliveries, due_at=NOW)
        at.clock.forward(5 * HOUR)
        oversee.hold(at.newsroom, at.issue)
        oversee.approve(at.newsroom, at.issue)
        at.clock.forward(HOUR - timedelta(minutes=1))
        assert of_level(list(waiting(at.newsroom)), Level.WARNING) == []
        at.clock.forward(timedelta(minutes=2))
        assert "1 readers wait" in of_level(list(waiting(at.newsroom)), Level.WARNING)[0]


def test_deferred_readers_are_doubtful_and_the_next_try_named(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        plan(at.newsroom, at.newsletter, at.issue)
        change(at.newsroom, deliveries, state="deferred", next_try=NOW + HOUR)
        assert of_level(list(waiting(at.newsroom)), Level.WARNING) == [
            "issue 1 (daily 2022-02-22T06:00): 1 deferred by the relay, next try 2022-02-22 07:05 UTC"
        ]


def test_deferred_readers_of_an_issue_called_off_are_nobodys_business(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        plan(at.newsroom, at.newsletter, at.issue)
        change(at.newsroom, deliveries, state="deferred", next_try=NOW + HOUR)
        oversee.cancel(at.newsroom, at.issue)
        assert {finding.level for finding in waiting(at.newsroom)} == {Level.OK}


@pytest.mark.parametrize(
    ("passed", "level"),
    [
        pytest.param(timedelta(days=2), Level.WARNING, id="over a weekend"),
        pytest.param(timedelta(days=4), Level.OK, id="not for ever"),
    ],
)
def test_uncertain_readers_are_doubtful_for_some_days_even_of_a_sent_issue(
    tmp_path: Path, passed: timedelta, level: Level
) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        plan(at.newsroom, at.newsletter, at.issue)
        change(at.newsroom, deliveries, state="uncertain")
        change(at.newsroom, issues_table, status=IssueStatus.SENT)
        at.clock.forward(passed)
        (found,) = waiting(at.newsroom)
    assert found.level is level
    assert ("1 uncertain" in found.message) is (level is Level.WARNING)
    assert ("metabrief issues resolve 1 list" in found.remedy) is (level is Level.WARNING)
