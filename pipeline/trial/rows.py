"""Rows of JSON, one a line: read them, answer each, write the answers; a bad row is a row with its error.

    lines → read_rows → answer (one row, one stage) → to_line

A stage is a function from a row to its answer without ``id``; what it raises becomes that row's ``error``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import IO, Any

from pydantic import ValidationError

from pipeline.errors import MetabriefError
from pipeline.text import clean_line

Row = Mapping[str, Any]
Answer = dict[str, Any]
Stage = Callable[[Row], Answer]
LONGEST_LINE = 32_000_000
"""Bytes of a line: four pages of the greatest size in base64; a longer one is passed over, never held."""
_LONGEST_REASON = 300
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A line or file that holds no row, and why."""

    error: str
    id: object = None


def read_rows(lines: IO[bytes]) -> Iterator[Row | Unread]:
    """Yield a row a line as the lines come, without waiting for more; blank lines are none.

    Raises ``MetabriefError`` when they cannot be read to their end.
    """
    while line := _line(lines):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _finish(lines)
            yield Unread(error=f"longer than {LONGEST_LINE // 1_000_000} MB; give big pages as path")
        elif line.strip():
            yield read_row(line)


def _finish(lines: IO[bytes]) -> None:
    """Read on to the end of a line without keeping it."""
    while (part := _line(lines)) and not part.endswith(b"\n"):
        pass


def _line(lines: IO[bytes]) -> bytes:
    try:
        return lines.readline(LONGEST_LINE)
    except OSError as error:
        raise MetabriefError(
            f"the rows cannot be read ({error.strerror}); name a file, or - for input by a pipe"
        ) from error


def read_row(line: bytes) -> Row | Unread:
    """Read one JSON object; a byte order mark before it does no harm."""
    try:
        value = json.loads(
            line.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite_float
        )
    except UnicodeDecodeError as error:
        return Unread(error=f"no UTF-8 at byte {error.start}; write rows in UTF-8")
    except (ValueError, RecursionError) as error:
        return Unread(error=f"no JSON ({one_line(error)}); write one object a line")
    if not isinstance(value, dict):
        return Unread(error="no JSON object; write one object a line")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite_float(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number[:20]} is too large")
    return value


def answer(row: Row | Unread, stage: Stage, *, unknown: Mapping[str, Any] = _NOTHING) -> Answer:
    """Return a stage's answer to one row with the row's ``id`` and no ``error``; a bad row's is ``unknown`` and its error in one line.

    Whatever a hostile row makes a library raise is that row's error, so that the others go on.
    """
    if isinstance(row, Unread):
        return {"id": row.id, **unknown, "error": row.error}
    try:
        return {"id": row.get("id"), **stage(row), "error": None}
    except ValidationError as error:
        reason = _misfit(error)
    except MetabriefError as error:
        reason = one_line(error)
    except Exception as error:
        reason = f"could not be judged ({type(error).__name__}: {one_line(error)})"
    return {"id": row.get("id"), **unknown, "error": reason}


def _misfit(error: ValidationError) -> str:
    """Say of the first field that does not fit which it is and what it should be."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return one_line(f"{field}: {said}" if field else said)


def one_line(said: object) -> str:
    """Return what is said as one line of bearable length."""
    return clean_line(str(said))[:_LONGEST_REASON]


def to_line(row: Answer) -> bytes:
    """Write an answer as one line of UTF-8 JSON; half a surrogate pair, which UTF-8 cannot hold, as its escape."""
    try:
        text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):  # an id nested as deep as could just be read
        text = json.dumps({**row, "id": None, "error": "id: nested too deep to be written"})
    return text.encode("utf-8", "backslashreplace") + b"\n"
