"""Moments as feeds and list pages write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from pipeline.text import primary_language

_CHINA = timezone(timedelta(hours=8))
_NUMERIC = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)"
    r"(?:\s?日)?(?:[ \tT]{0,3}(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?"
)
_IN_ADDRESS = re.compile(r"[/t_-]((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")
_OLDEST_YEAR = 1990
_AHEAD = timedelta(days=2)


def read_moment(text: str, *, language: str) -> datetime | None:
    """Read a feed's date as UTC; one without a zone is China's in a Chinese source, else UTC."""
    text = " ".join(text[:80].split()).replace("-0000", "+0000")
    if primary_language(language) == "zh":
        text = text.removesuffix("CST").strip()  # China's, not Chicago's
    for read in (_iso, _mail):
        moment = read(text)
        if moment is not None:
            return _utc(moment, language)
    return nearby_date(text, language=language)


def nearby_date(text: str, *, language: str) -> datetime | None:
    """Find the first ``2022-02-21``, ``2022/2/21`` or ``2022年2月21日`` in a text, with the time behind it if there is one."""
    for found in _NUMERIC.finditer(text):
        numbers = [int(part or 0) for part in found.groups()]
        try:
            return _utc(datetime(*numbers), language)  # type: ignore[arg-type]  # noqa: DTZ001 — _utc gives the zone
        except ValueError:
            continue
    return None


def address_date(url: str) -> datetime | None:
    """Find the day in an address such as ``/2022/02/21/`` or ``t20220221_8.html``, as midnight in UTC."""
    found = _IN_ADDRESS.search(url)
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC) if found else None  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def plausible(moment: datetime | None, *, fetched_at: datetime) -> datetime | None:
    """Return the moment unless no article on the page can be of it: before 1990, or over two days ahead of the fetch."""
    if moment is None or moment.year < _OLDEST_YEAR or moment > fetched_at + _AHEAD:
        return None
    return moment


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _utc(moment: datetime, language: str) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_CHINA if primary_language(language) == "zh" else UTC)
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
