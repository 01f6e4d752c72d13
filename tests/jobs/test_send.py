"""Sending an issue: who gets it, and what becomes of a row or an issue when the relay says no."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import pytest

from pipeline.doorway import bound_socket
from pipeline.model import IssueStatus
from pipeline.store import issues
from pipeline.store.schema import deliveries
from subscribers.schema import subscribers
from tests.deliver.relay import AUTH, CONNECT, CUT, DATA, DOT, EHLO, MAIL, RCPT, Relay
from tests.jobs.newsroom import Desk, desk
from tests.jobs.scenes import READERS, crowd, go, play


def test_each_reader_is_written_to_once_and_again_nobody(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        first = await go(at)
        assert (first.issue.status, first.trouble) == (IssueStatus.SENT, "")
        assert relay.recipients == sorted(READERS)
        await go(at)
        assert len(relay.mails) == len(READERS)
        assert at.tally == {"accepted": 3}

    play(tmp_path, scene)


def test_each_mail_has_its_own_leave_link_and_return_path(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        links = [re.findall(rb"List-Unsubscribe: <(\S+)>", mail.content)[0] for mail in relay.mails]
        assert len(set(links)) == len({mail.envelope_from for mail in relay.mails}) == 3

    play(tmp_path, scene)


FATES = [
    # step, reply, the reader's row, connections stay usable
    (RCPT, "451 4.3.0 later", "deferred"),
    (RCPT, "550 5.1.1 <ann@a.example> unknown", "rejected"),
    (RCPT, "550 5.7.1 policy", "deferred"),
    (RCPT, "421 4.7.0 go away", "deferred"),
    (DATA, "451 4.3.0 later", "deferred"),
    (DATA, "554 5.6.0 no", "rejected"),
    (DATA, "250 what?", "deferred"),
    (DOT, "451 4.3.0 later", "deferred"),
    (DOT, "554 5.6.0 content", "rejected"),
    (DOT, "550 5.7.1 policy", "deferred"),
    (DOT, "no number at all", "uncertain"),
    (DOT, CUT, "uncertain"),
    (RCPT, CUT, "planned"),
    (DATA, CUT, "planned"),
]


@pytest.mark.parametrize(("step", "reply", "state"), FATES, ids=[f"{s}: {r}" for s, r, _ in FATES])
def test_a_row_becomes_what_the_relay_did_to_it(tmp_path: Path, step: str, reply: str, state: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(step, reply, to=READERS[0])
        await go(at)
        assert at.rows("state")[0] == state
        assert at.tally == {"accepted": 2, state: 1}
        assert "@" not in str(at.rows("reason"))

    play(tmp_path, scene, delivery=["connections = 1"])


@pytest.mark.parametrize("step", [CONNECT, EHLO, MAIL, RCPT, DATA])
def test_a_connection_lost_before_the_dot_is_opened_again(tmp_path: Path, step: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(step, CUT)
        ended = await go(at)
        assert (at.tally, ended.trouble) == ({"accepted": 3}, "")
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene, delivery=["connections = 1"])


@pytest.mark.parametrize("step", [CONNECT, EHLO, MAIL, RCPT, DATA])
def test_a_relay_that_stays_away_leaves_rows_planned_and_is_named(tmp_path: Path, step: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(step, CUT)
        ended = await go(at)
        assert (at.tally, at.status) == ({"planned": 3}, "sending")
        assert f"127.0.0.1:{relay.port}" in ended.trouble
        assert relay.connections == 2  # one reconnect

    play(tmp_path, scene, delivery=["connections = 1"])


def test_a_relay_that_is_not_there_leaves_rows_planned_and_is_named(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay._server.close()
        assert "cannot be reached" in (await go(at)).trouble
        assert at.tally == {"planned": 3}

    play(tmp_path, scene)


REFUSALS = [
    (CONNECT, "554 5.7.1 not you"),
    (EHLO, "550 5.7.1 not you"),
    (MAIL, "550 5.7.1 <brief@lantern.example> may not send"),
    (MAIL, "530 authentication required"),
]


@pytest.mark.parametrize(("step", "reply"), REFUSALS, ids=[f"{s}: {r}" for s, r in REFUSALS])
def test_a_refusal_of_us_holds_the_issue_and_blames_no_reader(tmp_path: Path, step: str, reply: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(step, reply)
        if step == EHLO:
            relay.always("HELO", reply)
        ended = await go(at)
        assert (at.status, at.tally) == ("held replies", {"planned": 3})
        assert "@" not in ended.issue.hold_detail

    play(tmp_path, scene)


def test_a_wrong_password_holds_the_issue_and_stands_nowhere(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(AUTH, "535 5.7.8 wrong")
        ended = await go(at)
        assert at.status == "held replies"
        assert "secret" not in ended.issue.hold_detail

    play(tmp_path, scene, smtp=['username = "u"', 'password = "secret"'])


def test_a_right_password_is_let_in(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        assert at.status == "sent"
        assert any(line.startswith("AUTH") for line in relay.said)

    play(tmp_path, scene, smtp=['username = "u"', 'password = "secret"'])


@pytest.mark.parametrize(("number", "status"), [(2, "sending"), (3, "held replies")], ids=["two", "three"])
def test_policy_refusals_of_three_domains_hold_the_issue(tmp_path: Path, number: int, status: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        for reader in READERS[:number]:
            relay.always(RCPT, "550 5.7.1 reputation", to=reader)
        await go(at)
        assert at.status == status
        assert at.tally["deferred"] == number

    play(tmp_path, scene)


@pytest.mark.parametrize(("number", "status"), [(199, "sending"), (201, "held replies")])
def test_a_share_of_policy_refusals_counts_from_200_attempts_on(
    tmp_path: Path, number: int, status: str
) -> None:
    readers = crowd(number, domain="one.example")

    async def scene(at: Desk, relay: Relay) -> None:
        for reader in readers[-3:]:
            relay.always(RCPT, "550 5.7.1 reputation", to=reader)
        await go(at)
        assert at.status == status

    play(tmp_path, scene, readers=readers)


def test_what_the_gate_keeps_back_holds_the_issue_and_nothing_leaves(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        assert (at.status, at.tally) == ("held gate", {"planned": 3})
        assert relay.connections == 0

    play(tmp_path, scene, spoil="investment advice")


def test_a_language_dropped_from_the_configuration_still_gets_the_issue(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        with at.newsroom.database.write() as connection:
            connection.execute(subscribers.update().values(language="both"))
        await go(at)
        assert (at.tally, set(at.rows("language"))) == ({"accepted": 3}, {"en"})

    play(tmp_path, scene)


@pytest.mark.parametrize("answer", ["404 Not Found", "500 Broken", "301 Moved\r\nLocation: /", ""])
def test_without_a_leave_page_nothing_is_sent(tmp_path: Path, answer: str) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async def played() -> None:
        async with Relay() as relay, await asyncio.start_server(page, "127.0.0.1", 0) as server:
            site = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with desk(tmp_path, *READERS, port=relay.port, site_url=site, check_site=True) as at:
                await go(at)
                assert at.status == "held site"
                assert relay.connections == 0

    asyncio.run(played())


def test_a_leave_page_that_is_away_does_not_undo_a_cancelled_issue(tmp_path: Path) -> None:
    with bound_socket() as closed:
        site = f"http://127.0.0.1:{closed.getsockname()[1]}"

        async def scene(at: Desk, relay: Relay) -> None:
            with at.newsroom.database.write() as connection:
                issues.set_status(connection, at.issue.id, status=IssueStatus.CANCELLED)
            await go(at)
            assert at.status == "cancelled"

        play(tmp_path, scene, site_url=site, check_site=True)


def test_no_log_line_has_an_address_or_a_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.INFO)

    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)

    play(tmp_path, scene)
    assert not re.search(r"@[abc]\.example|/leave/.", caplog.text)


def test_the_outbox_gets_a_file_a_reader_and_mails_nobody(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        ended = asyncio.run(go(at))
        asyncio.run(go(at))
        assert (ended.issue.status, ended.issue.transport) == (IssueStatus.SENT, "outbox")
        assert at.tally == {"accepted": 3}
        assert len(list((tmp_path / "outbox" / "new").iterdir())) == 3


def test_an_outbox_row_whose_sender_died_is_put_there_once(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        asyncio.run(go(at))
        with at.newsroom.database.write() as connection:
            connection.execute(
                deliveries.update().values(state="data_started", owner="dead", lease_until=at.clock())
            )
            issues.set_status(connection, at.issue.id, status=IssueStatus.SENDING)
        asyncio.run(go(at))
        assert (at.tally, at.status) == ({"accepted": 3}, "sent")
        assert len(list((tmp_path / "outbox" / "new").iterdir())) == 3


def test_an_outbox_that_cannot_be_made_leaves_rows_planned_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with desk(tmp_path, *READERS) as at:
        assert str(tmp_path / "outbox") in asyncio.run(go(at)).trouble
        assert at.tally == {"planned": 3}


def test_the_mail_address_to_leave_is_named_where_it_is_read(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        [mail] = relay.mails
        [line] = [each for each in mail.content.split(b"\r\n") if each.startswith(b"List-Unsubscribe:")]
        links, mails = re.findall(rb"<([^>]+)>", line)
        token = links.rpartition(b"/")[2]
        assert mails == b"mailto:leave+" + token + b"@bounces.lantern.example?subject=unsubscribe"

    play(tmp_path, scene, readers=READERS[:1], smtp=["[intake]"])
