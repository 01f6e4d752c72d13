"""Fields of a machine-readable report, as RFC 3464 and RFC 5965 write them: groups of ``Name: value``, folded lines and all."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*(.*)")
_LONGEST_VALUE = 4000
_MOST_LINES = 5000
Group = tuple[tuple[str, str], ...]
"""Names in lower case, and values in one line."""


def groups(text: str) -> Iterator[Group]:
    """Yield the groups of fields between blank lines, none of them empty; lines that are no field end a group too."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines()[:_MOST_LINES]:
        if line[:1] in (" ", "\t") and line.strip() and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}"[:_LONGEST_VALUE])
        elif field := _FIELD.match(line):
            found.append((field[1].lower(), field[2].strip()[:_LONGEST_VALUE]))
        elif found:
            yield tuple(found)
            found = []
    if found:
        yield tuple(found)


def first(group: Group, *names: str) -> str:
    """Return the value of the first of these names that has one, or nothing."""
    values = dict(reversed(group))
    return next((values[name] for name in names if values.get(name)), "")


def typed(value: str) -> tuple[str, str]:
    """Part a value into its type and what follows, as in ``rfc822; ann@example.org``; without a type it is empty."""
    type_, semicolon, rest = value.partition(";")
    return (type_.strip().lower(), rest.strip()) if semicolon else ("", value.strip())
