"""A command under way, and how it ended."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a process ended; a signal is a negative code."""

    code: int
    out: str
    err: str
    peak_megabytes: float

    @property
    def sums(self) -> dict[str, int]:
        """Return what the last word on the issue says of its deliveries."""
        told = re.findall(r"total (\d+) = ([^;\n]*)", self.out)
        if not told:
            return {}
        total, parts = told[-1]
        return {"total": int(total)} | {
            state: int(number) for number, state in re.findall(r"(\d+) (\w+)", parts)
        }


class Process:
    """A command under way."""

    def __init__(self, words: Sequence[str | Path]) -> None:
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed at its end
        environment = {key: value for key, value in os.environ.items() if not key.startswith("METABRIEF_")}
        self._popen = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err, env=environment, cwd=PROJECT
        )
        self._ended: Ended | None = None

    @property
    def pid(self) -> int:
        return self._popen.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless its end was seen already."""
        if self._ended is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut does: at once."""
        self.signal(signal.SIGKILL)

    def is_over_within(self, seconds: float) -> bool:
        """Say whether it ends by itself, waiting no longer than that."""
        descriptor = os.pidfd_open(self.pid)
        try:
            return bool(select.select([descriptor], [], [], seconds)[0])
        finally:
            os.close(descriptor)

    def ended(self) -> Ended:
        """Wait for its end."""
        if self._ended is None:
            peak = 0.0
            while not self.is_over_within(0.05):
                peak = max(peak, self._peak_megabytes())
            code = self._popen.wait()
            out, err = _drained(self._out), _drained(self._err)
            self._ended = Ended(code=code, out=out, err=err, peak_megabytes=peak)
        return self._ended

    def _peak_megabytes(self) -> float:
        """Return the most memory it has held so far; what wait4 tells counts what the process held that began it."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0


def _drained(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode()
