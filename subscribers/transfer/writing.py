"""Write lists as CSV that no spreadsheet runs and nobody but their owner reads, whole or not at all."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO

from subscribers.errors import ExportFileError

Write = Callable[[Sequence[str]], object]
STARTS_FORMULA = r"[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@＝＋－＠\t\r\n]"
"""What a spreadsheet would run: full-width signs too, and behind letters that nobody sees."""
_FORMULA = re.compile(f"'*{STARTS_FORMULA}")
"""After quotes of its own it takes another, so that one is always ours to take off."""


def writer(file: TextIO) -> Write:
    """Return a function that writes one row, formulas as text."""
    rows = csv.writer(file, lineterminator="\n")
    return lambda cells: rows.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])


class Draft:
    """A file in the making; it is nothing until it is kept."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path = file, path
        self._write = writer(file)

    def write(self, cells: Sequence[str]) -> None:
        """Write one row. Raises ``ExportFileError``."""
        with _making(self._path):
            self._write(cells)

    def keep(self, path: Path) -> None:
        """Put the file, once durable, in the place of whatever is at ``path``. Raises ``ExportFileError``."""
        with _making(path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._path.replace(path)


@contextmanager
def draft(folder: Path, *, makes_folder: bool = False) -> Iterator[Draft]:
    """Yield a draft in a folder, readable by its owner alone; what is not kept is gone. Raises ``ExportFileError``."""
    with _making(folder):
        if makes_folder:
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            raise ExportFileError(f"there is no folder {folder}; make it, or name another place")
        handle, name = mkstemp(dir=folder, prefix=".list-", suffix=".csv")
    path = Path(name)
    file = os.fdopen(handle, "w", encoding="utf-8", newline="")
    try:
        yield Draft(file, path)
    finally:
        with suppress(OSError):  # what was kept is durable already, what was not may go
            file.close()
        path.unlink(missing_ok=True)


@contextmanager
def _making(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportFileError(
            f"{path} cannot be written: {error.strerror}; see its folder, its rights and the room on the disk"
        ) from error
