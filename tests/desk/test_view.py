"""What the desk's pages say, judged without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from pipeline.config import Newsletter
from pipeline.desk.view import Look, language_of, read_look, read_number, reader_facts, size, steps
from pipeline.model import DeliveryState, HoldReason, Issue, IssueStatus
from pipeline.store.readers import Delivery, Reader
from tests.contracts.people import SLOT, issue

DAILY = Newsletter(key="daily", title="Test Daily", schedule="0 6 * * *", timezone="Asia/Shanghai")
ANN = Reader(
    id=1, email="ann@a.example", name="Ann", language="en", timezone="Europe/Berlin", send_at="07:30"
)
PLANNED = Delivery(
    language="zh", due_at=datetime(2022, 2, 22, 1, tzinfo=UTC), state=DeliveryState.DATA_STARTED
)


def test_a_look_is_read_back_from_its_own_address() -> None:
    look = Look(language="zh", form="text", width="phone", light="dark", reader=7)
    query = {name: values[0] for name, values in parse_qs(look.query().removeprefix("?")).items()}
    assert read_look(query) == look
    assert look.query(reader=None, light="auto") == "?language=zh&form=text&width=phone"


def test_the_usual_look_needs_no_words() -> None:
    assert Look().query() == "?"
    assert Look(form="text").fields() == {"form": "text"}
    assert read_look({}) == Look()


def test_what_a_look_does_not_know_is_as_if_it_were_not_there() -> None:
    assert read_look({"form": "pdf", "width": "<b>", "reader": "-1", "light": ""}) == Look()


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "1" * 10, " 1", "٣x"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("reader", "due"),
    [
        pytest.param(ANN, "Tue 22 Feb 2022, 07:30", id="their hour on their clock"),
        pytest.param(replace(ANN, timezone="Asia/Tokyo"), "Tue 22 Feb 2022, 07:30", id="half an hour later"),
        pytest.param(replace(ANN, send_at=None), "Mon 21 Feb 2022, 23:00", id="with the issue"),
    ],
)
def test_a_reader_is_due_at_their_hour(reader: Reader, due: str) -> None:
    assert reader_facts(reader, None, newsletter=DAILY, slot=SLOT).due == due


def test_a_newsletters_hour_holds_for_readers_without_one() -> None:
    newsletter = DAILY.model_copy(update={"send_at": "08:00"})
    facts = reader_facts(replace(ANN, send_at=None), None, newsletter=newsletter, slot=SLOT)
    assert facts.due == "Tue 22 Feb 2022, 08:00"


def test_what_is_planned_holds_whatever_the_reader_wishes_since() -> None:
    facts = reader_facts(ANN, PLANNED, newsletter=DAILY, slot=SLOT)
    assert (facts.due, facts.state) == ("Tue 22 Feb 2022, 02:00", "data started")
    assert language_of(ANN, PLANNED, languages=("en", "zh")) == "zh"


def test_a_language_that_is_not_there_becomes_the_first() -> None:
    reader = replace(ANN, language="both")
    assert language_of(reader, None, languages=("en", "zh", "both")) == "both"
    assert language_of(reader, None, languages=("zh", "en")) == "zh"


@pytest.mark.parametrize(
    ("octets", "percent", "is_too_large"), [(45_000, 50, False), (90_000, 100, False), (90_001, 101, True)]
)
def test_a_size_is_measured_against_what_may_leave(octets: int, percent: int, is_too_large: bool) -> None:
    measured = size("x" * octets)
    assert (measured.percent, measured.is_too_large) == (percent, is_too_large)


def held(reason: HoldReason) -> Issue:
    return replace(issue(status=IssueStatus.HELD), hold_reason=reason, id=3)


@pytest.mark.parametrize(
    ("one", "command"),
    [
        (held(HoldReason.APPROVAL), "metabrief issues approve 3"),
        (held(HoldReason.UNCERTAIN), "metabrief issues approve 3"),
        (held(HoldReason.LINT), "metabrief run daily --slot 2022-02-22T06:00"),
        (held(HoldReason.GATE), "metabrief run daily --slot 2022-02-22T06:00"),
        (held(HoldReason.THIN), "metabrief run daily --slot 2022-02-22T06:00"),
        (replace(issue(status=IssueStatus.APPROVED), id=3), "metabrief send 3"),
        (replace(issue(status=IssueStatus.SENDING), id=3), "metabrief send 3"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.status} {value.hold_reason}",
)
def test_the_first_step_is_the_way_on(one: Issue, command: str) -> None:
    assert steps(one)[0].command == command


@pytest.mark.parametrize("reason", [HoldReason.LINT, HoldReason.GATE])
def test_what_approving_does_not_release_is_not_offered_for_approval(reason: HoldReason) -> None:
    assert all("approve" not in step.command for step in steps(held(reason)))


@pytest.mark.parametrize("status", [IssueStatus.SENT, IssueStatus.SKIPPED, IssueStatus.CANCELLED])
def test_an_issue_that_is_over_asks_for_nothing(status: IssueStatus) -> None:
    assert steps(issue(status=status)) == ()
