"""When an article was published: what the page says of itself first, then what it shows, then a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from htmldate import find_date

from pipeline.extract.foreign import attempt
from pipeline.extract.tree import Element, meta, texts

_CHINA = timezone(timedelta(hours=8))
_OLDEST_YEAR = 1990
_AHEAD = timedelta(days=2)
_DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_SHOWN = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)\s?日?"
    r"(?:[\s　TtT]{0,4}(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?"
)
_IN_ADDRESS = re.compile(r"[/t_-]((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?!\d)")
_META = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "date",
    "weibo:article:create_at",
)
_FIRST_CHARACTERS = 30_000


@dataclass(frozen=True, kw_only=True)
class Published:
    """A page's date: as the page has it, in ISO 8601, and as a moment in UTC."""

    text: str
    moment: datetime


def published(
    tree: Element, *, said: str | None, url: str, language: str, fetched_at: datetime
) -> Published | None:
    """Return the date of the article, or None when the page has none that is possible.

    ``said`` is the JSON-LD's. A time without an offset is China's on a Chinese page, else UTC; a day alone is its midnight.
    """
    for found in _found(tree, said=said, url=url):
        answer = _answer(found, language=language)
        if answer is not None and answer.moment.year >= _OLDEST_YEAR and answer.moment <= fetched_at + _AHEAD:
            return answer
    return None


def _found(tree: Element, *, said: str | None, url: str) -> Iterator[datetime | date | None]:
    """Yield what may be the date, the most trustworthy first; later ones are only looked for when needed."""
    yield read(said or "")
    for name in _META:
        yield read(meta(tree, name) or "")
    for stated in tree.xpath(
        "//time[@datetime][not(ancestor::aside)]/@datetime | //*[@itemprop='datePublished']/@content"
    )[:3]:
        yield read(stated)
    for shown in texts(tree, "//time[not(@datetime)] | //*[@itemprop='datePublished'][not(@content)]"):
        yield shown_date(shown)
    day, shown_first = address_date(url), _first_shown(tree)
    yield shown_first if isinstance(shown_first, datetime) and shown_first.date() == day else day
    yield shown_first
    yield _guessed(tree)


def read(text: str) -> datetime | date | None:
    """Read a date as machines write it; a day alone stays a day, an offset stays as it is."""
    text = " ".join(text[:60].split())
    if _DAY_ONLY.fullmatch(text):
        return _attempt_day(text)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return shown_date(text)


def _attempt_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shown_date(text: str) -> datetime | date | None:
    """Find the first date as people write it: ``2022-02-21 10:00``, ``2022/2/21``, ``2022年2月21日 10:00``."""
    for found in _SHOWN.finditer(text):
        year, month, day, *clock = (int(part) if part is not None else None for part in found.groups())
        try:
            if clock[0] is None:
                return date(year or 0, month or 0, day or 0)
            return datetime(year or 0, month or 0, day or 0, clock[0], clock[1] or 0, clock[2] or 0)  # noqa: DTZ001 — the page names no zone
        except ValueError:
            continue
    return None


def address_date(url: str) -> date | None:
    """Find the day in an address such as ``/2022/02/21/`` or ``t20220221_8.html``."""
    found = _IN_ADDRESS.search(url)
    return _attempt_day("-".join(found.groups())) if found else None


def _first_shown(tree: Element) -> datetime | date | None:
    """Look for a date in the page's text, from its heading on, where pages put the line with date and source."""
    body = tree.find("body")
    text = (body if body is not None else tree).text_content()
    heading = next((line for line in texts(tree, "//h1") if line), "")
    start = max(text.find(heading), 0) if heading else 0
    return shown_date(text[start : start + _FIRST_CHARACTERS])


def _guessed(tree: Element) -> date | None:
    guess = attempt(lambda: find_date(tree, original_date=True, extensive_search=True), otherwise=None)
    return _attempt_day(guess) if guess else None


def _answer(found: datetime | date | None, *, language: str) -> Published | None:
    if found is None:
        return None
    zone = _CHINA if language == "zh" else UTC
    try:
        if not isinstance(found, datetime):
            midnight = datetime(found.year, found.month, found.day, tzinfo=zone)
            return Published(text=found.isoformat(), moment=midnight.astimezone(UTC))
        zoned = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return Published(text=found.isoformat(timespec="seconds"), moment=zoned.astimezone(UTC))
    except (OverflowError, ValueError):
        return None
