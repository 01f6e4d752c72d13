"""Addresses and reader's settings, checked and brought to one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email

from subscribers.errors import AddressError

LANGUAGES = ("en", "zh", "both")
_NO_ZONES = frozenset({"localtime", "posixrules", "posix", "right"})
"""Files beside the zones that mean another thing on each machine, or count leap seconds."""
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]")


@dataclass(frozen=True, kw_only=True)
class Address:
    """An e-mail address as written to, and the ``key`` by which it is the same as another."""

    email: str
    key: str


def parse_address(text: str) -> Address:
    """Return the address in its normal form; tags and dots count, case does not.

    Whether the domain takes mail is not asked. ``.test`` passes, for rehearsals on loopback.
    Raises ``AddressError``.
    """
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise AddressError(f"{text.strip()[:100]!r} is no e-mail address: {error}", column="email") from error
    return Address(email=checked.normalized, key=checked.normalized.casefold())


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
    return " ".join(_CONTROL.sub(" ", text).split())[:200]
