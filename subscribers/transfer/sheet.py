"""Read a list as other programs write it: CSV in UTF-8, UTF-16 or GBK, parted by comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TextIO

from subscribers.errors import ImportFileError
from subscribers.preferences import parse_name
from subscribers.transfer import seams
from subscribers.transfer.products import HEADERS, Product, is_doubtful, recognise
from subscribers.transfer.writing import STARTS_FORMULA

GBK = "gb18030"
"""Its present name, and what holds it whole."""
LONGEST = 16_000_000
"""Characters a row may have: each field of a megabyte, and still little memory."""
SURPLUS = "surplus"
"""Stands among a row's cells when it has more of them than the header."""
_SHOWN = 30
"""Characters of a header's name in what is said of it."""
_OFTEN = 1000
"""Rows between two words on how far we are."""
_CHUNK = 1 << 20
_BACKSLASHED = re.compile(rb'[,;\t]"\\"')
"""A cell that begins with a quote behind a backslash, as databases write it, where CSV doubles the quote."""
_QUOTED_FORMULA = re.compile(f"'+{STARTS_FORMULA}")
"""What our own export, and some others, write for a formula so that a spreadsheet takes it for text."""
_OWN_LINE = re.compile(r"\ufeff?sep=([,;\t])\s*", re.IGNORECASE)
"""What spreadsheets write before the header and do not show."""
_SELDOM = 5
"""GBK's lines are hardly ever UTF-8 too; a few names of two characters are."""
_SWALLOWED = "rows within a cell"
_NAMED = {alias: name for name, aliases in HEADERS.items() for alias in aliases}
_TROUBLE = {
    _SWALLOWED: "a cell holds what look like rows of this list; is a quote left alone there? take it off, or double it",
    "unexpected end of data": "a quote is opened and never closed; close it",
    "field larger": "a cell has no end, probably for a quote that is never closed; close it",
    "expected after": "text follows a closing quote; double the quotes within a cell, or close the one before",
}
"""What the reader says, and what that means."""


def unheard(_done: int) -> None:
    """Tell nobody how far we are."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How rows are parted into cells; ``has_own_line``: the first line says so (``sep=;``) and is no row."""

    delimiter: str
    escape: str | None
    has_own_line: bool


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file looked over once: its digest (SHA-256), its header, and how it is to be read.

    ``columns`` are ours, and those of which it is unclear whether they say who left, each with its place.
    """

    path: Path
    digest: str
    size: int
    encoding: str
    dialect: Dialect
    has_quoted_formulas: bool
    header: tuple[str, ...]
    columns: tuple[tuple[str, int], ...]
    product: Product | None

    def heads(self, *, are_read: bool) -> tuple[str, ...]:
        """Return the header's names that are read or are passed over, on one line each."""
        ours = {place for name, place in self.columns if name in HEADERS}
        cells = (cell for place, cell in enumerate(self.header) if (place in ours) is are_read)
        return tuple(filter(None, (parse_name(cell)[:_SHOWN] for cell in cells)))

    def rows(self, *, at: Callable[[int], None] = unheard) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each row that is not empty: its number as a spreadsheet counts, the header being 1, and its cells.

        Calls ``at`` now and then with how many bytes were read. Raises ``ImportFileError``, be it after some rows:
        read to the end before anything is believed.
        """
        swallows = seams.Seams(self.columns, width=len(self.header), delimiter=self.dialect.delimiter).swallow
        with _reading(self.path), self.path.open("rb") as raw:
            file = TextIOWrapper(raw, encoding=self.encoding, newline="")
            for number, cells in _records(file, self.path, dialect=self.dialect, swallows=swallows):
                if number % _OFTEN == 0:
                    at(raw.tell())
                if number > 1 and any(map(str.strip, cells)):
                    yield number, self._named(cells)

    def _named(self, cells: list[str]) -> dict[str, str]:
        missing = len(self.header) - len(cells)
        if missing > 0:
            cells = cells + [""] * missing
        row = {name: cells[place] for name, place in self.columns}
        if self.has_quoted_formulas:
            row = {name: cell[1:] if _QUOTED_FORMULA.match(cell) else cell for name, cell in row.items()}
        if missing < 0 and any(map(str.strip, cells[missing:])):
            row[SURPLUS] = " ".join(cells[missing:])
        return row


def look_over(path: Path, *, at: Callable[[int], None] = unheard) -> Sheet:
    """Return how a file is to be read. Calls ``at`` with how many bytes were read. Raises ``ImportFileError``."""
    if path.is_fifo():
        raise ImportFileError(f"{path} is a pipe, and a list is read more than once; save it as a file")
    with _reading(path):
        look = _look(path, at=at)
        with path.open(encoding=look.encoding, newline="") as file:
            dialect = _dialect(next(_lines(file, path), ""), escape=look.escape)
            file.seek(0)
            _, header = next(_records(file, path, dialect=dialect), (1, []))
    heads = [head(cell) for cell in header]
    product = recognise(heads)
    return Sheet(
        path=path,
        digest=look.digest,
        size=look.size,
        encoding=look.encoding,
        dialect=dialect,
        has_quoted_formulas=look.has_quoted_formulas,
        header=tuple(header),
        columns=_columns(heads, header, path, product=product),
        product=product,
    )


def head(cell: str) -> str:
    """Return a header as it is compared: in lower case, parted by spaces alone."""
    return " ".join(cell.replace("_", " ").replace("-", " ").lower().split())


@dataclass(frozen=True, kw_only=True)
class _Look:
    digest: str
    size: int
    encoding: str
    escape: str | None
    has_quoted_formulas: bool


def _look(path: Path, *, at: Callable[[int], None]) -> _Look:
    """Go once over the bytes."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    size, before, is_utf8, is_utf16 = 0, b"", True, False
    is_backslashed = has_quoted_formulas = False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            is_utf16 = is_utf16 or (not size and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)))
            is_utf8 = is_utf8 and not is_utf16 and _decodes(decoder, chunk)
            is_backslashed = is_backslashed or bool(_BACKSLASHED.search(before + chunk))
            has_quoted_formulas = has_quoted_formulas or b"'" in chunk
            digest.update(chunk)
            before, size = chunk[-3:], size + len(chunk)
            at(size)
    is_utf8 = is_utf8 and _decodes(decoder, b"", is_final=True)
    encoding = "utf-16" if is_utf16 else "utf-8-sig" if is_utf8 else GBK
    if encoding == GBK:
        _see_not_spoilt(path)
    return _Look(
        digest=digest.hexdigest(),
        size=size,
        encoding=encoding,
        escape="\\" if is_backslashed else None,
        has_quoted_formulas=has_quoted_formulas,
    )


def _see_not_spoilt(path: Path) -> None:
    """Raise ``ImportFileError`` for UTF-8 with a few bytes that are none: read as GBK all its names would be wrong."""
    good, bad, first = 0, 0, 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), start=1):
            if line.isascii():
                continue
            if _decodes(codecs.getincrementaldecoder("utf-8")(), line, is_final=True):
                good += 1
            else:
                bad, first = bad + 1, first or number
    if bad * _SELDOM <= good:
        raise ImportFileError(
            f"{path}, line {first}: this is no UTF-8, as the other lines are; mend it, or save the list as UTF-8 again"
        )


def _dialect(first: str, *, escape: str | None) -> Dialect:
    own = _OWN_LINE.fullmatch(first)
    delimiter = own[1] if own else max(",;\t", key=first.count)
    return Dialect(delimiter=delimiter, escape=escape, has_own_line=bool(own))


def _records(
    file: TextIO,
    path: Path,
    *,
    dialect: Dialect,
    swallows: Callable[[list[str]], bool] = lambda _cells: False,
) -> Iterator[tuple[int, list[str]]]:
    """Yield every record, the header too, with its number; ``swallows`` is asked of those of several lines."""
    lines = islice(_lines(file, path), int(dialect.has_own_line), None)
    reader = csv.reader(lines, delimiter=dialect.delimiter, escapechar=dialect.escape, strict=True)
    number = before = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if reader.line_num - before > 1 and swallows(cells):
                raise csv.Error(_SWALLOWED)
            before = reader.line_num
            yield number, cells
    except csv.Error as error:
        why = next((meaning for words, meaning in _TROUBLE.items() if words in str(error)), str(error))
        at = number if str(error) == _SWALLOWED else number + 1
        raise ImportFileError(f"{path}, row {at}: {why}") from error


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_final: bool = False) -> bool:
    try:
        decoder.decode(chunk, is_final)
    except UnicodeDecodeError:
        return False
    return True


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    """Yield a file's lines; one without an end is not taken into memory."""
    while line := file.readline(LONGEST):
        if len(line) == LONGEST:
            raise ImportFileError(
                f"{path} has a row of over {LONGEST} characters, so it is no list; see its form"
            )
        yield line


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    before = csv.field_size_limit(LONGEST)  # of the whole process, for the reader takes it from nowhere else
    try:
        yield
    except UnicodeError as error:
        raise ImportFileError(f"{path} is neither UTF-8, UTF-16 nor GBK text; save it as UTF-8") from error
    except OSError as error:
        raise ImportFileError(
            f"{path} cannot be read as CSV: {error.strerror}; see its path, rights and form"
        ) from error
    finally:
        csv.field_size_limit(before)


def _columns(
    heads: Sequence[str], header: Sequence[str], path: Path, *, product: Product | None
) -> tuple[tuple[str, int], ...]:
    """Return which column stands where. Raises ``ImportFileError`` where two have one meaning, or none is `email`."""
    columns: dict[str, int] = {}
    for place, each in enumerate(heads):
        name = _NAMED.get(each) or (each if is_doubtful(each, product) else "")
        if name in columns:
            both = " and ".join(repr(parse_name(header[at])[:_SHOWN]) for at in (columns[name], place))
            raise ImportFileError(
                f"{path} has two columns for {name!r}: {both}; keep one and rename the other"
            )
        if name:
            columns[name] = place
    if "email" not in columns:
        seen = ", ".join(parse_name(cell)[:_SHOWN] for cell in header[:10]) or "nothing"
        raise ImportFileError(f"{path} has no column 'email' in its first line (found: {seen}); name one so")
    return tuple(columns.items())
