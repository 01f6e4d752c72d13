"""Open the database: SQLite in WAL mode, or PostgreSQL; writers are serialised, the schema is brought up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from pipeline.errors import ConfigurationError, StoreError

HEAD = "0006"
"""The newest migration; a test holds it to the history."""

BUSY_SECONDS = 30
_LOG_SECONDS = 0.2
_MIGRATION_LOCK = 20220222  # any number, the same in every process
_SHREDS = "must_empty_log"
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One database; ``write`` and ``read`` are the only ways in."""

    def __init__(self, url: str | sa.URL) -> None:
        self.url = _parsed(url)
        self.engine = _engine(self.url)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that may write from its first statement on; commit at the end."""
        must_empty_log = False
        with self._foreign_errors(), self.engine.begin() as connection:
            yield connection
            must_empty_log = connection.info.pop(_SHREDS, False)
        if must_empty_log:
            self._empty_log()

    def _empty_log(self) -> None:
        """Take out of SQLite's log what was taken out of the database; whoever reads right now keeps it until the next time."""
        if self.engine.dialect.name != "sqlite":
            return
        with closing(self.engine.raw_connection()) as connection, suppress(sqlite3.Error):
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_LOG_SECONDS * 1000:.0f}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that only reads, and never waits for a writer."""
        with self._foreign_errors(), self.engine.connect() as connection:
            connection.execution_options(reads_only=True)
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def version(self) -> str | None:
        """Return the schema's version, None when there is no schema yet. Raises ``StoreError``."""
        with self.read() as connection:
            known = sa.inspect(connection).has_table("alembic_version")
            version = connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if known else None
        return None if version is None else str(version)

    def migrate(self) -> None:
        """Bring the schema to this program's state; quick when it is there already. Raises ``StoreError``."""
        version = self.version()
        if version != HEAD:
            with self._foreign_errors():
                _upgrade(self.engine, version)

    @contextmanager
    def _foreign_errors(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, self.engine.dialect.loaded_dbapi.Error) as error:
            shown = self.url.set(query={}).render_as_string(
                hide_password=True
            )  # psycopg takes ?password= too
            raise StoreError(
                f"database {shown}: {_said(error)}; see that it runs, has room and may be written to"
            ) from error


def _said(error: Exception) -> str:
    """Return what a database says was wrong; PostgreSQL's details, which quote the row, may hold an address."""
    original = getattr(error, "orig", None) or error
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    return " ".join(str(primary or original).split())


def shred(connection: sa.Connection) -> None:
    """See that what this transaction takes out of the database is in none of its files, once it is committed."""
    connection.info[_SHREDS] = True


def _upgrade(engine: sa.Engine, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if (
                connection.dialect.name == "postgresql"
            ):  # two starts at once migrate once; SQLite's BEGIN does it there
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"the database is at version {version}, which this program does not know; install a newer metabrief"
        ) from error


def _parsed(url: str | sa.URL) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigurationError(
            "[database] url is no database address; write sqlite:///… or postgresql://…"
        ) from error


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _postgresql(url)
    raise ConfigurationError(
        f"[database] url names {url.get_backend_name()}; write sqlite:///… or postgresql://…"
    )


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError("PostgreSQL needs psycopg; install metabrief[scale]") from error


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        _make_private(Path(url.database))
    engine = sa.create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """See that the file is there; one made now is readable by its owner alone, for it will hold people's addresses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"database {path} cannot be made: {error.strerror}; see its folder's rights"
        ) from error


_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={BUSY_SECONDS * 1000}")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite forgets between connections.

    FULL, so that even a power cut loses no started delivery; and what is deleted is overwritten, for it may be a person's.
    """
    connection.isolation_level = None  # we say BEGIN ourselves
    _use_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; while another process does just that SQLite says busy at once, so the waiting is ours."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the low byte is the kind
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
