"""An issue is written once a slot and goes only where it may, on every database."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pipeline.model import (
    Article,
    Fact,
    HoldReason,
    Issue,
    IssueStatus,
    Item,
    LeftOut,
    News,
    Reference,
    Slot,
    Translation,
    TransportKind,
    Variant,
)
from pipeline.store import drafts, issues
from pipeline.store.articles import keep_article, seen_since
from pipeline.store.database import Database
from tests.contracts.people import HOUR, NOW, SLOT, issue, keep
from tests.contracts.test_articles import ARTICLE

NEXT = Slot(wall="2022-02-23T06:00", instant=SLOT.instant + 24 * HOUR)


def kept_articles(connection: sa.Connection) -> tuple[Article, ...]:
    for i in range(3):
        keep_article(connection, replace(ARTICLE, url=f"https://n.example.org/{i}"))
    return seen_since(connection, None)[0]


def item(headline: str, *articles: Article) -> Item:
    return Item(
        headline=headline,
        summary="元宇宙。",
        language="zh",
        section="policy",
        sources=(Reference(name="Example", url="https://n.example.org/0", language="zh"),),
        why=("names the metaverse", "two outlets"),
        published=NOW,
        gloss=("metaverse",),
        is_update=True,
        news=News(
            facts=(Fact(kind="number", en="15 members", zh="15", was_en="12", was_zh="12"),), since=NOW
        ),
        articles=articles,
        why_it_matters="数字。",
        translations=(
            Translation(language="en", headline="A fund", summary="A fund is planned."),
            Translation(
                language="zh",
                headline="基金",
                summary="拟设基金。",
                outlet=Reference(name="示例报", url="https://n.example.org/1", language="zh", title="基金"),
                published=NOW,
            ),
        ),
    )


def whole(connection: sa.Connection) -> Issue:
    first, second, third = kept_articles(connection)
    return Issue(
        newsletter="daily",
        slot=SLOT,
        status=IssueStatus.HELD,
        transport=TransportKind.SMTP,
        hold_reason=HoldReason.THIN,
        hold_detail="only 1 of 9",
        items=(item("B", second, first), item("A", third), item("C")),
        left_out=(
            LeftOut(title="t", url="u", why="w", article_id=first.id),
            LeftOut(title="t2", url="u2", why="w2"),
        ),
        variants=(
            Variant(language="en", subject="s", preview="p", html="<p>“</p>", text="t"),
            Variant(language="zh", subject="元", preview="p", html="<p>宇</p>", text="宙"),
        ),
        funnel={"entries": 9, "items": 3},
    )


def status_of(connection: sa.Connection, issue_id: int) -> IssueStatus:
    found = issues.load_bare(connection, issue_id)
    assert found is not None
    return found.status


def test_an_issue_comes_back_whole(database: Database) -> None:
    with database.write() as connection:
        made = whole(connection)
        issue_id = keep(connection, made)
        assert issues.load(connection, issue_id) == replace(made, id=issue_id)


def test_a_slot_has_one_issue_and_the_first_stays(database: Database) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
        second = drafts.keep(connection, replace(issue(), hold_detail="x"), release_at=None, now=NOW)
        assert second is None
        assert [one.id for one in issues.listing(connection)] == [issue_id]
        assert len(issues.variants(connection, issue_id)) == 1


def test_two_writers_at_once_make_one_issue(database: Database) -> None:
    made: list[int | None] = []

    def write() -> None:
        with database.write() as connection:
            made.append(drafts.keep(connection, issue(), release_at=None, now=NOW))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert sum(one is not None for one in made) == 1


def test_another_newsletter_or_slot_has_an_issue_of_its_own(database: Database) -> None:
    with database.write() as connection:
        keep(connection, issue())
        keep(connection, issue(slot=NEXT))
        keep(connection, replace(issue(), newsletter="weekly"))
        assert len(issues.listing(connection)) == 3
        assert issues.find(connection, "weekly", NEXT.wall) is None
        found = issues.find(connection, "daily", NEXT.wall)
        assert found is not None
        assert found.slot == NEXT


@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_to_hold_can_be_kept(database: Database, reason: HoldReason) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
        issues.set_status(
            connection, issue_id, status=IssueStatus.HELD, hold_reason=reason, hold_detail="because"
        )
        held = issues.load_bare(connection, issue_id)
        assert held is not None
        assert (held.status, held.hold_reason, held.hold_detail) == (IssueStatus.HELD, reason, "because")


def test_sending_begins_once(database: Database) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
        assert issues.begin_sending(connection, issue_id, now=NOW)
        assert not issues.begin_sending(connection, issue_id, now=NOW)
        assert status_of(connection, issue_id) is IssueStatus.SENDING


@pytest.mark.parametrize("status", sorted(set(IssueStatus) - {IssueStatus.APPROVED}))
def test_only_an_approved_issue_begins_to_be_sent(database: Database, status: IssueStatus) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue(status=status))
        assert not issues.begin_sending(connection, issue_id, now=NOW)
        assert status_of(connection, issue_id) is status


def test_a_held_issue_is_released_to_approved(database: Database) -> None:
    with database.write() as connection:
        made = replace(issue(status=IssueStatus.HELD), hold_reason=HoldReason.APPROVAL, hold_detail="waits")
        issue_id = drafts.keep(connection, made, release_at=NOW + HOUR, now=NOW)
        assert issue_id is not None
        issues.release(connection, issue_id, now=NOW)
        found = issues.load_bare(connection, issue_id)
        assert found is not None
        assert (found.status, found.hold_reason, found.hold_detail) == (IssueStatus.APPROVED, None, "")
        assert issues.released_at(connection, issue_id) == NOW


def test_a_paused_issue_is_released_to_sending(database: Database) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
        issues.begin_sending(connection, issue_id, now=NOW)
        issues.set_status(connection, issue_id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR)
        issues.release(connection, issue_id, now=NOW)
        assert status_of(connection, issue_id) is IssueStatus.SENDING
        assert not issues.begin_sending(connection, issue_id, now=NOW)


@pytest.mark.parametrize("status", sorted(set(IssueStatus) - {IssueStatus.HELD}))
def test_releasing_what_is_not_held_changes_nothing(database: Database, status: IssueStatus) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
        issues.begin_sending(connection, issue_id, now=NOW)
        issues.set_status(connection, issue_id, status=status)
        issues.release(connection, issue_id, now=NOW + HOUR)
        assert status_of(connection, issue_id) is status


def test_an_issue_a_person_holds_no_longer_lets_itself_go(database: Database) -> None:
    with database.write() as connection:
        issue_id = drafts.keep(connection, issue(), release_at=NOW + HOUR, now=NOW)
        assert issue_id is not None
        issues.set_status(connection, issue_id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR)
        issues.release_due(connection, now=NOW + 2 * HOUR)
        assert status_of(connection, issue_id) is IssueStatus.HELD


def test_only_what_is_due_lets_itself_go(database: Database) -> None:
    waiting = replace(issue(status=IssueStatus.HELD), hold_reason=HoldReason.APPROVAL)
    with database.write() as connection:
        due = drafts.keep(connection, waiting, release_at=NOW, now=NOW)
        later = drafts.keep(connection, replace(waiting, slot=NEXT), release_at=NOW + HOUR, now=NOW)
        assert due is not None
        assert later is not None
        issues.release_due(connection, now=NOW)
        assert status_of(connection, due) is IssueStatus.APPROVED
        assert status_of(connection, later) is IssueStatus.HELD


def test_a_move_is_made_only_from_the_statuses_named(database: Database) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue(status=IssueStatus.SENT))
        open_ones = (IssueStatus.HELD, IssueStatus.APPROVED)
        assert not issues.set_status(connection, issue_id, status=IssueStatus.CANCELLED, among=open_ones)
        assert status_of(connection, issue_id) is IssueStatus.SENT


@pytest.mark.parametrize(
    ("reason", "is_anew"),
    [
        (HoldReason.THIN, True),
        (HoldReason.LINT, True),
        (HoldReason.APPROVAL, False),
        (HoldReason.OPERATOR, False),
    ],
)
def test_only_what_is_thin_or_faulty_is_composed_anew(
    database: Database, reason: HoldReason, is_anew: bool
) -> None:
    held = replace(issue(status=IssueStatus.HELD), hold_reason=reason)
    with database.write() as connection:
        issue_id = keep(connection, held)
        better = replace(issue(), funnel={"items": 9})
        assert drafts.keep_anew(connection, issue_id, better, release_at=None, now=NOW) is is_anew
        found = issues.load(connection, issue_id)
        assert found is not None
        assert found.status is (IssueStatus.APPROVED if is_anew else IssueStatus.HELD)
        assert len(found.variants) == 1


def test_an_issue_kept_as_approved_is_released_then(database: Database) -> None:
    with database.write() as connection:
        approved = keep(connection, issue())
        held = keep(connection, issue(slot=NEXT, status=IssueStatus.HELD))
        assert issues.released_at(connection, approved) == NOW
        assert issues.released_at(connection, held) is None


def carried(connection: sa.Connection, **change: object) -> list[str]:
    asked: dict[str, object] = {"transport": TransportKind.SMTP, "since": SLOT.instant, "slot": NEXT} | change
    return [each.headline for each in issues.sent_items(connection, "daily", **asked)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (IssueStatus.DRAFT, False),
        (IssueStatus.HELD, False),
        (IssueStatus.APPROVED, True),
        (IssueStatus.SENDING, True),
        (IssueStatus.SENT, True),
        (IssueStatus.SKIPPED, False),
        (IssueStatus.MISSED, False),
        (IssueStatus.CANCELLED, False),
    ],
)
def test_what_readers_know_is_what_was_let_go(database: Database, status: IssueStatus, counts: bool) -> None:
    with database.write() as connection:
        keep(connection, replace(issue(status=status), items=(item("A"),)))
        assert carried(connection) == (["A"] if counts else [])


@pytest.mark.parametrize("status", [IssueStatus.HELD, IssueStatus.CANCELLED])
def test_what_was_stopped_while_it_was_sent_is_known_to_some(database: Database, status: IssueStatus) -> None:
    with database.write() as connection:
        issue_id = keep(connection, replace(issue(), items=(item("A"),)))
        issues.begin_sending(connection, issue_id, now=NOW)
        issues.set_status(connection, issue_id, status=status)
        assert carried(connection) == ["A"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, ["A", "B"], id="since the slot itself"),
        pytest.param({"since": SLOT.instant + HOUR}, [], id="since later"),
        pytest.param({"slot": SLOT}, [], id="not from its own slot"),
        pytest.param({"transport": TransportKind.OUTBOX}, [], id="not by another transport"),
    ],
)
def test_what_counts_as_carried(database: Database, change: dict[str, object], expected: list[str]) -> None:
    with database.write() as connection:
        articles = kept_articles(connection)
        keep(connection, replace(issue(), items=(item("A", *articles), item("B"))))
        keep(connection, replace(issue(), newsletter="weekly", items=(item("W"),)))
        assert carried(connection, **change) == expected
        found = issues.sent_items(
            connection, "daily", transport=TransportKind.SMTP, since=SLOT.instant, slot=NEXT
        )
        assert [each.articles for each in found] == [articles, ()]


def test_the_previous_slot_is_the_last_before_this_one(database: Database) -> None:
    with database.write() as connection:
        keep(connection, issue())
        keep(connection, replace(issue(slot=NEXT), newsletter="weekly"))
        assert issues.previous_slot_at(connection, "daily", NEXT) == SLOT.instant
        assert issues.previous_slot_at(connection, "daily", SLOT) is None


def test_a_missed_slot_gives_way_to_a_composed_issue_and_hides_no_articles(database: Database) -> None:
    after = Slot(wall="2022-02-24T06:00", instant=NEXT.instant + 24 * HOUR)
    with database.write() as connection:
        keep(connection, issue())
        missed = keep(connection, replace(issue(slot=NEXT, status=IssueStatus.MISSED), variants=()))
        assert issues.previous_slot_at(connection, "daily", after) == SLOT.instant
        assert drafts.keep_anew(connection, missed, issue(slot=NEXT), release_at=None, now=NOW)
        assert status_of(connection, missed) is IssueStatus.APPROVED
        assert issues.previous_slot_at(connection, "daily", after) == NEXT.instant


def test_what_a_newsletter_has_behind_it_counts_missed_slots_and_none_to_come(database: Database) -> None:
    with database.write() as connection:
        keep(connection, issue())
        keep(connection, issue(slot=NEXT, status=IssueStatus.MISSED))
        keep(connection, replace(issue(slot=NEXT), newsletter="weekly"))
        assert issues.last_slot_at(connection, "daily", until=NEXT.instant) == NEXT.instant
        assert issues.last_slot_at(connection, "daily", until=NEXT.instant - HOUR) == SLOT.instant
        assert issues.last_slot_at(connection, "daily", until=SLOT.instant - HOUR) is None
        assert issues.walls_since(connection, "daily", since=SLOT.instant) == {SLOT.wall, NEXT.wall}
        assert issues.walls_since(connection, "daily", since=NEXT.instant) == {NEXT.wall}


def test_listings_go_by_slot_and_the_newest_is_the_latest(database: Database) -> None:
    with database.write() as connection:
        assert issues.latest_id(connection) is None
        newer = keep(connection, replace(issue(slot=NEXT), items=(item("A"), item("B"))))
        older = keep(connection, issue())
        assert [one.id for one in issues.listing(connection)] == [newer, older]
        assert [one.id for one in issues.in_states(connection, [IssueStatus.APPROVED])] == [older, newer]
        assert issues.latest_id(connection) == newer
        assert issues.item_counts(connection) == {newer: 2}
        assert issues.subjects(connection) == {newer: {"en": "s"}, older: {"en": "s"}}
        assert [one.id for one in issues.listing(connection, limit=1, offset=1)] == [older]
        assert issues.subjects(connection, [older]) == {older: {"en": "s"}}
        assert issues.load(connection, 99) is None
