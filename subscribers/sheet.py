"""Read a list as other programs write it: CSV in UTF-8, UTF-16 or GBK, parted by comma, semicolon or tab."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from subscribers.errors import ImportFileError
from subscribers.preferences import parse_name

HEADERS = {
    "email": (
        "email",
        "e-mail",
        "email address",
        "e-mail address",
        "subscriber email",
        "subscriber",
        "邮箱",
        "电子邮箱",
        "邮箱地址",
        "电子邮件",
    ),
    "name": ("name", "full name", "first name", "firstname", "姓名", "名字"),
    "language": ("language", "lang", "语言"),
    "timezone": ("timezone", "time zone", "时区"),
    "hour": ("hour", "send hour", "时间"),
    "frequency": ("frequency", "频率"),
    "tags": ("tags", "tag", "labels", "标签"),
}
"""Our columns and what other products call them, the name that wins first."""

_END = "\0end of list\0"


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that is not empty: its number as a spreadsheet counts, the header being 1, and its cells.

    Raises ``ImportFileError``, be it after some rows: read to the end before anything is believed.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.reader(chain(file, (_END,)), delimiter=max(",;\t", key=head.count))
            columns = _columns(next(reader, []), path)
            for number, cells in enumerate(reader, start=2):
                if cells == [_END]:
                    return
                if cells and cells[-1].endswith(_END):
                    raise ImportFileError(
                        f"{path}, row {number}: a quote is opened and never closed; close it"
                    )
                if any(cell.strip() for cell in cells):
                    yield number, {name: cells[i] if i < len(cells) else "" for i, name in columns.items()}
    except UnicodeDecodeError as error:
        raise ImportFileError(f"{path} is neither UTF-8, UTF-16 nor GBK text; save it as UTF-8") from error
    except (OSError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ImportFileError(
            f"{path} cannot be read as CSV: {reason}; see its path, rights and form"
        ) from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        file.seek(0)
        try:
            for line in file:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _columns(header: Sequence[str], path: Path) -> dict[int, str]:
    """Return which of our columns stands where; of two names for one, the better known counts."""
    heads = [" ".join(cell.replace("_", " ").lower().split()) for cell in header]
    columns: dict[int, str] = {}
    for name, aliases in HEADERS.items():
        found = next((alias for alias in aliases if alias in heads), None)
        if found:
            columns[heads.index(found)] = name
    if "email" not in columns.values():
        seen = ", ".join(parse_name(cell)[:30] for cell in header[:10] if cell != _END) or "nothing"
        raise ImportFileError(f"{path} has no column 'email' in its first line (found: {seen}); name one so")
    return columns
