"""Mails that come back, end to end: a mail goes out, what returns changes its reader, and nothing forged changes anyone."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.app import open_newsroom
from pipeline.deliver.message import read_delivery_token
from pipeline.jobs.intake import (
    KEPT,
    MOST_LISTED,
    Change,
    Doubt,
    Tally,
    intake_folder,
    kept_folder,
    quiet_of,
    read_intake,
    read_mails,
    remove_old_mails,
)
from pipeline.jobs.mailboxes import Unread, make_maildir
from pipeline.store.letters import Letters
from subscribers import consent
from subscribers.bounces.kind import Kind
from subscribers.bounces.policy import judge
from subscribers.bounces.register import bounces_of
from subscribers.life import Status
from subscribers.schema import bounces, subscribers
from subscribers.store import Letter
from tests.deliver.relay import DOT, Relay
from tests.jobs import returned
from tests.jobs.newsroom import NOW, Clock, Desk, desk
from tests.jobs.scenes import READERS, go, play

ANN, BOB = 1, 2


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    """Open a newsroom whose issue lies in the outbox."""
    with desk(tmp_path, *READERS) as at:
        asyncio.run(go(at))
        yield at


def sent(at: Desk, reader: int) -> bytes:
    """Return the mail that went to a reader."""
    [path] = (at.newsroom.home / "outbox" / "new").glob(f"daily.1.{reader}.*")
    return path.read_bytes()


def return_path(at: Desk, reader: int) -> str:
    return f"bounces+{returned.token(sent(at, reader))}@bounces.lantern.example"


def headers(at: Desk, reader: int) -> list[str]:
    """Return the headers of the mail that went to a reader, without its return path."""
    head = sent(at, reader).decode().partition("\r\n\r\n")[0]
    return head.split("\r\n")[1:]


def leave_token(at: Desk, reader: int) -> str:
    with at.newsroom.database.read() as connection:
        return str(connection.scalar(sa.select(subscribers.c.token).where(subscribers.c.id == reader)))


def statuses(at: Desk) -> list[str]:
    with at.newsroom.database.read() as connection:
        return list(connection.scalars(sa.select(subscribers.c.status).order_by(subscribers.c.id)))


def rows(at: Desk) -> int:
    with at.newsroom.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(bounces)) or 0)


def kept(at: Desk) -> list[tuple[int, str, bool]]:
    """Return whom each bounce is held against, and as what."""
    chosen = sa.select(bounces.c.subscriber_id, bounces.c.kind, bounces.c.is_sure)
    with at.newsroom.database.read() as connection:
        return [tuple(row) for row in connection.execute(chosen)]


def take(at: Desk, *mails: bytes) -> Tally:
    return read_mails(at.newsroom, mails)


def test_a_sure_bounce_by_its_return_path_ends_it_and_is_kept(at: Desk) -> None:
    mail = returned.dsn(return_path(at, ANN), READERS[0])
    tally = take(at, mail)
    digest = hashlib.sha256(mail).hexdigest()
    [change] = tally.changes
    assert (change.subscriber_id, change.status, change.mail) == (ANN, "bounced", digest)
    assert "@" not in change.why
    assert statuses(at) == ["bounced", "active", "active"]
    copy = kept_folder(at.newsroom) / f"{digest}.eml"
    assert copy.read_bytes() == mail
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_bounce_known_by_the_message_id_alone_is_soft_whatever_it_says(at: Desk) -> None:
    mail = returned.dsn("bounces@bounces.lantern.example", READERS[1], original=headers(at, BOB))
    assert take(at, mail).changes == []
    assert kept(at) == [(BOB, "soft", False)]


def test_a_message_id_makes_no_return_path(at: Desk) -> None:
    """Whoever saw an answer to our mail knows its Message-ID, and writes a bounce to where it seems to belong."""
    [seen] = (line.partition("<daily.")[2] for line in headers(at, BOB) if line.startswith("Message-ID"))
    forged = f"bounces+{seen.partition('@')[0]}@bounces.lantern.example"
    assert take(at, returned.dsn(forged, READERS[1])).changes == []
    assert kept(at) == [(BOB, "soft", False)]


def test_a_relay_may_change_the_case_of_a_return_path(at: Desk) -> None:
    """Only domains are equal in any case, but some relays write the whole address in capitals (RFC 5321, 2.4)."""
    [change] = take(at, returned.dsn(return_path(at, ANN).upper(), READERS[0])).changes
    assert (change.subscriber_id, change.status) == (ANN, "bounced")


def test_a_boundary_tells_no_more_than_the_message_id(at: Desk) -> None:
    assert returned.token(sent(at, BOB)) not in "\n".join(headers(at, BOB))


def test_both_tokens_of_a_mail_are_one_delivery(at: Desk) -> None:
    full = {"reply": returned.FULL}
    take(at, returned.dsn(return_path(at, BOB), READERS[1], **full))
    take(at, returned.dsn("x@x.example", READERS[1], original=headers(at, BOB), **full))
    with at.newsroom.database.read() as connection:
        assert judge(bounces_of(connection, BOB), now=NOW + timedelta(days=1)).points == 0.5


def test_that_another_address_is_gone_is_no_word_on_the_reader(at: Desk) -> None:
    """Ann leads her mail on to somebody whose mailbox is closed."""
    assert take(at, returned.dsn(return_path(at, ANN), "carol@other.example")).changes == []
    assert kept(at) == [(ANN, "soft", False)]


def test_the_readers_address_is_the_same_however_a_report_writes_it(at: Desk) -> None:
    assert take(at, returned.dsn(return_path(at, ANN), READERS[0].upper())).changes != []


def test_the_return_path_goes_before_the_message_id(at: Desk) -> None:
    mail = returned.dsn(return_path(at, ANN), READERS[0], original=headers(at, BOB))
    assert [change.subscriber_id for change in take(at, mail).changes] == [ANN]


def test_a_weekly_reader_whose_every_mail_comes_back_is_given_up(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        asyncio.run(go(at))
        to = return_path(at, ANN)
    toml = tmp_path / "metabrief.toml"
    toml.write_text(toml.read_text("utf-8").replace("schedule =", 'period = "week"\nschedule =', 1), "utf-8")
    with open_newsroom(tmp_path, clock=Clock()) as newsroom:
        for weeks in range(5):
            with newsroom.database.write() as connection:
                row = {"subscriber_id": ANN, "delivery": f"{weeks + 2}.1", "kind": "hard", "is_sure": False}
                row |= {
                    "status": "",
                    "reason": "",
                    "mail": f"{weeks}",
                    "at": NOW - timedelta(weeks=weeks + 1),
                }
                connection.execute(bounces.insert(), row)
        [change] = read_mails(newsroom, [returned.dsn(to, READERS[0], reply=returned.FULL)]).changes
    assert change.why == "5.5 points: 5 hard, 1 soft since 18 January"


def test_who_gets_a_daily_is_forgiven_after_seven_quiet_days(at: Desk) -> None:
    with at.newsroom.database.read() as connection:
        assert quiet_of(at.newsroom, connection, ANN) == timedelta(days=7)


def test_a_late_bounce_of_a_mail_from_before_they_came_back_is_not_held_against_them(at: Desk) -> None:
    at.clock.forward(timedelta(days=1))
    with at.newsroom.database.write() as connection:
        consent.record(
            connection, kind=consent.Kind.CONFIRMED, claim="", origin="", now=at.clock(), subscriber_id=ANN
        )
    at.clock.forward(timedelta(days=1))
    assert take(at, returned.dsn(return_path(at, ANN), READERS[0], date="never")).counted == 1
    assert statuses(at)[0] == "active"


def test_a_mail_read_twice_counts_once(at: Desk) -> None:
    mails = [
        returned.dsn(return_path(at, BOB), READERS[1], reply=returned.FULL),
        returned.letter(f"leave+{leave_token(at, ANN)}@x.example", reader=READERS[0], subject="unsubscribe"),
    ]
    assert [(each.counted, each.known) for each in (take(at, *mails), take(at, *mails))] == [(2, 0), (0, 2)]
    assert rows(at) == 2


FORGED = {
    "no token": "bounces@bounces.lantern.example",
    "another's hash": "bounces+1.2.0123456789abcdef@bounces.lantern.example",
    "a letter's": "bounces+letter.AAAAAAAAAAAAAAAAAAAAAA.0123456789abcdef@bounces.lantern.example",
    "not a number": "bounces+99999999999999999999.1.0123456789abcdef@bounces.lantern.example",
}


@pytest.mark.parametrize("to", FORGED.values(), ids=FORGED.keys())
def test_a_forged_bounce_changes_nothing(at: Desk, to: str) -> None:
    tally = take(
        at, returned.dsn(to, READERS[1]), returned.complaint(["Subject: x", f"To: {READERS[1]}"], to=to)
    )
    assert (tally.without_token, tally.counted, tally.changes) == (2, 0, [])
    assert statuses(at) == ["active"] * 3
    assert rows(at) == 0
    assert not kept_folder(at.newsroom).exists()


def test_the_hash_of_one_delivery_is_no_other_readers(at: Desk) -> None:
    mine = returned.token(sent(at, ANN))
    forged = mine.replace("1.1.", "1.2.", 1)
    assert read_delivery_token(mine, key=at.newsroom.return_path_key) is not None
    assert take(at, returned.dsn(f"bounces+{forged}@bounces.lantern.example", READERS[1])).without_token == 1


def test_a_complaint_ends_it_at_once(at: Desk) -> None:
    assert take(at, returned.complaint(headers(at, BOB))).changes[0].status == "complained"
    assert statuses(at) == ["active", "complained", "active"]


def test_a_complaint_may_show_the_leave_link_alone(at: Desk) -> None:
    link = f"List-Unsubscribe: <https://news.lantern.example/leave/{leave_token(at, BOB)}>"
    assert take(at, returned.complaint(["Subject: x", link])).changes[0].subscriber_id == BOB


def message_id(at: Desk, reader: int) -> str:
    [line] = (line for line in headers(at, reader) if line.startswith("Message-ID"))
    return line


def test_a_complaint_that_shows_a_message_id_alone_ends_nothing_and_is_named(at: Desk) -> None:
    """Whoever saw an answer to our mail can write one."""
    mail = returned.complaint([message_id(at, BOB)])
    tally = take(at, mail)
    digest = hashlib.sha256(mail).hexdigest()
    assert (tally.changes, statuses(at), kept(at)) == ([], ["active"] * 3, [(BOB, "complaint", False)])
    [doubt] = tally.doubts
    assert (doubt.mail, doubt.why.partition(";")[0]) == (
        digest,
        "a complaint of subscriber 2 that shows only a Message-ID of ours, which others may have seen",
    )
    assert f"data/bounces/{digest}.eml" in doubt.why
    assert (kept_folder(at.newsroom) / f"{digest}.eml").read_bytes() == mail
    assert take(at, mail).doubts == []  # it is known


def test_what_proves_goes_before_a_message_id(at: Desk) -> None:
    link = f"List-Unsubscribe: <https://news.lantern.example/leave/{leave_token(at, BOB)}>"
    tally = take(at, returned.complaint([message_id(at, ANN), link]))
    assert ([change.subscriber_id for change in tally.changes], tally.doubts) == ([BOB], [])


def test_a_mail_to_the_leave_address_leaves(at: Desk) -> None:
    to = f"leave+{leave_token(at, BOB)}@bounces.lantern.example"
    tally = take(at, returned.letter(to, reader="somebody@else.example", subject="please"))
    assert [(change.subscriber_id, change.status) for change in tally.changes] == [(BOB, "unsubscribed")]


@pytest.mark.parametrize(
    "to", ["leave@x.example", "leave+AAAAAAAAAAAAAAAAAAAAAA@x.example", "brief@x.example"]
)
def test_nobody_leaves_by_mail_without_their_token(at: Desk, to: str) -> None:
    tally = take(at, returned.letter(to, reader=READERS[0], subject="unsubscribe"))
    assert (tally.kinds, tally.without_token) == ({Kind.LEAVE: 1}, 1)
    assert statuses(at) == ["active"] * 3


def test_nobody_leaves_by_a_message_id(at: Desk) -> None:
    said = message_id(at, BOB)
    answer = f"In-Reply-To: {said.partition(' ')[2]}"
    optout = returned.complaint([said]).replace(b"Type: abuse", b"Type: opt-out")
    letter = returned.letter(
        "leave@x.example", reader=READERS[1], subject="unsubscribe", headers=[answer], body=said
    )
    tally = take(at, optout, letter)
    assert (tally.kinds, tally.without_token, tally.doubted) == ({Kind.LEAVE: 2}, 2, 2)
    assert (statuses(at), rows(at)) == (["active"] * 3, 0)


@pytest.mark.parametrize(
    ("header", "message_id"),
    [
        ("Message-ID: <1.Coremail.ann@163.example>", "<1.Coremail.ann@163.example>"),
        ("message-id:\r\n <1@x.example> ", "<1@x.example>"),
        ("Message-ID: <\x1b[2J@x.example>", ""),
        ("Message-ID: <1@x.example> and more", ""),
        (f"Message-ID: <{'1' * 300}@x.example>", ""),
        ("X-None: 1", ""),
    ],
    ids=["as it stands", "on a line of its own", "no print", "two words", "too long", "none"],
)
def test_a_wish_to_leave_without_a_token_is_named(at: Desk, header: str, message_id: str) -> None:
    mail = returned.letter("brief@x.example", reader=READERS[0], subject="unsubscribe", headers=[header])
    [doubt] = take(at, mail).doubts
    assert (doubt.mail, doubt.message_id) == (hashlib.sha256(mail).hexdigest(), message_id)
    assert doubt.why == (
        "asks to leave without a token of ours; if it is genuine: metabrief subscribers unsubscribe ADDRESS"
    )


def test_a_bounce_or_an_answer_without_a_token_is_for_nobody_to_look_at(at: Desk) -> None:
    away = returned.letter("brief@x.example", reader=READERS[0], subject="Out of office")
    tally = take(at, returned.dsn("bounces@x.example", READERS[0]), away)
    assert (tally.without_token, tally.doubted, tally.troubled) == (1, 0, 0)


def test_of_a_flood_all_are_counted_and_the_first_are_held() -> None:
    tally = Tally()
    for number in range(MOST_LISTED + 5):
        tally.add_trouble(Unread(name=f"{number}", why=""))
        tally.add_doubt(Doubt(mail=f"{number}", message_id="", why=""))
    assert (tally.troubled, tally.doubted) == (MOST_LISTED + 5,) * 2
    assert (len(tally.troubles), len(tally.doubts)) == (MOST_LISTED,) * 2
    assert (tally.troubles[-1].name, tally.doubts[-1].mail) == (f"{MOST_LISTED - 1}",) * 2


def test_a_return_path_is_no_leave_token(at: Desk) -> None:
    take(at, returned.letter(return_path(at, ANN), reader=READERS[0], subject="unsubscribe"))
    assert statuses(at) == ["active"] * 3


def test_our_own_faults_are_counted_and_told_without_addresses(at: Desk) -> None:
    mails = [returned.dsn(return_path(at, n), READERS[n - 1], reply=returned.BLOCKED) for n in (ANN, BOB)]
    tally = take(at, *mails, returned.dsn("bounces@x.example", READERS[0], reply=returned.BLOCKED))
    assert (tally.faults.total(), len(tally.faults), tally.without_token) == (2, 1, 1)
    assert "@" not in next(iter(tally.faults))
    assert rows(at) == 0


def test_answers_of_machines_change_nothing(at: Desk) -> None:
    away = returned.letter(
        return_path(at, ANN),
        reader=READERS[0],
        subject="Out of office",
        headers=["Auto-Submitted: auto-replied"],
    )
    tally = take(at, away, b"", b"\0" * 1000)
    assert tally.kinds == {Kind.AUTO_REPLY: 1, Kind.NONE: 2}
    assert (tally.counted, tally.without_token, rows(at)) == (0, 0, 0)


def test_a_warning_that_the_other_side_still_tries_counts_for_nothing(at: Desk) -> None:
    mail = returned.dsn(return_path(at, ANN), READERS[0], reply=returned.FULL, action="delayed")
    assert take(at, mail).kinds == {Kind.SOFT: 1}
    assert rows(at) == 0
    take(at, returned.dsn(return_path(at, ANN), READERS[0], reply=returned.FULL))
    assert rows(at) == 1


def test_a_bounce_of_a_letter_counts_for_its_reader(at: Desk) -> None:
    with at.newsroom.database.write() as connection:
        Letters().queue(connection, subscriber_id=BOB, kind=Letter.OPT_IN, now=NOW)
        token = connection.scalar(sa.text("SELECT token FROM letters"))
    key = at.newsroom.return_path_key
    to = f"bounces+{letter_token(str(token), key)}@bounces.lantern.example"
    assert [change.subscriber_id for change in take(at, returned.dsn(to, READERS[1])).changes] == [BOB]


def letter_token(token: str, key: bytes) -> str:
    named = f"letter.{token}"
    return f"{named}.{hmac.new(key, named.encode(), hashlib.sha256).hexdigest()[:16]}"


def test_a_bounce_is_dated_as_it_was_written_but_never_before_its_mail(at: Desk) -> None:
    at.clock.forward(timedelta(days=10))
    dates = {
        "Wed, 23 Feb 2022 06:05:00 +0000": NOW + timedelta(days=1),
        "Thu, 01 Jan 1970 00:00:00 +0000": NOW,
        "Fri, 31 Dec 9999 23:59:59 -1200": NOW + timedelta(days=10),
        "yesterday": NOW + timedelta(days=10),
    }
    for date in dates:
        take(at, returned.dsn(return_path(at, ANN), READERS[0], reply=returned.FULL, date=date))
    with at.newsroom.database.read() as connection:
        found = list(connection.scalars(sa.select(bounces.c.at).order_by(bounces.c.id)))
    assert found == list(dates.values())


def test_the_mailbox_is_read_once_and_what_is_old_removed(at: Desk) -> None:
    folder = intake_folder(at.newsroom)
    assert read_intake(at.newsroom).kinds == {}  # nobody has mailed yet
    for name, mail in (("a", returned.dsn(return_path(at, ANN), READERS[0])), ("b", b"Subject: hello\n\n")):
        (folder / "new" / name).write_bytes(mail)
    assert read_intake(at.newsroom).kinds == {Kind.HARD: 1, Kind.NONE: 1}
    assert read_intake(at.newsroom).kinds == {}
    [copy] = kept_folder(at.newsroom).iterdir()
    for path in (folder / "cur" / "a:2,S", copy):
        os.utime(path, (0, (NOW - KEPT).timestamp() - 1))
    remove_old_mails(at.newsroom)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["b:2,S"]
    assert not copy.exists()


def test_a_mailbox_is_left_in_the_middle_when_all_must_stop(at: Desk) -> None:
    folder = intake_folder(at.newsroom)
    make_maildir(folder)
    for name in "abc":
        (folder / "new" / name).write_bytes(b"Subject: hello\n\n")
    asked = iter((False, True))
    assert read_intake(at.newsroom, must_stop=lambda: next(asked)).kinds.total() == 1
    assert sorted(path.name for path in (folder / "new").iterdir()) == ["b", "c"]


def test_a_reader_leaves_though_their_mail_cannot_be_kept(at: Desk) -> None:
    kept_folder(at.newsroom).write_text("no folder")
    tally = take(
        at, returned.letter(f"leave+{leave_token(at, ANN)}@x.example", reader="x@y.example", subject="")
    )
    assert [each.why for each in tally.troubles] == ["it counts, but cannot be kept: File exists"]
    assert tally.changes == [
        Change(
            subscriber_id=ANN,
            status=Status.UNSUBSCRIBED,
            why="left all newsletters",
            mail=tally.changes[0].mail,
        )
    ]


def test_one_who_leaves_by_mail_gets_none_of_what_is_half_sent(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        def bob_leaves() -> None:
            relay.on.clear()
            to = f"leave+{leave_token(at, BOB)}@bounces.lantern.example"
            take(at, returned.letter(to, reader=READERS[1], subject="unsubscribe"))

        relay.on[DOT] = bob_leaves
        await go(at)
        assert relay.recipients == [READERS[0], READERS[2]]
        assert at.tally == {"accepted": 2, "suppressed": 1}

    play(tmp_path, scene, delivery=["connections = 1"])
