"""Labelled sets as they lie in a folder: one JSON object a line, the right answer beside what is judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import MetabriefError, UsageError
from pipeline.trial.rows import Unread, read_rows

Labelled = dict[str, Any]
"""A row with its right answer."""


@dataclass(frozen=True, kw_only=True)
class LabelledSet:
    """Rows that one measure is taken on."""

    name: str
    rows: tuple[Labelled, ...]
    folder: Path
    """What paths in the rows are relative to."""


def read_set(folder: Path, name: str) -> LabelledSet | None:
    """Read ``name.jsonl``; None when there is no such file. Raises ``MetabriefError`` for a line that is no row."""
    path = folder / f"{name}.jsonl"
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            rows = [_labelled(row, path) for row in read_rows(file)]
    except OSError as error:
        raise MetabriefError(f"{path}: cannot be read ({error.strerror})") from error
    return LabelledSet(name=name, rows=tuple(rows), folder=folder)


def _labelled(row: object, path: Path) -> Labelled:
    if isinstance(row, Unread):
        raise MetabriefError(f"{path}: {row.error}; mend the set")
    return dict(row)  # type: ignore[call-overload, no-any-return]


def require_folder(folder: Path) -> None:
    """Raise ``UsageError`` when there is no such folder."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of labelled sets; name one with CORPUS=DIR, or none")
