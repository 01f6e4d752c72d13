"""The schema is what the program says, and trouble with the database is told in one line."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.errors import ConfigurationError, StoreError
from pipeline.store import database as module
from pipeline.store.database import BUSY_SECONDS, HEAD, MIGRATIONS, Database
from pipeline.store.schema import source_states
from subscribers.schema import metadata, subscribers
from tests.contracts.people import NOW

SOURCE = {"key": "example", "last_attempt": NOW}


@pytest.fixture
def embedded(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
    made.migrate()
    return made


def one_line(message: str, *words: str) -> None:
    assert "\n" not in message
    for word in words:
        assert word in message


def test_the_migrations_make_the_schema_the_program_works_with(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == HEAD


def test_starts_at_once_migrate_once(tmp_path: Path) -> None:
    failed: list[Exception] = []
    ready = threading.Barrier(8)

    def start() -> None:
        fresh = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
        ready.wait()
        try:
            fresh.migrate()
        except StoreError as error:
            failed.append(error)
        fresh.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_first_start_waits_for_whoever_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN IMMEDIATE")  # keeps the file from becoming WAL, and SQLite would not wait for it
    modes: list[object] = []

    def start() -> None:
        fresh = Database(f"sqlite:///{path}")
        with fresh.read() as connection:
            modes.append(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        fresh.close()

    thread = threading.Thread(target=start)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    other.execute("COMMIT")
    other.close()
    thread.join()
    assert modes == ["wal"]


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as caught:
        database.migrate()
    one_line(str(caught.value), "version 9999", "install a newer metabrief")


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(source_states.insert(), SOURCE)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.read() as connection:
        assert connection.execute(sa.select(source_states)).all() == []


def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    with database.write() as connection:
        connection.execute(source_states.insert(), SOURCE)
        assert connection.scalar(sa.select(source_states.c.last_attempt)) == NOW


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = SOURCE | {"last_attempt": NOW.replace(tzinfo=None)}
    with (
        pytest.raises(sa.exc.StatementError, match="without a zone"),
        database.write() as connection,
    ):
        connection.execute(source_states.insert(), naive)


def test_neither_an_error_nor_its_cause_shows_the_values_of_a_statement(database: Database) -> None:
    row = {"email": "ann@x.example.com", "token": "a secret", "status": "no such"}
    with pytest.raises(StoreError) as caught, database.write() as connection:
        connection.execute(
            subscribers.insert(),
            row | {"language": "en", "timezone": "UTC", "created_at": NOW, "changed_at": NOW},
        )
    assert not any(word in str(caught.value) for word in ("ann@", "a secret"))
    assert "hidden due to hide_parameters" in str(caught.value.__cause__)
    assert "a secret" not in str(caught.value.__cause__).replace(str(caught.value.__cause__.orig), "")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", BUSY_SECONDS * 1000),
    ],
)
def test_sqlite_is_set_up_for_durable_concurrent_use(embedded: Database, pragma: str, value: object) -> None:
    with embedded.read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_sqlite_holds_rows_to_their_references(embedded: Database) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"), embedded.write() as connection:
        connection.exec_driver_sql("INSERT INTO subscriber_tags VALUES (99, 'x')")


def test_a_second_writer_waits_for_the_first_and_a_reader_does_not(embedded: Database) -> None:
    order: list[str] = []

    def write() -> None:
        with embedded.write():
            order.append("second")

    thread = threading.Thread(target=write)
    with embedded.write() as connection:  # has the lock though it has written nothing yet
        connection.execute(sa.select(source_states))
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        with embedded.read() as reading:
            assert reading.execute(sa.select(source_states)).all() == []
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize(
    "url",
    ["", "x", "mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:port/d", "sqlite:/x", "://"],
)
def test_an_address_that_is_none_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Database(url)
    one_line(str(caught.value), "[database] url", "sqlite:///… or postgresql://…")
    assert "hunter2" not in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    database = Database("postgresql://u:hunter2@127.0.0.1:1/d")
    with pytest.raises(StoreError) as caught:
        database.migrate()
    one_line(str(caught.value), "postgresql://u:***@127.0.0.1:1/d", "refused", "see that it runs")
    assert "hunter2" not in str(caught.value)


def test_a_password_among_the_parameters_is_not_shown_either() -> None:
    with pytest.raises(StoreError) as caught:
        Database("postgresql://u@127.0.0.1:1/d?password=hunter2").migrate()
    assert "hunter2" not in str(caught.value)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path}/x.db").migrate()
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_both_spellings_of_postgresql_mean_psycopg() -> None:
    for url in ("postgresql://h/d", "postgresql+psycopg://h/d"):
        assert Database(url).engine.driver == "psycopg"


def test_any_spelling_of_sqlite_means_the_embedded_one(tmp_path: Path) -> None:
    assert Database(f"sqlite+aiosqlite:///{tmp_path}/x.db").engine.driver == "pysqlite"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database " * 1000)
    with pytest.raises(StoreError) as caught:
        Database(f"sqlite:///{tmp_path}/x.db").migrate()
    one_line(str(caught.value), "x.db", "not a database")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Database(f"sqlite:///{tmp_path}/file/x.db")


_UNPRIVILEGED = """
import os, sys
from pipeline.errors import MetabriefError
from pipeline.store.database import Database
with Database("sqlite://").read():
    pass  # loads the driver while its files may be read
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
try:
    Database(sys.argv[1]).migrate()
except MetabriefError as error:
    print(error)
"""


def test_a_folder_without_rights_is_told(public_folder: Path) -> None:
    locked = public_folder / "locked"
    locked.mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, f"sqlite:///{locked}/x.db"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(module.__file__).parents[2],
    )
    one_line(done.stdout.strip(), "cannot be made", "Permission denied", "x.db")
    assert done.stdout
    assert list(locked.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    filling = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pipeline.errors import MetabriefError
from pipeline.store.database import Database
database = Database(sys.argv[1])
try:
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO suppressions VALUES (?, 'x', '2022-02-22')", ("x" * 3_000_000,))
except MetabriefError as error:
    print(error)
"""
    url = f"sqlite:///{tmp_path}/x.db"
    made = Database(url)
    made.migrate()
    made.close()
    done = subprocess.run(
        [sys.executable, "-c", filling, url],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=Path(module.__file__).parents[2],
    )
    one_line(done.stdout.strip(), "x.db", "has room")
    assert done.stdout
    made.migrate()
    with made.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM suppressions").scalar() == 0
