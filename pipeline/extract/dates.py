"""When an article was published: what the page says of itself first, then what it shows, then a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from htmldate import find_date

from pipeline.extract.foreign import attempt
from pipeline.extract.tree import Element, Meta, texts, visible_text

_CHINA = timezone(timedelta(hours=8))
_OLDEST_YEAR = 1990
_AHEAD = timedelta(days=2)
_DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_SHOWN = re.compile(
    r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)\s?日?"
    r"(?:[\s　TtT]{0,4}(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
_ENGLISH = re.compile(
    rf"\b(?:{_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s|(\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH},?\s)((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_HAN_DIGITS = {digit: str(value % 10) for value, digit in enumerate("〇一二三四五六七八九零")}
_HAN = re.compile(
    r"([一二][〇零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
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
_STATED = (
    "//*[(self::time and @datetime and not(ancestor::aside)) or (@itemprop='datePublished' and @content)]"
)
_SHOWN_AS_DATE = "//*[(self::time and not(@datetime)) or (@itemprop='datePublished' and not(@content))]"
_LONGEST_TOLD = 200
_FIRST_CHARACTERS = 30_000


@dataclass(frozen=True, kw_only=True)
class Published:
    """A page's date: as the page has it, in ISO 8601, and as a moment in UTC."""

    text: str
    moment: datetime


def published(
    tree: Element, meta: Meta, *, said: str | None, url: str, language: str, fetched_at: datetime
) -> Published | None:
    """Return the date of the article, or None when the page has none that is possible.

    ``said`` is the JSON-LD's. A time without an offset is China's on a Chinese page, else UTC; a day alone is its midnight.
    """
    for found in _found(tree, meta, said=said, url=url):
        answer = _answer(found, language=language)
        if answer is not None and answer.moment.year >= _OLDEST_YEAR and answer.moment <= fetched_at + _AHEAD:
            return answer
    return None


def _found(tree: Element, meta: Meta, *, said: str | None, url: str) -> Iterator[datetime | date | None]:
    """Yield what may be the date, the most trustworthy first; later ones are only looked for when needed."""
    told: list[str] = []
    for text in _told(tree, meta, said):
        told.append(text)
        yield read(text)
    line = _from_heading(tree)
    day, shown_first = address_date(url), shown_date(line)
    yield shown_first if isinstance(shown_first, datetime) and shown_first.date() == day else day
    yield shown_first
    if not any(map(names_no_day, (*told, line))):
        yield _guessed(tree)  # it would make the nearest day of one that never was


def _told(tree: Element, meta: Meta, said: str | None) -> Iterator[str]:
    yield from filter(None, (said, *map(meta.first, _META)))
    for element in tree.xpath(_STATED)[:3]:
        yield (element.get("datetime") or element.get("content") or "")[:_LONGEST_TOLD]
    yield from texts(tree, _SHOWN_AS_DATE)


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
    """Read the first date as people write it: ``2022-02-21 10:00``, ``2022年2月21日``, ``二〇二二年二月二十一日``, ``Feb. 21, 2022``.

    None when that is no day of the calendar, even if another date follows: it would be of something else.
    """
    found = _SHOWN.search(_in_digits(text))
    if found is None:
        return None
    year, month, day, *clock = (int(part) if part is not None else None for part in found.groups())
    try:
        shown = date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    try:
        return datetime.combine(shown, _clock(*clock)) if clock[0] is not None else shown
    except ValueError:
        return shown


def _clock(hour: int | None, minute: int | None, second: int | None) -> time:
    return time(hour or 0, minute or 0, second or 0)


def names_no_day(text: str) -> bool:
    """Tell whether the first date in a text is none of the calendar, such as 31 February."""
    return _SHOWN.search(_in_digits(text)) is not None and shown_date(text) is None


def _in_digits(text: str) -> str:
    """Write the dates of a text as ``2022-2-21``."""
    return _HAN.sub(_from_han, _ENGLISH.sub(_from_english, text))


def _from_english(found: re.Match[str]) -> str:
    month = MONTHS.index((found[1] or found[4]).lower()) + 1
    return f"{found[5]}-{month}-{found[2] or found[3]}"


def _from_han(found: re.Match[str]) -> str:
    year = "".join(_HAN_DIGITS[digit] for digit in found[1])
    return f"{year}-{_han_number(found[2])}-{_han_number(found[3])}"


def _han_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    return (int(_HAN_DIGITS.get(tens, "1")) * 10 if ten else 0) + int(_HAN_DIGITS.get(ones, "0"))


def address_date(url: str) -> date | None:
    """Find the day in an address such as ``/2022/02/21/`` or ``t20220221_8.html``."""
    found = _IN_ADDRESS.search(url)
    return _attempt_day("-".join(found.groups())) if found else None


def _from_heading(tree: Element) -> str:
    """Return the beginning of the page's text from its heading on, where pages put the line with date and source."""
    text = visible_text(tree)
    heading = next((line for line in texts(tree, "//h1") if line), "")
    start = max(text.find(heading), 0) if heading else 0
    return text[start : start + _FIRST_CHARACTERS]


def _guessed(tree: Element) -> date | None:
    guess = attempt(
        tree, lambda page: find_date(page, original_date=True, extensive_search=False), otherwise=None
    )
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
