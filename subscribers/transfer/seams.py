"""Tell a cell of several lines, such as a note, from rows of the list that two lone quotes have made into a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINE = re.compile(r"\r\n?|\n")
_ADDRESS = re.compile(r'\s*"?[^\s@"]+@[^\s@"]+"?\s*')
_NEARLY = 0.75
"""Of the header's columns a row has so many at least; people leave off empty ones at its end."""


class Seams:
    """Where lines within a cell would be rows of a list with these columns."""

    def __init__(self, columns: Sequence[tuple[str, int]], *, width: int, delimiter: str) -> None:
        places = dict(columns)
        self._email, self._name = places["email"], places.get("name")
        self._enough, self._delimiter = max(1, width * _NEARLY), delimiter

    def swallow(self, cells: Sequence[str]) -> bool:
        """Say whether a cell of the row holds rows of the list."""
        return any(
            self._is_row(line)
            for place, cell in enumerate(cells)
            for line in self._lines(cells, place)
            if "@" in cell
        )

    def _lines(self, cells: Sequence[str], place: int) -> list[list[str]]:
        """Return the lines of a cell but the first, parted; the last goes on behind the quote that closes the cell.

        Not so in a name, where such a row is refused alone.
        """
        lines = [line.split(self._delimiter) for line in _LINE.split(cells[place])[1:]]
        if lines and place != self._name and self._email + 1 < len(lines[-1]):
            lines[-1].extend(cells[place + 1 :])
        return lines

    def _is_row(self, line: Sequence[str]) -> bool:
        return (
            self._enough <= len(line)
            and self._email < len(line)
            and _ADDRESS.fullmatch(line[self._email]) is not None
        )
