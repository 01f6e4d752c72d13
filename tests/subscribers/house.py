"""A list behind a running door, to knock at over real HTTP."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.routing import Mount

from pipeline.doorway import bound_socket, serving
from pipeline.render.templates import Templates, open_templates
from pipeline.store.database import Database
from pipeline.store.letters import Letters
from pipeline.store.schema import letters
from subscribers import people, store
from subscribers.addresses import parse_address
from subscribers.audience import audience
from subscribers.limits import Limits, Rates
from subscribers.links import Links, Purpose
from subscribers.metrics import Counters
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.web import Door, Offered, reader_app
from tests.contracts.people import KEY, NOW, add, sign_up

ANN, MEI, PENG = "ann@x.example.com", "mei@y.example.org", "peng@z.example.net"
CONTACT = "editor@test.example"
RATES = Rates(per_network=5, in_all=8)
LANGUAGES = ("en", "zh", "both")
OFFERED = (
    Offered(
        key="daily", title="Lantern <Daily>", rhythm="day", languages=LANGUAGES, timezone="Asia/Shanghai"
    ),
    Offered(
        key="weekly", title="Lantern Weekly", rhythm="week", languages=LANGUAGES, timezone="Asia/Shanghai"
    ),
)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Shelf:
    """What the rest of a program keeps of people."""

    forgotten: list[int] = field(default_factory=list)

    def personal_data(self, _connection: sa.Connection, subscriber_id: int) -> Mapping[str, Any]:
        return {"deliveries": [{"newsletter": "daily", "to": subscriber_id}]}

    def forget(self, _connection: sa.Connection, subscriber_id: int) -> None:
        self.forgotten.append(subscriber_id)


@dataclass(frozen=True, kw_only=True)
class House:
    """A list behind a running door."""

    database: Database
    client: httpx.Client
    clock: Clock
    links: Links
    shelf: Shelf
    counters: Counters
    door: Door

    def token(self, email: str = ANN) -> str:
        with self.database.read() as connection:
            return store.tokens(connection, [parse_address(email).key])[0]

    def person(self, email: str = ANN) -> people.Subscriber:
        with self.database.read() as connection:
            [found] = people.listing(connection, subscribers.c.email == email)
        return found

    def link(self, purpose: Purpose, email: str = ANN) -> str:
        return f"/{purpose}/{self.links.sign(purpose, self.person(email).id)}"

    def confirmation(self) -> str:
        """Return the way to the newest confirming page."""
        with self.database.read() as connection:
            newest = connection.scalar(sa.select(sa.func.max(letters.c.consent_id)))
        assert newest is not None
        return f"/confirm/{self.links.sign(Purpose.CONFIRM, newest)}"

    def letters(self, email: str = ANN) -> list[str]:
        with self.database.read() as connection:
            mine = sa.select(letters.c.kind).join(subscribers, subscribers.c.id == letters.c.subscriber_id)
            return list(connection.scalars(mine.where(subscribers.c.email == email)))

    def consents(self, kind: str) -> list[sa.Row[Any]]:
        with self.database.read() as connection:
            found = sa.select(consents).where(consents.c.kind == kind).order_by(consents.c.id)
            return list(connection.execute(found))

    def rows(self) -> list[tuple[object, ...]]:
        """Return everything that is written down of people."""
        tables = (subscribers, subscriptions, consents, letters)
        with self.database.read() as connection:
            return [tuple(row) for table in tables for row in connection.execute(sa.select(table))]

    def readers(self, newsletter: str = "daily") -> int:
        with self.database.read() as connection:
            return len(connection.execute(audience(newsletter)).all())

    def counted(self, name: str, outcome: str) -> float:
        return self.counters.registry.get_sample_value(f"metabrief_{name}_total", {"outcome": outcome}) or 0.0

    def saved(self, form: Mapping[str, Any], email: str = ANN) -> httpx.Response:
        """Send the preferences page's form, changed as ``form`` says."""
        whole = {
            "offered": ["daily", "weekly"],
            "newsletter": ["daily"],
            "language": "en",
            "timezone": "Asia/Shanghai",
            "hour": "",
            "pause": "",
            "name": "",
        }
        return self.client.post(f"/preferences/{self.token(email)}", data=whole | dict(form))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a list of two once: Ann reads English, Mei Chinese."""
    path = tmp_path_factory.mktemp("house") / "newsroom.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(MEI, language="zh"))
    database.close()
    return path


@dataclass(frozen=True, kw_only=True)
class Porch:
    """A running server, at which each test has a door of its own."""

    app: FastAPI
    base: str
    templates: Templates

    def show(self, door: Door) -> None:
        self.app.router.routes[:] = [Mount("/", reader_app(door))]


@pytest.fixture(scope="session")
def porch() -> Iterator[Porch]:
    """Start a server once, for it takes longer to end than a test to run."""
    app, bound = FastAPI(), bound_socket()
    with serving(app, bound):
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        yield Porch(app=app, base=base, templates=open_templates())


@pytest.fixture
def house(tmp_path: Path, furnished: Path, porch: Porch) -> Iterator[House]:
    """Serve a list of two."""
    database = Database(f"sqlite:///{shutil.copy(furnished, tmp_path)}")
    clock, shelf, counters = Clock(), Shelf(), Counters()
    links = Links(lambda: (b"a key of the tests",), clock=clock)
    door = Door(
        read=database.read,
        write=database.write,
        render=porch.templates.render,
        clock=clock,
        suppression_key=KEY,
        publisher="Lantern <Street> Press",
        language="en",
        contact=CONTACT,
        newsletters=OFFERED,
        links=links,
        mailer=Letters(),
        elsewhere=shelf,
        limits=Limits(RATES),
        counters=counters,
    )
    porch.show(door)
    with httpx.Client(base_url=porch.base, trust_env=False) as client:
        yield House(
            database=database,
            client=client,
            clock=clock,
            links=links,
            shelf=shelf,
            counters=counters,
            door=door,
        )
    database.close()


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """Return a file of one's data."""
    found = json.loads(answer.text)
    assert isinstance(found, dict)
    return found
