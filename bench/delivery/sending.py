"""Whole issues sent: by the command itself, and by its job with messages that were written beforehand."""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
import uvloop
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bench.delivery.mails import LANGUAGE
from bench.delivery.newsroom import KEY_FILE
from pipeline.app import Newsroom, open_newsroom
from pipeline.cli import main
from pipeline.cli.signals import SWITCH_SECONDS
from pipeline.deliver.message import Message
from pipeline.deliver.pattern import Pattern
from pipeline.deliver.signing import read_key
from pipeline.jobs import dispatch
from pipeline.jobs.claiming import Place
from pipeline.jobs.messages import Messages
from pipeline.jobs.plan import plan
from pipeline.jobs.send import send
from pipeline.model import Issue, Variant
from pipeline.store import deliveries, issues
from subscribers.audience import Recipient, recipients
from subscribers.schema import subscribers

ISSUE_ID = 1
SIGNED_BYTES = b"x" * 700
"""About as long as the header fields that are signed."""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What sending an issue by the command came to."""

    accepted: int
    seconds: float
    memory_mb: float
    """The most that its process held, and the one that wrote its messages."""
    processor_seconds: float
    writing_seconds: float
    """How long the two had a processor."""

    @property
    def rate(self) -> float:
        """Return the messages a second, planning and all included."""
        return self.accepted / self.seconds


def by_command(home: Path) -> Sent:
    """Send the newsroom's issue by ``metabrief send``; every reader must have been accepted."""
    sys.argv = ["metabrief", "--home", str(home), "send", str(ISSUE_ID)]
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said, redirect_stdout(said), redirect_stderr(said):
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                said.seek(0)
                raise RuntimeError(f"metabrief send ended with {ended.code}: {said.read()[-500:]}") from ended
    seconds = time.perf_counter() - began
    own, writing = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Sent(
        accepted=accepted(home),
        seconds=seconds,
        memory_mb=_peak_mb(),
        processor_seconds=own.ru_utime + own.ru_stime,
        writing_seconds=writing.ru_utime + writing.ru_stime,
    )


def _peak_mb() -> float:
    """Return the most memory that this program held, and the greatest of those it started.

    Of itself ru_maxrss would count what its parent held too.
    """
    found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii"))
    own = int(found[1]) if found else float("nan")
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def accepted(home: Path) -> int:
    """Return how many were accepted, which must be all."""
    with open_newsroom(home) as newsroom, newsroom.database.read() as connection:
        counted = deliveries.counts(connection, ISSUE_ID)
    if set(counted) != {"accepted"}:
        raise RuntimeError(f"not all were accepted: {counted}")
    return counted["accepted"]


def by_job(home: Path, message: Message) -> float:
    """Return the messages a second of the sending job, ledger and all, when nothing needs to be written or signed."""
    sys.setswitchinterval(SWITCH_SECONDS)
    setattr(dispatch, "open_pen", lambda *_, **__: _Ready(message))  # noqa: B010 — mypy lets nobody assign to a function
    with open_newsroom(home) as newsroom:
        newsletter, issue = newsroom.settings.newsletter[0], the_issue(newsroom)
        plan(newsroom, newsletter, issue)
        began = time.perf_counter()
        uvloop.run(send(newsroom, newsletter, issue))
        seconds = time.perf_counter() - began
    return accepted(home) / seconds


class _Ready:
    """Stands in for what writes messages: each is the same but for whom it is to."""

    def __init__(self, message: Message) -> None:
        self._message = message

    async def write(self, places: Sequence[Place]) -> Sequence[Message]:
        return [replace(self._message, recipient=reader.email) for _, reader in places]

    def close(self) -> None:
        pass


def the_issue(newsroom: Newsroom) -> Issue:
    """Return the newsroom's issue."""
    with newsroom.database.read() as connection:
        issue = issues.load_bare(connection, ISSUE_ID)
    if issue is None:
        raise LookupError(f"{newsroom.home} has no issue")
    return issue


@dataclass(frozen=True, kw_only=True)
class Written:
    """How fast messages are written, and how fast the same thread makes nothing but signatures."""

    messages: float
    signatures: float


def written(home: Path, *, number: int, turns: int, is_gated: bool = True) -> Written:
    """Write messages and make bare signatures by turns, in the time that this thread has the core.

    The first message, which is checked thoroughly, is not counted; the others go past the gate if ``is_gated``.
    """
    if not is_gated:
        setattr(Pattern, "check", lambda *_, **__: None)  # noqa: B010 — mypy lets nobody assign to a method
    with open_newsroom(home) as newsroom:
        readers = _readers(newsroom, number)
        messages = Messages(newsroom, newsroom.settings.newsletter[0], ISSUE_ID, _variants(newsroom))
        now = newsroom.clock()
        messages.write(LANGUAGE, readers[0], now=now)
        signing = Signing(home)
        writing_seconds = signing_seconds = 0.0
        for _ in range(turns):
            began = time.thread_time()
            for reader in readers:
                messages.write(LANGUAGE, reader, now=now)
            between = time.thread_time()
            signing.times(number)
            writing_seconds += between - began
            signing_seconds += time.thread_time() - between
    return Written(messages=number * turns / writing_seconds, signatures=number * turns / signing_seconds)


def first_message(home: Path) -> Message:
    """Return the message to the newsroom's first reader."""
    with open_newsroom(home) as newsroom:
        messages = Messages(newsroom, newsroom.settings.newsletter[0], ISSUE_ID, _variants(newsroom))
        return messages.write(LANGUAGE, _readers(newsroom, 1)[0], now=newsroom.clock())


def signatures(home: Path, *, seconds: float) -> float:
    """Return the bare signatures a second of one thread."""
    signing, number = Signing(home), 0
    began = time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds:
        signing.times(10)
        number += 10
    return number / taken


class Signing:
    """Signs with the newsroom's key and does nothing else."""

    def __init__(self, home: Path) -> None:
        self._key = read_key((home / KEY_FILE).read_bytes())

    def times(self, number: int) -> None:
        """Make so many signatures: PKCS #1 v1.5 over SHA-256."""
        padding, hashing = PKCS1v15(), SHA256()
        for _ in range(number):
            self._key.sign(SIGNED_BYTES, padding, hashing)


def _readers(newsroom: Newsroom, number: int) -> list[Recipient]:
    with newsroom.database.read() as connection:
        ids = connection.scalars(sa.select(subscribers.c.id).limit(number)).all()
        return list(recipients(connection, ids).values())


def _variants(newsroom: Newsroom) -> tuple[Variant, ...]:
    with newsroom.database.read() as connection:
        return tuple(issues.variants(connection, ISSUE_ID))
