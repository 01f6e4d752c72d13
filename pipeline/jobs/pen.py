"""What writes an issue's messages ahead of their sending, so that nobody waits for a signature.

For many readers it is a process of its own: in a thread each signature would wait for its turn at the interpreter, behind
all the connections (``python -m bench.delivery end``). From one process to the other go values alone, for a pipe takes
longer over a whole message than filling it does.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from pipeline.app import Newsroom, utc_now
from pipeline.config import Newsletter, Settings
from pipeline.deliver.message import Message, UnwritableAddressError
from pipeline.deliver.stationery import Form
from pipeline.errors import GateError, MetabriefError
from pipeline.jobs.claiming import Place
from pipeline.jobs.messages import Messages
from pipeline.store import issues
from pipeline.store.database import Database
from subscribers.audience import Recipient

FEW = 1_000
"""Messages: a process takes most of a second to begin, in which a thread writes as many."""

Wanted = tuple[str, Recipient]
"""A language, and whom the message is for."""
Sheet = Message | UnwritableAddressError
"""A message, or why there is none to this reader."""


class PenLostError(MetabriefError):
    """The process that writes messages has ended, and what it was asked for is not written."""


class Pen(Protocol):
    """Writes messages, those asked for first before the others."""

    async def write(self, places: Sequence[Place]) -> Sequence[Sheet]:
        """Write a message for each place. Raises ``GateError``, or what else keeps all of them from being written."""

    def close(self) -> None:
        """Let go."""


def open_pen(newsroom: Newsroom, newsletter: Newsletter, issue_id: int, *, number: int) -> Pen:
    """Return what writes about ``number`` messages of an issue."""
    kind = _Thread if number < FEW else _Process
    return kind(newsroom, newsletter, issue_id)


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Writes messages, here and now."""

    newsroom: Newsroom
    newsletter: Newsletter
    issue_id: int

    def write(self, wanted: Iterable[Wanted], now: datetime) -> tuple[Sheet, ...]:
        """Write messages; whose address is none gets none. Raises ``GateError`` and what making the issue ready may."""
        return tuple(self._sheet(language, reader, now) for language, reader in wanted)

    def _sheet(self, language: str, reader: Recipient, now: datetime) -> Sheet:
        try:
            return self._messages.write(language, reader, now=now)
        except UnwritableAddressError as error:
            return error

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """Return what all messages in each language have in common."""
        return self._messages.forms()

    @cached_property
    def _messages(self) -> Messages:
        with self.newsroom.database.read() as connection:
            variants = issues.variants(connection, self.issue_id)
        return Messages(self.newsroom, self.newsletter, self.issue_id, variants)


class _Thread:
    """Writes in a thread."""

    def __init__(self, newsroom: Newsroom, newsletter: Newsletter, issue_id: int) -> None:
        self._writer = _Writer(newsroom=newsroom, newsletter=newsletter, issue_id=issue_id)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pen")

    async def write(self, places: Sequence[Place]) -> Sequence[Sheet]:
        write, now = self._writer.write, self._writer.newsroom.clock()
        return await asyncio.get_running_loop().run_in_executor(self._thread, write, _wanted(places), now)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


class _Process:
    """Writes in a process, which ends with ours however that ends: it then hears no more."""

    def __init__(self, newsroom: Newsroom, newsletter: Newsletter, issue_id: int) -> None:
        self._clock = newsroom.clock
        self._room = (newsroom.home, newsroom.settings, newsroom.database.url, newsletter, issue_id)
        self._line: _Line | None = None

    async def write(self, places: Sequence[Place]) -> Sequence[Sheet]:
        try:
            if self._line is None:
                self._line = _Line(self._room)
            return await self._line.ask(_wanted(places), now=self._clock())
        except BaseException as error:
            self.close()  # what it still answers would be taken for the answer to another question
            if isinstance(error, EOFError | OSError):
                raise PenLostError(
                    "the process that writes the messages has ended early or could not begin; see whether memory was short"
                ) from error
            raise

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


_Room = tuple[Path, Settings, sa.URL, Newsletter, int]
_Values = tuple[Message, list[bytes]]
"""A message without its content, and what stands in the fields of its form."""


class _Line:
    """The other process: it tells its forms, and then answers one question after the other."""

    def __init__(self, room: _Room) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        with theirs:
            self._process = context.Process(target=_serve, args=(theirs, room), name="pen", daemon=True)
            _start_deaf(self._process)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours.fileno(), self._hear)
        os.set_blocking(self._ours.fileno(), True)  # the loop has ended that, and answers are taken whole
        self._awaited: deque[asyncio.Future[Any]] = deque()
        self._forms: asyncio.Future[Mapping[str, Form]] = self._answer()

    async def ask(self, wanted: Sequence[Wanted], *, now: datetime) -> Sequence[Sheet]:
        """Have messages written. Raises what the process met, and ``EOFError`` or ``OSError`` when it has ended."""
        self._ours.send((wanted, now))
        answer: asyncio.Future[Sequence[_Values | UnwritableAddressError]] = self._answer()
        forms = await asyncio.shield(self._forms)
        sheets = zip(wanted, await answer, strict=True)
        return tuple(
            sheet if isinstance(sheet, UnwritableAddressError) else _refilled(forms[language], *sheet)
            for (language, _), sheet in sheets
        )

    def close(self) -> None:
        """End the process at once: it has nothing to lose."""
        self._loop.remove_reader(self._ours.fileno())
        self._ours.close()
        self._process.kill()
        self._process.join()
        for answer in self._awaited:
            _end(answer, EOFError())

    def _answer(self) -> asyncio.Future[Any]:
        self._awaited.append(self._loop.create_future())
        return self._awaited[-1]

    def _hear(self) -> None:
        if not self._awaited:  # it has ended, as who asks next will find
            self._loop.remove_reader(self._ours.fileno())
            return
        try:
            told = self._ours.recv()
        except (EOFError, OSError) as error:
            told = error
        _end(self._awaited.popleft(), told)


def _end(answer: asyncio.Future[Any], told: object) -> None:
    """Tell who waits; an error that nobody waits for is none."""
    if answer.done():
        return
    if isinstance(told, Exception):
        answer.set_exception(told)
        answer.exception()
    else:
        answer.set_result(told)


def _start_deaf(process: SpawnProcess) -> None:
    """Start a process that hears no signal meant for the whole group: whoever asks it is told as well, and ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(wire: Connection, room: _Room) -> None:
    """Write what is asked for until nobody asks any more, in the process."""
    home, settings, url, newsletter, issue_id = room
    newsroom = Newsroom(home=home, settings=settings, database=Database(url), clock=utc_now)
    writer = _Writer(newsroom=newsroom, newsletter=newsletter, issue_id=issue_id)
    with wire, suppress(EOFError, OSError):
        try:
            wire.send(writer.forms)
            while True:
                wire.send(_values(writer, *wire.recv()))
        except (EOFError, ConnectionError):
            raise  # nobody asks any more
        except MetabriefError as error:
            wire.send(error)
        except Exception as error:
            wire.send(RuntimeError(f"a message could not be written: {error!r}"))
            raise


def _values(
    writer: _Writer, wanted: Sequence[Wanted], now: datetime
) -> list[_Values | UnwritableAddressError]:
    sheets = zip(wanted, writer.write(wanted, now), strict=True)
    return [
        sheet if isinstance(sheet, UnwritableAddressError) else _emptied(writer.forms[language], sheet)
        for (language, _), sheet in sheets
    ]


def _emptied(form: Form, message: Message) -> _Values:
    values = form.values(message.content, message.lengths)
    if values is None:
        raise GateError(f"message {message.id} may not leave: it is not what its mailing was made to be")
    return replace(message, content=b""), values


def _refilled(form: Form, message: Message, values: Sequence[bytes]) -> Message:
    return replace(message, content=form.filled(values))


def _wanted(places: Iterable[Place]) -> tuple[Wanted, ...]:
    return tuple((claim.language, reader) for claim, reader in places)
