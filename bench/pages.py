"""Requests a second of the readers' pages, against the same server answering an empty page, round by round.

``python -m bench.pages [SECONDS]``; a leave is committed, the disk told to keep it, before its answer.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count, cycle
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from pipeline.doorway import bound_socket, serving
from pipeline.render.templates import open_templates
from pipeline.store.database import Database
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.addresses import parse_address
from subscribers.life import Status
from subscribers.links import Links
from subscribers.schema import subscribers
from subscribers.web import Door, Offered, reader_app

FLOOR = 0.3
"""What the pages must reach of the empty page's rate."""
READERS = 30_000
ROUNDS = 25
CONNECTIONS = 32
_EMPTY = "empty page"
_KEY = b"suppression key of the measurement"
_NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)


class _Nowhere:
    def personal_data(self, _connection: sa.Connection, _subscriber_id: int) -> Mapping[str, Any]:
        return {}

    def forget(self, _connection: sa.Connection, _subscriber_id: int) -> None:
        return None


def main() -> None:
    """Measure each page, say the ratio, and end with 1 when one is below the floor."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (port, tokens):
        rounds = asyncio.run(_rounds(port, _requests(tokens), seconds))
    ratios = {name: median(rates[name] / rates[_EMPTY] for rates in rounds) for name in rounds[0]}
    for name, ratio in ratios.items():
        print(f"{name:<20}{median(rates[name] for rates in rounds):8.0f} a second{ratio:8.2f} x")  # noqa: T201
    sys.exit(1 if min(ratios.values()) < FLOOR else 0)


def _requests(tokens: list[str]) -> dict[str, Iterator[bytes]]:
    return {
        _EMPTY: (_request("GET", "/empty") for _ in count()),
        "GET /subscribe": (_request("GET", "/subscribe") for _ in count()),
        "GET /preferences/…": (_request("GET", f"/preferences/{token}") for token in cycle(tokens)),
        "POST /leave/…": (_request("POST", f"/leave/{token}") for token in tokens),
    }


async def _rounds(port: int, requests: dict[str, Iterator[bytes]], seconds: float) -> list[dict[str, float]]:
    """Return the rates of some rounds, in which each page has its turn: a machine is never the same for long."""
    return [
        {name: await _rate(port, each, seconds / ROUNDS) for name, each in requests.items()}
        for _ in range(ROUNDS)
    ]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Serve the pages from a process of their own, so that who measures costs them nothing."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(folder, theirs))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join()


def _serve(folder: Path, parent: Connection) -> None:
    database = Database(f"sqlite:///{folder / 'newsroom.db'}")
    database.migrate()
    tokens = _fill(database)
    app = reader_app(_door(database))

    @app.get("/empty")
    async def empty() -> Response:
        return Response()

    bound = bound_socket()
    with serving(app, bound):
        parent.send((bound.getsockname()[1], tokens))
        parent.recv()
    database.close()


def _fill(database: Database) -> list[str]:
    people = [
        store.SignUp(
            address=parse_address(f"reader{number}@x.example.com"),
            newsletter="daily",
            language="en",
            timezone="Asia/Shanghai",
        )
        for number in range(READERS)
    ]
    rows = [store.new_row(person, status=Status.ACTIVE, now=_NOW) for person in people]
    with database.write() as connection:
        connection.execute(subscribers.insert(), rows)
    return [str(row["token"]) for row in rows]


def _door(database: Database) -> Door:
    return Door(
        read=database.read,
        write=database.write,
        render=open_templates().render,
        clock=lambda: _NOW,
        suppression_key=_KEY,
        publisher="The Salt Gazette",
        language="en",
        contact="editor@test.example",
        newsletters=tuple(
            Offered(
                key=f"{rhythm}ly",
                title=f"One a {rhythm}",
                rhythm=rhythm,
                languages=("en", "zh", "both"),
                timezone="Asia/Shanghai",
            )
            for rhythm in ("day", "week")
        ),
        links=Links(lambda: (_KEY,), clock=lambda: _NOW),
        mailer=Letters(),
        elsewhere=_Nowhere(),
    )


def _request(method: str, path: str) -> bytes:
    body = b"List-Unsubscribe=One-Click" if method == "POST" else b""
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + body


async def _rate(port: int, requests: Iterator[bytes], seconds: float) -> float:
    """Return how many requests a second are answered well, over a few connections that are kept."""
    begun = time.perf_counter()
    answered = await asyncio.gather(*(_ask(port, requests, begun + seconds) for _ in range(CONNECTIONS)))
    return sum(answered) / (time.perf_counter() - begun)


async def _ask(port: int, requests: Iterator[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < until and (request := next(requests, None)):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        answered += 1
    writer.close()
    await writer.wait_closed()
    return answered


if __name__ == "__main__":
    main()
