"""Many connections over one issue: none waits for ever, none sends what must not leave, nothing is lost between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliver.replies import Attempt
from pipeline.errors import StoreError
from pipeline.jobs import journal as journals
from pipeline.jobs.batch import Batch
from pipeline.jobs.claiming import Claims, Place
from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.journal import Journal
from pipeline.jobs.messages import Messages
from pipeline.jobs.plan import plan
from pipeline.jobs.send import send
from pipeline.model import HoldReason, IssueStatus
from pipeline.store import issues
from subscribers.audience import audience
from tests.deliver.relay import CONNECT, CUT, DATA, DOT, EHLO, MAIL, ONE_BY_ONE, RCPT, Relay
from tests.jobs.hands import with_flighty
from tests.jobs.newsroom import Desk, desk
from tests.jobs.scenes import crowd, go

Scene = Callable[[Desk, Relay], Coroutine[Any, Any, None]]


def play(home: Path, scene: Scene, *, number: int, relay: Relay | None = None, **settings: Any) -> None:
    """Run a scene with so many readers, each of a domain of their own; it must end."""

    async def played() -> None:
        async with relay or Relay() as server:
            with desk(home, *crowd(number), port=server.port, **settings) as at:
                async with asyncio.timeout(10):
                    await scene(at, server)

    asyncio.run(played())


def connections(number: int, *more: str) -> list[str]:
    return [f"connections = {number}", *more]


def pause(at: Desk) -> None:
    with at.newsroom.database.write() as connection:
        issues.set_status(connection, at.issue.id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR)


def each_once(at: Desk, relay: Relay, number: int) -> None:
    assert at.tally == {"accepted": number}
    assert relay.recipients == sorted(crowd(number))


@pytest.mark.parametrize("ways", [1, 3])
def test_a_relay_that_hangs_up_after_each_message_gets_every_message(tmp_path: Path, ways: int) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        ended = await go(at)
        each_once(at, relay, 12)
        assert ended.trouble == ""

    play(tmp_path, scene, number=12, relay=Relay(mails_per_connection=1), delivery=connections(ways))


@pytest.mark.parametrize("most", [1, 2])
def test_a_relay_that_lets_in_fewer_connections_than_we_open_gets_every_message(
    tmp_path: Path, most: int
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.on[DATA] = lambda: at.clock.forward(timedelta(milliseconds=1))
        ended = await go(at)
        each_once(at, relay, 60)
        assert ended.trouble == ""

    play(tmp_path, scene, number=60, relay=Relay(most_at_once=most), delivery=connections(6))


@pytest.mark.parametrize("step", [MAIL, RCPT, DATA])
def test_a_message_that_costs_the_connection_every_time_is_left_and_the_others_go(
    tmp_path: Path, step: str
) -> None:
    poison = crowd(9)[4]

    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(EHLO, ONE_BY_ONE)
        relay.always(RCPT if step == MAIL else step, CUT, to=poison)
        ended = await go(at)
        assert at.tally == {"accepted": 8, "planned": 1}
        assert "was lost" in ended.trouble

    play(tmp_path, scene, number=9, delivery=connections(2))


def test_a_hold_is_the_last_word_for_envelopes_that_are_out(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, "550 5.7.1 reputation")
        await go(at)
        assert at.status == "held replies"
        assert (at.tally, len(relay.mails)) == ({"deferred": 3, "planned": 7}, 3)

    play(tmp_path, scene, number=10, delivery=connections(1))


def test_a_stop_is_the_last_word_for_envelopes_that_are_out(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = asyncio.Event()
        await go(at, stop=stop, hearers=Hearers(delivered=lambda _: stop.set()))
        assert at.tally["planned"] + len(relay.mails) == 30
        assert len(relay.mails) <= 3  # what was past its fence
        assert at.tally.get("uncertain", 0) == 0
        assert set(at.rows("owner")) == {None}

    play(tmp_path, scene, number=30, delivery=connections(3))


def test_a_stop_ends_connections_that_wait_for_work(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = asyncio.Event()
        relay.gate[DOT], relay.on[DOT] = stop, stop.set
        await go(at, stop=stop)
        assert sum(at.tally.values()) == 2
        assert "uncertain" not in at.tally

    play(tmp_path, scene, number=2, delivery=connections(8))


def test_an_issue_paused_while_connections_wait_for_their_place_ends_them_all(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.on[DATA] = lambda: pause(at)
        await go(at)
        assert (at.tally, at.status) == ({"planned": 3}, "held operator")
        assert relay.mails == []

    play(tmp_path, scene, number=3, delivery=connections(6, "rate_per_second = 5"))


def test_an_issue_that_the_writer_finds_paused_ends_connections_that_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Claims.take

    async def scene(at: Desk, relay: Relay) -> None:
        relay.gate[CONNECT] = asyncio.Event()

        async def pause_before_the_second(self: Claims) -> tuple[Place, ...]:
            places = await take(self)
            pause(at)
            if not places:
                relay.gate[CONNECT].set()
            return places

        monkeypatch.setattr(Claims, "take", pause_before_the_second)
        await go(at)
        assert (at.tally, relay.mails) == ({"planned": 3}, [])

    play(tmp_path, scene, number=3, delivery=connections(6, "rate_per_second = 5"))


def test_a_hold_does_not_wait_for_the_rate(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(MAIL, "550 5.7.1 who are you?")
        await go(at)
        assert at.status == "held replies"

    play(tmp_path, scene, number=3, delivery=connections(3, "rate_per_second = 0.01"))


def test_a_relay_that_is_away_leaves_nobody_writing_ahead(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay._server.close()
        ended = await go(at)
        assert "cannot be reached" in ended.trouble
        assert at.tally == {"planned": 100}
        assert set(at.rows("owner")) == {None}

    play(tmp_path, scene, number=100, delivery=connections(2))


def test_an_unforeseen_error_of_the_writer_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError("a mistake of ours")

    async def scene(at: Desk, relay: Relay) -> None:
        with pytest.raises(LookupError):
            await go(at)
        assert relay.mails == []
        assert set(at.rows("state")) <= {"planned", "claimed"}

    monkeypatch.setattr(Messages, "write", fail)
    play(tmp_path, scene, number=30, delivery=connections(4))


def test_everybody_hears_what_happens(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        tries: list[str] = []
        rounds: list[int] = []
        batches: list[Batch] = []
        relay.once(RCPT, "451 later", "550 5.1.1 no")
        await go(
            at,
            hearers=Hearers(
                delivered=lambda attempt: tries.append(attempt.state),
                round_begun=rounds.append,
                batch=batches.append,
            ),
        )
        assert sorted(tries) == ["accepted"] * 5 + ["deferred", "rejected"]
        assert rounds == [7]
        assert [dict(batch.states) for batch in batches] == [{"accepted": 5, "deferred": 1, "rejected": 1}]

    play(tmp_path, scene, number=7, delivery=connections(2))


def broken(_: object) -> None:
    raise LookupError("a mistake of who hears")


@pytest.mark.parametrize(
    "hearers", [Hearers(delivered=broken), Hearers(batch=broken)], ids=["of a try", "of a batch"]
)
def test_a_hearer_who_fails_costs_no_reader_anything(tmp_path: Path, hearers: Hearers) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        with pytest.raises(LookupError):
            await go(at, hearers=hearers)
        states = at.rows("state")
        assert states.count("accepted") == len(relay.mails)
        assert "data_started" not in states
        ended = await go(at)
        each_once(at, relay, 6)
        assert ended.issue.status is IssueStatus.SENT

    play(tmp_path, scene, number=6, delivery=connections(1))


def test_a_database_that_goes_and_comes_back_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_PAUSE_SECONDS", 0.01)

    async def scene(at: Desk, relay: Relay) -> None:
        newsroom, flighty = with_flighty(at.newsroom)
        said = 0

        def away() -> None:
            nonlocal said
            said += 1
            if said % 7 == 0:
                flighty.failures, flighty.is_committing = 2, said % 2 == 0

        relay.on[DATA] = away
        await send(newsroom, at.newsletter, at.issue)
        relay.on.clear()
        await go(at)
        each_once(at, relay, 40)

    play(tmp_path, scene, number=40, delivery=connections(4))


def test_a_database_that_stays_away_ends_the_run_and_leaves_no_more_in_doubt_than_were_on_the_wire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(Journal.__init__, "__kwdefaults__", {"patience": timedelta(seconds=0.1)})

    async def scene(at: Desk, relay: Relay) -> None:
        newsroom, flighty = with_flighty(at.newsroom)
        relay.once(DOT, *["250 kept"] * 10)
        relay.on[DOT] = lambda: setattr(flighty, "failures", 1_000_000 if len(relay.mails) > 8 else 0)
        with suppress(StoreError):
            await send(newsroom, at.newsletter, at.issue)
        relay.on.clear()
        at.clock.forward(timedelta(minutes=10))
        await go(at)
        assert len(relay.mails) == len(set(relay.recipients))
        assert at.tally.get("uncertain", 0) <= 4
        assert at.tally["accepted"] + at.tally.get("uncertain", 0) == 40

    play(tmp_path, scene, number=40, delivery=connections(4))


def test_what_rests_is_put_off_and_nobody_asks_the_relay(tmp_path: Path) -> None:
    readers = [f"r{number}@big.example" for number in range(6)]

    async def scene() -> None:
        async with Relay() as relay:
            with desk(tmp_path, *readers, port=relay.port, delivery=connections(1)) as at:
                relay.always(RCPT, "450 4.7.28 too many mails from you")
                await go(at)
                assert at.rows("attempts") == [1, 0, 0, 0, 0, 0]
                assert at.tally == {"deferred": 6}
                assert sum(line.startswith(RCPT) for line in relay.said) == 1

    asyncio.run(scene())


def test_a_clock_that_jumps_puts_no_delivery_into_our_hands_twice(tmp_path: Path) -> None:
    async def scene(at: Desk, _relay: Relay) -> None:
        plan(at.newsroom, at.newsletter, at.issue)
        journal = Journal(at.newsroom, at.issue.id, audience("daily"), owner="us/1/me")
        claims = Claims(at.newsroom, at.issue, journal, owner="us/1/me", keeps_hours=False)
        try:
            await claims.begin_round()
            first = await claims.take()
            at.clock.forward(timedelta(hours=1))
            again = await claims.take()
        finally:
            journal.close()
        assert (len(first), again) == (5, ())

    play(tmp_path, scene, number=5, delivery=connections(2))


def test_a_clock_that_jumps_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        said = 0

        def jump() -> None:
            nonlocal said
            said += 1
            if said % 10 == 0 and said < 60:
                at.clock.forward(timedelta(minutes=30))

        relay.on[RCPT] = jump
        await go(at)
        relay.on.clear()
        await go(at)
        each_once(at, relay, 60)

    play(tmp_path, scene, number=60, delivery=connections(5))


def test_a_try_that_was_heard_of_is_no_secret_to_the_ledger(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        heard: list[Attempt] = []
        relay.once(DOT, "250 kept", "451 4.3.0 later", "554 5.6.0 no", CUT)
        await go(at, hearers=Hearers(delivered=heard.append))
        assert sorted(attempt.state for attempt in heard) == sorted(str(state) for state in at.rows("state"))

    play(tmp_path, scene, number=8, delivery=connections(1))
