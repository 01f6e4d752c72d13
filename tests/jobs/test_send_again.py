"""Sending when something stops, waits or dies on the way: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.app import open_newsroom
from pipeline.deliver.relay import Relay as RelayAddress
from pipeline.deliver.smtp import SmtpConnection
from pipeline.jobs.journal import LEASE
from pipeline.model import HoldReason, IssueStatus
from pipeline.store import issues
from pipeline.store.schema import deliveries
from subscribers.schema import subscribers
from tests.deliver.letters import message
from tests.deliver.relay import CONNECT, CUT, DATA, DOT, RCPT, SILENT, Relay
from tests.jobs.newsroom import Clock, Desk, found
from tests.jobs.scenes import READERS, crowd, go, play

FAR = datetime(2060, 1, 1, tzinfo=UTC)


AGES = 'not_after = "20000d"'
"""A subprocess has the real clock: its rows must be in time then, and at ``FAR``."""


@pytest.mark.parametrize(("number", "status"), [(2, "sent"), (3, "held uncertain")])
def test_more_silences_in_a_row_than_connections_hold_the_issue(
    tmp_path: Path, number: int, status: str
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT)
        await go(at)
        assert at.status == status
        assert at.tally == {"uncertain": number}

    play(tmp_path, scene, readers=READERS[:number], delivery=["connections = 2"])


def test_an_acceptance_in_between_ends_the_row_of_silences(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT, "250 kept", CUT)
        await go(at)
        assert (at.status, at.tally) == ("sent", {"accepted": 1, "uncertain": 2})

    play(tmp_path, scene, delivery=["connections = 1"])


def test_an_uncertain_row_is_never_sent_again_by_itself(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT, to=READERS[0])
        relay.always(RCPT, "451 later", to=READERS[1])
        await go(at)
        at.clock.forward(timedelta(hours=1))
        await go(at)
        assert relay.recipients.count(READERS[0]) == 1

    play(tmp_path, scene)


def test_silence_after_the_dot_is_uncertain(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, SILENT)
        there = RelayAddress(host="127.0.0.1", port=relay.port, tls="none", dot_timeout_seconds=0.05)
        attempt = await SmtpConnection(there).deliver(message(), lambda: True)
        assert attempt is not None
        assert attempt.state == "uncertain"

    play(tmp_path, scene)


def test_a_reader_who_leaves_before_the_dot_is_not_written_to(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.on[DATA] = lambda: at.leave(READERS[0])
        await go(at)
        assert READERS[0] not in relay.recipients
        assert at.tally == {"accepted": 2, "suppressed": 1}

    play(tmp_path, scene, delivery=["connections = 1"])


def test_a_reader_erased_after_planning_is_suppressed(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(CONNECT, CUT)
        await go(at)
        with at.newsroom.database.write() as connection:
            connection.execute(
                subscribers.update().where(subscribers.c.id == 1).values(status="erased", email=None)
            )
        relay.always(CONNECT, "220 back")
        await go(at)
        assert at.tally == {"accepted": 2, "suppressed": 1}

    play(tmp_path, scene)


def test_an_issue_held_between_two_sends_does_not_bother_the_relay(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(CONNECT, CUT)
        await go(at)
        before = relay.connections
        with at.newsroom.database.write() as connection:
            issues.set_status(
                connection, at.issue.id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR
            )
        await go(at)
        assert relay.connections == before
        assert (at.status, at.tally) == ("held operator", {"planned": 3})

    play(tmp_path, scene)


def test_an_issue_paused_meanwhile_stops_after_what_is_on_the_wire(tmp_path: Path) -> None:
    readers = crowd(30)

    async def scene(at: Desk, relay: Relay) -> None:
        def pause() -> None:
            with at.newsroom.database.write() as connection:
                issues.set_status(
                    connection, at.issue.id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR
                )

        relay.on[DOT] = pause
        await go(at)
        assert at.tally == {"accepted": 1, "planned": 29}
        assert at.status == "held operator"
        assert relay.connections <= 2
        relay.on.clear()
        at.release()
        await go(at)
        assert relay.recipients == readers

    play(tmp_path, scene, readers=readers, delivery=["connections = 1"])


def test_two_senders_at_once_write_to_nobody_twice(tmp_path: Path) -> None:
    readers = crowd(60)

    async def scene(at: Desk, relay: Relay) -> None:
        with open_newsroom(tmp_path, clock=Clock()) as second:
            await asyncio.gather(go(at), go(found(second)))
        assert relay.recipients == readers
        assert at.tally == {"accepted": 60}

    play(tmp_path, scene, readers=readers, delivery=["connections = 3"])


def test_waiting_tries_deferred_rows_again_until_all_are_sent(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(RCPT, *["451 later"] * 4)
        relay.on[RCPT] = lambda: at.clock.forward(timedelta(seconds=1))
        ended = await go(at, wait=True)
        assert (ended.issue.status, at.tally) == (IssueStatus.SENT, {"accepted": 3})
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene, delivery=['retry_pauses = ["0s"]'])


def test_silences_count_over_all_rounds_of_one_run(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT)
        relay.once(RCPT, "451 later", "451 later")
        ended = await go(at, wait=True)
        assert (at.status, ended.tally.uncertain) == ("held uncertain", 2)

    play(tmp_path, scene, readers=READERS[:2], delivery=["connections = 1", 'retry_pauses = ["0s"]'])


def test_deferring_ends_in_expired_and_never_in_rejected(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, "451 later", to=READERS[0])
        await go(at)
        at.clock.forward(timedelta(hours=11, minutes=59, seconds=30))
        ended = await go(at)
        assert at.tally == {"accepted": 2, "deferred": 1}
        assert ended.next_try is not None
        at.clock.moment = ended.next_try
        await go(at)
        assert (at.tally, at.status) == ({"accepted": 2, "expired": 1}, "sent")

    play(tmp_path, scene)


def test_one_address_that_cannot_be_written_to_stops_nobody_else(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        assert at.tally == {"accepted": 2, "rejected": 1}

    play(tmp_path, scene, readers=("王@例子.中国", *READERS[:2]))


async def sender_process(home: Path) -> asyncio.subprocess.Process:
    call = "from pipeline.cli import main; main()"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", call, "--home", str(home), "send", stdout=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize(
    ("step", "killed", "later"),
    [
        pytest.param(DATA, {"planned": 3}, {"accepted": 3}, id="before the dot"),
        pytest.param(DOT, {"planned": 3}, {"uncertain": 1, "accepted": 2}, id="after the dot"),
    ],
)
def test_a_killed_sender_loses_nothing_and_doubles_nothing(
    tmp_path: Path, step: str, killed: dict[str, int], later: dict[str, int]
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(step, SILENT)
        reached = asyncio.Event()
        relay.on[step] = reached.set
        process = await sender_process(tmp_path)
        await reached.wait()
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        assert at.tally == killed
        at.clock.moment = FAR
        await go(at)
        await go(at)
        assert at.tally == later
        assert relay.recipients == sorted(READERS)  # the dot of the killed one came in, in the second case
        assert at.status == "sent"

    play(tmp_path, scene, delivery=["connections = 1", AGES])


def test_while_a_lease_lives_its_rows_are_left_alone(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(CONNECT, CUT)
        await go(at)
        relay.always(CONNECT, "220 back")
        lease = {"state": "claimed", "owner": "another", "lease_until": at.clock() + LEASE}
        with at.newsroom.database.write() as connection:
            connection.execute(deliveries.update().where(deliveries.c.subscriber_id == 1).values(lease))
        await go(at)
        assert relay.recipients == sorted(READERS[1:])
        at.clock.forward(LEASE)
        await go(at)
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene)


def test_the_wait_for_the_last_reply_is_shorter_than_a_lease() -> None:
    assert timedelta(seconds=RelayAddress(host="relay.example", port=25).dot_timeout_seconds) < LEASE


def test_sigterm_finishes_the_wire_leaves_the_rest_planned_and_exits_0(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        reached, release = asyncio.Event(), asyncio.Event()
        relay.on[DOT] = reached.set
        relay.gate[DOT] = release
        process = await sender_process(tmp_path)
        await reached.wait()
        process.send_signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(
            0.5, release.set
        )  # the signal and the reply arrive in any order
        said, _ = await process.communicate()
        assert process.returncode == 0, said
        assert at.tally == {"accepted": 1, "planned": 2}

    play(tmp_path, scene, delivery=["connections = 1", AGES])


def test_the_command_names_a_relay_that_is_away_and_exits_1(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(CONNECT, CUT)
        process = await sender_process(tmp_path)
        said, _ = await process.communicate()
        assert process.returncode == 1
        assert f"127.0.0.1:{relay.port}" in said.decode()
        assert at.tally == {"planned": 3}

    play(tmp_path, scene, delivery=["connections = 1", AGES])
