"""Postfix's ``smtp-sink``: takes every mail, keeps none, and is faster than whoever is measured."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import MetabriefError

PROGRAM, SOURCE = "smtp-sink", "smtp-source"
_BACKLOG, _LONGEST = "1000", 512
_PATIENCE_SECONDS = 10.0


class MissingError(MetabriefError):
    """A program that the measurement needs is not on this machine."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class Sink:
    """A sink that runs, and how it counts."""

    port: int
    pid: int
    counts: bool
    counted: Path

    @property
    def processor_seconds(self) -> float:
        """Return how long it has had a processor."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    @property
    def messages(self) -> int:
        """Return how many messages it has taken, if it counts them."""
        with self.counted.open("rb") as file:
            file.seek(max(0, self.counted.stat().st_size - _LONGEST))
            lines = file.read().decode("ascii").split("\r")[:-1]
        return int(lines[-1].rpartition("mesg=")[2]) if lines else 0


def find(name: str) -> str | None:
    """Return where one of Postfix's programs is, which may be outside a user's path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def program(name: str) -> str:
    """Return where one of Postfix's programs is. Raises ``MissingError``."""
    found = find(name)
    if found is None:
        raise MissingError(f"{name} is not here; it comes with Postfix: apt-get install postfix")
    return found


@contextmanager
def sink(*, counts: bool = False) -> Iterator[Sink]:
    """Run a sink on loopback until the block ends; counting costs it a fifth. Raises ``MissingError``."""
    port = _free_port()
    command = [program(PROGRAM), *(("-c",) if counts else ()), *_rights(), f"127.0.0.1:{port}", _BACKLOG]
    with tempfile.TemporaryDirectory(prefix="metabrief-bench-") as folder:
        counted = Path(folder) / "counted"
        with counted.open("wb") as file, subprocess.Popen(command, stdout=file) as process:  # noqa: S603
            try:
                _wait_for(port)
                yield Sink(port=port, pid=process.pid, counts=counts, counted=counted)
            finally:
                process.terminate()


def _rights() -> tuple[str, ...]:
    return ("-u", "nobody") if os.geteuid() == 0 else ()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError as error:
            if time.monotonic() > until:
                raise MissingError(f"{PROGRAM} does not answer on port {port}: {error}") from error
            time.sleep(0.02)
        else:
            return
