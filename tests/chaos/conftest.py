"""Newsrooms to be struck: each test gets a copy of one whose readers are imported, with an issue to send."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from pipeline.model import TransportKind
from tests.chaos.postgresql import Postgresql, postgresql
from tests.chaos.room import IS_LONG, Room, approve_issue, enrol

SQLITE = "sqlite:///data/metabrief.db"
_numbers = count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes as long as in life, unless that is wanted."""
    if not IS_LONG:
        left_out = [item for item in items if item.get_closest_marker("in_life")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgresql]:
    """Yield a PostgreSQL server of this run's own."""
    with postgresql(tmp_path_factory.mktemp("runtime")) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Return a newsroom with readers, to be copied."""
    return _furnished(tmp_path_factory.mktemp("model"), SQLITE)


@pytest.fixture(scope="session")
def postgresql_model(tmp_path_factory: pytest.TempPathFactory, server: Postgresql) -> Room:
    """Return a newsroom with readers on PostgreSQL, to be copied."""
    server.execute("CREATE DATABASE model")
    return _furnished(tmp_path_factory.mktemp("model"), server.url("model"))


def _furnished(home: Path, database: str) -> Room:
    room = Room(home=home, database=database, log=home / "none")
    room.configure()
    enrol(room)
    return room


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """Yield a newsroom with an approved issue for the relay; the parameter names another database than SQLite."""
    copied = _on_postgresql if getattr(request, "param", "sqlite") == "postgresql" else _on_sqlite
    yield from opened(copied(request, tmp_path), TransportKind.SMTP)


@pytest.fixture
def outbox_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """Yield a newsroom with an approved issue for the outbox."""
    yield from opened(_on_sqlite(request, tmp_path), TransportKind.OUTBOX)


def opened(room: Room, transport: TransportKind) -> Iterator[Room]:
    """Yield a newsroom with an approved issue; whatever still runs at the end is killed."""
    room.configure(transport=transport)
    approve_issue(room, transport)
    yield room
    for process in room.processes:
        with suppress(ProcessLookupError):
            process.kill()
        process.ended()


def _on_sqlite(request: pytest.FixtureRequest, folder: Path) -> Room:
    return _copied(request.getfixturevalue("sqlite_model"), folder)


def _on_postgresql(request: pytest.FixtureRequest, folder: Path) -> Room:
    server: Postgresql = request.getfixturevalue("server")
    model = _copied(request.getfixturevalue("postgresql_model"), folder)
    name = f"room_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE model")
    return replace(model, database=server.url(name))


def _copied(model: Room, folder: Path) -> Room:
    home = folder / "room"
    shutil.copytree(model.home, home)
    return Room(home=home, database=model.database, log=folder / "noted")
