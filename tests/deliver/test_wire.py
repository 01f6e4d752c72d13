"""Replies as they come over the wire: in pieces, in lots, unasked, or none at all."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from pipeline.deliver.replies import Reply
from pipeline.deliver.wire import LONGEST_REPLY, Wire, WireError


class Ears(asyncio.Transport):
    """A connection's other side, which notes what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = b""
        self.ended = ""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.heard += data

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"


def connected(*, asked: int = 1) -> tuple[Wire, Ears]:
    """Return a wire over which so many commands went out, and its other side."""
    wire, ears = Wire(), Ears()
    wire.connection_made(ears)
    wire.write(b"NOOP\r\n" * asked, replies=asked)
    return wire, ears


def taken(wire: Wire) -> Reply:
    return asyncio.run(wire.reply(timeout_seconds=0.05))


def end(wire: Wire) -> str:
    """Return why a wire has ended."""
    with pytest.raises(WireError) as ended:
        taken(wire)
    assert not wire.is_open
    return str(ended.value)


REPLIES = [
    pytest.param(b"250 2.0.0 kept\r\n", Reply(code=250, text="2.0.0 kept"), id="a line"),
    pytest.param(b"250 kept\n", Reply(code=250, text="kept"), id="LF alone"),
    pytest.param(b"354\r\n", Reply(code=354, text=""), id="a code alone"),
    pytest.param(b"250-one\r\n250-\r\n250 three\r\n", Reply(code=250, text="one\n\nthree"), id="three lines"),
    pytest.param(b"250-one\n250 two\r\n", Reply(code=250, text="one\ntwo"), id="mixed ends"),
    pytest.param(b"250-one\r\n550 no\r\n", Reply(code=550, text="one\nno"), id="the last line counts"),
    pytest.param(
        b"550 \xe4\xbd\xa0 \xff\r\n", Reply(code=550, text="你 \udcff"), id="bytes that are no text"
    ),
]


@pytest.mark.parametrize(("came", "reply"), REPLIES)
def test_a_reply_is_read_whole_or_byte_by_byte(came: bytes, reply: Reply) -> None:
    whole, _ = connected()
    whole.data_received(came)
    assert taken(whole) == reply
    split, _ = connected()
    for byte in came:
        split.data_received(bytes([byte]))
    assert taken(split) == reply
    assert whole.is_open
    assert split.is_open


def test_replies_to_commands_sent_together_are_taken_in_order() -> None:
    wire, ears = connected(asked=3)
    wire.data_received(b"250-a\r\n250 a\r\n550 b\r\n35")
    wire.data_received(b"4 c\r\n")
    assert [taken(wire).code for _ in range(3)] == [250, 550, 354]
    assert (wire.is_open, ears.ended) == (True, "")


NONSENSE = [
    pytest.param(b"\r\n", id="an empty line"),
    pytest.param(b"2\r\n", id="one digit"),
    pytest.param(b"two fifty\r\n", id="no number"),
    pytest.param(b"250_kept\r\n", id="no space"),
    pytest.param(b"2500 kept\r\n", id="four digits"),
    pytest.param(b"250-one\r\nkept\r\n", id="a second line without a number"),
    pytest.param(b"HTTP/1.1 400 Bad Request\r\n", id="HTTP"),
    pytest.param(b"\x16\x03\x01\x02\x00\n", id="TLS"),
    pytest.param(b"\xb2\xb3\xb9 kept\r\n", id="digits of another alphabet"),
]


@pytest.mark.parametrize("came", NONSENSE)
def test_nonsense_ends_the_connection_and_what_follows_it_is_nobodys_reply(came: bytes) -> None:
    wire, ears = connected(asked=2)
    wire.data_received(came + b"250 kept\r\n250 kept\r\n")
    assert end(wire) == "what it answers is no SMTP"
    assert ears.ended == "aborted"


ENDLESS = [
    pytest.param(b"2" * 1_000, id="a line"),
    pytest.param(b"250-" + b"x" * 500 + b"\r\n", id="lines"),
]


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_reply_without_an_end_is_not_kept(piece: bytes) -> None:
    wire, ears = connected()
    for _ in range(10_000_000 // len(piece)):
        if ears.ended:
            break
        wire.data_received(piece)
        assert len(wire._partial) + wire._length <= LONGEST_REPLY + 2 * len(piece)
    assert ears.ended == "aborted"
    assert end(wire)


def test_a_reply_that_nothing_asked_for_ends_the_connection() -> None:
    wire, ears = connected()
    wire.data_received(b"250 kept\r\n421 4.4.2 idle\r\n")
    assert taken(wire).code == 250
    assert end(wire) == "it said unasked: 421 4.4.2 idle"
    assert ears.ended == "aborted"
    with pytest.raises(WireError):
        wire.write(b".\r\n", replies=1)


def test_a_reply_that_came_before_a_cut_still_counts() -> None:
    wire, _ = connected(asked=2)
    wire.data_received(b"250 kept\r\n250")
    wire.connection_lost(None)
    assert taken(wire).code == 250
    assert end(wire) == "it closed the connection"


def test_silence_ends_the_connection() -> None:
    wire, ears = connected()
    assert end(wire) == "it said nothing for 0.05 seconds"
    assert ears.ended == "aborted"


def test_a_cut_wakes_who_waits() -> None:
    wire, _ = connected()

    async def cut_meanwhile() -> None:
        asyncio.get_running_loop().call_soon(wire.connection_lost, ConnectionResetError("reset"))
        await wire.reply(timeout_seconds=60)

    with pytest.raises(WireError, match="reset"):
        asyncio.run(cut_meanwhile())


def test_who_stops_waiting_leaves_the_reply_to_the_next() -> None:
    wire, _ = connected()

    async def stopped() -> Reply:
        waiting = asyncio.create_task(wire.reply(timeout_seconds=60))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        wire.data_received(b"250 kept\r\n")
        return await wire.reply(timeout_seconds=60)

    assert asyncio.run(stopped()).code == 250


@pytest.mark.parametrize(("farewell", "ended"), [(b"QUIT\r\n", "closed"), (b"", "aborted")])
def test_it_is_closed_once_in_peace_or_at_once(farewell: bytes, ended: str) -> None:
    wire, ears = connected(asked=0)
    wire.close(farewell=farewell)
    wire.close()
    assert (ears.heard, ears.ended) == (farewell, ended)
    assert not wire.is_open


@pytest.mark.parametrize(
    "came", [b"220 go\r\n25", b"220 go\r\n250-PIPELINING\r\n", b"220 go\r\n250 kept\r\n"]
)
def test_what_was_said_in_the_clear_does_not_get_into_the_secured_session(came: bytes) -> None:
    wire, _ = connected()
    wire.data_received(came)
    assert taken(wire).code == 220
    context = ssl.create_default_context()
    with pytest.raises(WireError):
        asyncio.run(wire.secure(context, host="localhost", timeout_seconds=1))


def test_an_unconnected_wire_takes_nothing() -> None:
    wire = Wire()
    wire.close()
    with pytest.raises(WireError, match="not connected"):
        wire.write(b"NOOP\r\n", replies=1)
