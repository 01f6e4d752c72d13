"""What follows from a reply: for its own row, for the others of the domain, for the reader, for the issue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.deliver.replies import Attempt, Phase, Reply, read_reply
from pipeline.deliver.throttle import FIRST_PAUSE, POLICY_PAUSE
from pipeline.jobs import journal as journals
from pipeline.jobs.batch import Batch
from pipeline.jobs.journal import Journal
from pipeline.jobs.outcomes import FULL_PAUSE, Outcomes
from pipeline.jobs.supply import Parcel
from pipeline.model import DeliveryState, HoldReason
from pipeline.store.deliveries import Claim
from subscribers.audience import audience
from subscribers.schema import bounces, subscribers
from tests.deliver.tray import BASE
from tests.jobs.hands import OWNER, claimed, with_flighty
from tests.jobs.newsroom import NOW, Desk, desk

ROOM = [f"r{number}@big.example" for number in range(5)]
KEPT = Attempt(state=DeliveryState.ACCEPTED, code=250, reason="kept")
SLOWER = read_reply(Reply(code=450, text="4.7.28 too many mails from you"), phase=Phase.RECIPIENT)
POLICY = read_reply(Reply(code=550, text="5.7.1 reputation"), phase=Phase.RECIPIENT)
LATER = read_reply(Reply(code=451, text="4.3.0 later"), phase=Phase.RECIPIENT)
UNKNOWN = read_reply(Reply(code=550, text="5.1.1 no such user"), phase=Phase.RECIPIENT)
MINUTE = timedelta(minutes=1)


class Room:
    """Some deliveries of one domain, claimed, with what follows from their replies."""

    def __init__(self, at: Desk, *, flighty_failures: int = 0) -> None:
        self.at = at
        self.batches: list[Batch] = []
        newsroom, self._flighty = with_flighty(at.newsroom)
        self.claims = claimed(at)
        self.journal = Journal(newsroom, at.issue.id, audience("daily"), owner=OWNER)
        self.outcomes = Outcomes(newsroom, at.newsletter, at.issue, self.journal, tell=self.batches.append)
        self.flighty_failures = flighty_failures

    def parcel(self, number: int, *, domain: str = "big.example") -> Parcel:
        return Parcel(claim=self.claims[number], domain=domain, message=BASE)

    async def told(self, number: int, attempt: Attempt, *, domain: str = "big.example") -> object:
        """Try a delivery, which ends so; return why the issue must be held."""
        parcel = self.parcel(number, domain=domain)
        assert self.outcomes.begin(parcel)
        assert await self.journal.start(parcel.claim.subscriber_id)
        self._flighty.failures = self.flighty_failures
        held = self.outcomes.settle(parcel, attempt)
        await self.journal.drain()
        return held

    def row(self, number: int) -> tuple[str, int, datetime | None]:
        return tuple(self.at.rows(column)[number] for column in ("state", "attempts", "next_try"))  # type: ignore[return-value]


Scene = Callable[[Room], Coroutine[Any, Any, None]]


def play(
    home: Path, scene: Scene, *, readers: Sequence[str] = ROOM, failures: int = 0, **settings: Any
) -> None:
    async def played() -> None:
        with desk(home, *readers, **settings) as at:
            room = Room(at, flighty_failures=failures)
            try:
                async with asyncio.timeout(20):
                    await scene(room)
            finally:
                room.journal.close()

    asyncio.run(played())


def test_a_row_waits_its_own_pause_longer_with_each_try(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, LATER)
        assert room.row(0) == ("deferred", 1, NOW + MINUTE)
        again = Claim(subscriber_id=2, language="en", attempts=1, not_after=room.claims[1].not_after)
        room.claims = (room.claims[0], again, *room.claims[2:])
        await room.told(1, LATER)
        assert room.row(1)[2] == NOW + 5 * MINUTE

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("reply", "rest"), [(SLOWER, FIRST_PAUSE), (POLICY, POLICY_PAUSE)], ids=["4.7.28", "5.7.1"]
)
def test_a_domain_that_asks_for_it_rests_and_its_other_rows_lose_no_try(
    tmp_path: Path, reply: Attempt, rest: timedelta
) -> None:
    async def scene(room: Room) -> None:
        assert await room.told(0, reply) is None
        assert room.row(0) == ("deferred", 1, NOW + rest + MINUTE)  # its own pause behind the rest
        assert room.outcomes.puts_off(room.claims[1], "big.example")
        assert not room.outcomes.begin(room.parcel(2))
        assert not room.outcomes.puts_off(room.claims[3], "other.example")
        await room.journal.drain()
        assert room.row(1) == room.row(2) == ("deferred", 0, NOW + rest)
        assert room.row(3) == ("claimed", 0, None)
        assert room.at.rows("reason")[1:3] == ["its domain wants fewer mails and rests"] * 2

    play(tmp_path, scene)


def test_a_domain_that_comes_back_gets_one_at_once_and_one_more_with_each_that_is_taken(
    tmp_path: Path,
) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, SLOWER)
        room.at.clock.forward(FIRST_PAUSE)
        first, second = room.parcel(1), room.parcel(2)
        assert room.outcomes.begin(first)
        assert not room.outcomes.begin(second)
        await room.journal.drain()
        assert room.row(2) == ("deferred", 0, NOW + FIRST_PAUSE + FULL_PAUSE)
        assert room.at.rows("reason")[2] == "its domain takes few mails at once now"
        room.outcomes.settle(first, KEPT)
        assert room.outcomes.begin(room.parcel(3))
        assert room.outcomes.begin(room.parcel(4))
        assert not room.outcomes.begin(room.parcel(0))

    play(tmp_path, scene)


def test_a_place_given_back_unheard_is_free_again(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, SLOWER)
        room.at.clock.forward(FIRST_PAUSE)
        assert room.outcomes.begin(room.parcel(1))
        room.outcomes.end(room.parcel(1))
        assert room.outcomes.begin(room.parcel(2))

    play(tmp_path, scene)


def test_nothing_is_put_off_beyond_its_end(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, POLICY)
        assert room.outcomes.puts_off(room.claims[1], "big.example")
        await room.journal.drain()
        not_after = room.claims[0].not_after
        assert not_after < NOW + POLICY_PAUSE
        assert [room.row(number)[2] for number in (0, 1)] == [not_after, not_after]

    play(tmp_path, scene, delivery=['not_after = "20m"'])


@pytest.mark.parametrize("failures", [0, 2], ids=["at once", "told again"])
def test_an_address_that_does_not_exist_counts_against_its_reader_once(
    tmp_path: Path, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_PAUSE_SECONDS", 0.01)

    async def scene(room: Room) -> None:
        await room.told(0, UNKNOWN)
        await room.told(1, LATER)
        await room.told(2, POLICY, domain="other.example")
        with room.at.newsroom.database.read() as connection:
            counted = connection.execute(sa.select(bounces.c.subscriber_id)).all()
            statuses = set(connection.scalars(sa.select(subscribers.c.status)))
        assert (counted, statuses) == ([(1,)], {"active"})
        assert room.row(0) == ("rejected", 1, None)

    play(tmp_path, scene, failures=failures)


def test_a_refusal_of_the_content_counts_against_nobody(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, read_reply(Reply(code=554, text="5.6.0 content"), phase=Phase.MESSAGE))
        with room.at.newsroom.database.read() as connection:
            assert connection.execute(sa.select(bounces)).all() == []

    play(tmp_path, scene)


def test_the_issue_is_held_when_enough_domains_refuse_us(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        held = [await room.told(number, POLICY, domain=f"d{number}.example") for number in range(3)]
        assert held[:2] == [None, None]
        assert isinstance(held[2], tuple)
        assert held[2][0] is HoldReason.REPLIES

    play(tmp_path, scene)


def test_every_try_is_in_a_batch_and_what_was_put_off_is_in_none(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.told(0, KEPT)
        await room.told(1, SLOWER)
        room.outcomes.puts_off(room.claims[2], "big.example")
        room.outcomes.end_batch()
        [batch] = room.batches
        assert (batch.states, batch.codes) == ({"accepted": 1, "deferred": 1}, {250: 1, 450: 1})

    play(tmp_path, scene)


def test_a_rate_gives_each_its_place(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        assert room.outcomes.is_place_free()
        assert room.outcomes.seconds_to_place() == 0
        assert not room.outcomes.is_place_free()
        assert 9 < room.outcomes.seconds_to_place() <= 10
        assert 19 < room.outcomes.seconds_to_place() <= 20

    play(tmp_path, scene, delivery=["rate_per_second = 0.1"])


def test_without_a_rate_every_place_is_free(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        assert [room.outcomes.seconds_to_place() for _ in range(3)] == [0, 0, 0]
        assert room.outcomes.is_place_free()

    play(tmp_path, scene)
