"""What is measured: each function runs one promise's ways side by side and yields its rows of the table."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.delivery import ledgered, mails, ours, peers, sending
from bench.delivery.apart import apart, beside
from bench.delivery.disk import sync_seconds
from bench.delivery.distance import distance, round_trip
from bench.delivery.figures import Row, Ways, rounds
from bench.delivery.newsroom import DOMAIN, KEY_FILE, SELECTOR, SITE_URL, Wanted, copied, make
from bench.delivery.sink import Sink, sink
from pipeline.app import open_newsroom
from pipeline.deliver.message import Message

OURS, SOURCE, NODEMAILER, AIOSMTPLIB = "metabrief", "smtp-source", "nodemailer", "aiosmtplib"
RATE = "/s"
CONNECTIONS, MORE_CONNECTIONS = 10, 50
ROUND_TRIP_SECONDS = 0.050
_REACHES: Mapping[int, Mapping[str, float]] = {
    5: {SOURCE: 1.5, NODEMAILER: 7, AIOSMTPLIB: 5},
    40: {SOURCE: 1.1, NODEMAILER: 3, AIOSMTPLIB: 3},
}
_SIGNED_SECONDS = 10.0
_TELL_SECONDS = 15.0
_WRITTEN = 100


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is measured."""

    rounds: int = 5
    messages: int = 20_000
    slow_messages: int = 6_000
    """For what is several times slower."""
    far_messages: int = 10_000
    turns: int = 10
    """Of writing a hundred messages, and of as many signatures."""
    readers: int = 100_000
    signed_messages: int = 3_000
    """For nodemailer, which signs them."""
    few: int = 10_000
    many: int = 1_000_000


QUICK = Scale(
    messages=4_000,
    slow_messages=1_000,
    far_messages=3_000,
    turns=3,
    readers=10_000,
    signed_messages=1_000,
    many=100_000,
)


def client(scale: Scale) -> Iterator[Row]:
    """Measure the SMTP client alone beside others' clients, the messages being ready."""
    peers.ready_nodemailer()
    for kilobytes, reaches in _REACHES.items():
        size = kilobytes * 1024
        message = mails.bare(size)
        fast = {"messages": scale.messages, "connections": CONNECTIONS}
        slow = {"messages": scale.slow_messages, "connections": CONNECTIONS}
        with sink() as to:
            ways: Ways = {
                OURS: partial(apart, ours.client, to.port, message, **fast),
                SOURCE: partial(peers.smtp_source, to.port, size=size, **fast),
                NODEMAILER: partial(peers.nodemailer_raw, to.port, message, **slow),
                AIOSMTPLIB: partial(apart, peers.smtplib_async, to.port, message, **slow),
            }
            runs = rounds(ways, scale.rounds)
        for name, reach in reaches.items():
            yield _rate(
                f"client, {kilobytes} KB", ours=runs[OURS], against=name, theirs=runs[name], reach=reach
            )


def ledger(scale: Scale) -> Iterator[Row]:
    """Measure the client with the durable ledger, and the whole job, beside the client without."""
    print(f"  the disk keeps a page in {sync_seconds() * 1000:.2f} ms", file=sys.stderr)  # noqa: T201
    message = mails.bare(5 * 1024)
    with sink() as to, _newsroom(scale.messages, to.port, is_full=False) as home:
        count = {"messages": scale.messages, "connections": MORE_CONNECTIONS}
        ways: Ways = {
            "client with ledger": partial(_in_copy, ledgered.with_ledger, home, message),
            "whole job": partial(_in_copy, sending.by_job, home, message),
            "without ledger": partial(apart, ours.client, to.port, message, **count),
        }
        runs = rounds(ways, scale.rounds)
    for name in ("client with ledger", "whole job"):
        yield _rate(
            f"{name}, 5 KB", ours=runs[name], against="without", theirs=runs["without ledger"], reach=0.6
        )


def _in_copy(way: Callable[[Path, Message], float], home: Path, message: Message) -> float:
    with copied(home) as copy:
        return apart(way, copy, message)


def message(scale: Scale) -> Iterator[Row]:
    """Measure how fast whole messages are written beside bare signatures of the same thread."""
    with _newsroom(_WRITTEN, 25, is_full=True) as home:
        each = [apart(sending.written, home, number=_WRITTEN, turns=scale.turns) for _ in range(scale.rounds)]
        ungated = [
            apart(sending.written, home, number=_WRITTEN, turns=scale.turns, is_gated=False)
            for _ in range(scale.rounds)
        ]
    for name, runs, reach in (("written and signed", ungated, 0.75), ("and past the gate", each, 0.65)):
        yield _rate(
            f"message {name}",
            ours=tuple(run.messages for run in runs),
            against="bare RSA-2048 signatures",
            theirs=tuple(run.signatures for run in runs),
            reach=reach,
        )


def end(scale: Scale) -> Iterator[Row]:
    """Measure ``metabrief send`` as a whole, beside one thread that signs while the sink is as busy, and nodemailer."""
    peers.ready_nodemailer()
    with sink() as to, _newsroom(scale.readers, to.port, is_full=True) as home:
        one = apart(sending.first_message, home)
        last = [0.0]

        def whole() -> float:
            with copied(home) as copy:
                last[0] = _sent(copy, to).rate
            return last[0]

        def signing() -> float:
            with beside(ours.feed, to.port, one, last[0]):
                return apart(sending.signatures, home, seconds=_SIGNED_SECONDS)

        ways: Ways = {OURS: whole, "signing": signing, NODEMAILER: partial(_nodemailer, to.port, home, scale)}
        runs = rounds(ways, scale.rounds)
    size = f"{scale.readers:,} readers, {len(one.content) / 1000:.0f} KB"
    yield _rate(
        f"send, {size}", ours=runs[OURS], against="one signing thread", theirs=runs["signing"], reach=0.6
    )
    yield _rate(f"send, {size}", ours=runs[OURS], against=NODEMAILER, theirs=runs[NODEMAILER], reach=2)


def _nodemailer(port: int, home: Path, scale: Scale) -> float:
    with open_newsroom(home) as newsroom:
        variant = mails.full_variant(newsroom, newsroom.settings.newsletter[0])
    issue = {
        "html": variant.html,
        "text": variant.text,
        "subject": variant.subject,
        "title": "Lantern Press",
        "why": "You get this because you subscribed.",
        "site": SITE_URL,
        "headers": {
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<daily.{DOMAIN}>",
            "List-Help": f"<mailto:editor@{DOMAIN}?subject=help>",
            "List-Archive": f"<{SITE_URL}/archive>",
            "List-Owner": f"<mailto:editor@{DOMAIN}>",
            "Auto-Submitted": "auto-generated",
            "Feedback-ID": f"1:daily:bench:{DOMAIN}",
        },
    }
    key = (home / KEY_FILE).read_text(encoding="ascii")
    dkim = {"domainName": DOMAIN, "keySelector": SELECTOR, "privateKey": key}
    return peers.nodemailer_signed(
        port, issue, dkim=dkim, messages=scale.signed_messages, connections=CONNECTIONS
    )


def latency(scale: Scale) -> Iterator[Row]:
    """Measure how near a long way comes to one round trip a message, without the ledger and with it."""
    message = mails.bare(5 * 1024)
    with (
        sink() as to,
        distance(to.port, round_trip_seconds=ROUND_TRIP_SECONDS) as far,
        _newsroom(scale.far_messages, far, is_full=False) as home,
    ):
        print(f"  a round trip takes {round_trip(far) * 1000:.1f} ms", file=sys.stderr)  # noqa: T201
        count = {"messages": scale.far_messages, "connections": MORE_CONNECTIONS}
        ways: Ways = {
            "client": partial(apart, ours.client, far, message, **count),
            "whole job": partial(_in_copy, sending.by_job, home, message),
        }
        runs = rounds(ways, scale.rounds)
    most = (MORE_CONNECTIONS / ROUND_TRIP_SECONDS,) * scale.rounds
    for name, rates in runs.items():
        yield _rate(
            f"50 ms away, {name}", ours=rates, against="a round trip a message", theirs=most, reach=0.8
        )


def memory(scale: Scale) -> Iterator[Row]:
    """Measure the most memory that ``metabrief send`` holds, with few readers and with many; once, for it hardly varies."""
    with sink(counts=True) as to:
        few, many = (_memory_mb(readers, to) for readers in (scale.few, scale.many))
    yield Row(
        what=f"memory, {scale.many:,} deliveries",
        unit="MB",
        ours=(many,),
        against=f"{scale.few:,}",
        theirs=(few,),
        reach=1.2,
        is_ceiling=True,
    )


def _memory_mb(readers: int, to: Sink) -> float:
    with _newsroom(readers, to.port, is_full=False) as home:
        print(f"  sending to {readers:,} readers", file=sys.stderr)  # noqa: T201
        with _progress(to):
            sent = _sent(home, to)
    print(f"  {sent.memory_mb:.0f} MB, {sent.rate:,.0f} a second", file=sys.stderr)  # noqa: T201
    return sent.memory_mb


def _sent(home: Path, to: Sink) -> sending.Sent:
    """Send a newsroom's issue; a sink that counts must have got as many messages as the ledger says."""
    before, busy = to.messages, to.processor_seconds
    sent = apart(sending.by_command, home)
    if to.counts and to.messages - before != sent.accepted:
        raise RuntimeError(f"{sent.accepted} were accepted, {to.messages - before} have arrived")
    spent = (sent.processor_seconds, sent.writing_seconds, to.processor_seconds - busy)
    each = "sending {:.0f}, writing {:.0f}, the sink {:.0f}".format(*(s / sent.accepted * 1e6 for s in spent))
    print(f"  processor time of a mail in millionths of a second: {each}", file=sys.stderr)  # noqa: T201
    return sent


@contextmanager
def _progress(to: Sink) -> Iterator[None]:
    """Tell every while how much has arrived."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(_TELL_SECONDS):
            print(f"  {to.messages:,} have arrived", file=sys.stderr)  # noqa: T201

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _newsroom(readers: int, port: int, *, is_full: bool) -> Iterator[Path]:
    """Yield the folder of a newsroom that is made for this."""
    wanted = Wanted(readers=readers, port=port, connections=MORE_CONNECTIONS, is_full=is_full)
    with TemporaryDirectory(prefix="metabrief-bench-") as folder:
        apart(make, Path(folder), wanted)
        yield Path(folder)


def _rate(
    what: str, *, ours: tuple[float, ...], against: str, theirs: tuple[float, ...], reach: float
) -> Row:
    return Row(what=what, unit=RATE, ours=ours, against=against, theirs=theirs, reach=reach)


ROWS: Mapping[str, Callable[[Scale], Iterator[Row]]] = {
    "client": client,
    "ledger": ledger,
    "message": message,
    "end": end,
    "latency": latency,
    "memory": memory,
}
