"""Readers' settings, checked and brought to one form."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from subscribers.errors import AddressError

LANGUAGES = ("en", "zh", "both")
NAME_LENGTH = 200
_NO_ZONES = frozenset({"localtime", "posixrules", "posix", "right"})
"""Files beside the zones that mean another thing on each machine, or count leap seconds."""
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff]")


def parse_language(text: str) -> str:
    """Return ``en``, ``zh`` or ``both``. Raises ``AddressError``."""
    language = text.strip().lower()
    if language not in LANGUAGES:
        raise AddressError(
            f"language {text.strip()[:40]!r} is not one of {', '.join(LANGUAGES)}", column="language"
        )
    return language


@lru_cache(maxsize=1000)
def parse_timezone(text: str) -> str:
    """Return an IANA zone's name. Raises ``AddressError``."""
    name = text.strip()
    try:
        if name.partition("/")[0] in _NO_ZONES:
            raise ValueError(name)
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise AddressError(
            f"timezone {name[:60]!r} is not an IANA zone such as Asia/Shanghai", column="timezone"
        ) from error
    return name


def parse_hour(text: str) -> str:
    """Return ``HH:MM`` from ``7``, ``07`` or ``07:30``. Raises ``AddressError``."""
    found = _HOUR.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        return time(int(found[1]), int(found[2] or 0)).strftime("%H:%M")
    except ValueError as error:
        raise AddressError(
            f"hour {text.strip()[:40]!r} is not an hour such as 7, 07 or 07:30", column="hour"
        ) from error


def parse_name(text: str) -> str:
    """Return a name on one line, without control characters, of at most 200 characters."""
    return one_line(text)[:NAME_LENGTH]


def one_line(text: str) -> str:
    """Return a text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


LONGEST_PAUSE = timedelta(days=366)


def parse_pause(text: str, *, timezone: str, now: datetime) -> datetime:
    """Return the start of the local day, ``YYYY-MM-DD``, on which mail begins again, within a year. Raises ``AddressError``."""
    try:
        day = date.fromisoformat(text.strip())
        until = datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AddressError(
            f"pause {text.strip()[:40]!r} is not a day such as 2026-03-31", column="pause"
        ) from error
    if not now < until <= now + LONGEST_PAUSE:
        raise AddressError(f"pause until {day} is not a day of the coming year", column="pause")
    return until
