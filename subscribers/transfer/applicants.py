"""Check the rows of a list: each becomes applicants, one a newsletter, or is refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntFlag
from functools import lru_cache
from typing import NamedTuple

from subscribers import addresses
from subscribers.errors import AddressError, ImportFileError
from subscribers.preferences import (
    LONGEST_PAUSE,
    NAME_LENGTH,
    parse_hour,
    parse_language,
    parse_name,
    parse_timezone,
)
from subscribers.tags import new, see_length
from subscribers.transfer import products, sheet

_PACKED = "\t"
_PARTING = re.compile(r"[,;|，；]")
_SETTINGS = ("language", "timezone", "hour", "paused_until")
_LONGEST_SETTING = 100
_MOST_TAGS = 100
_REMEMBERED = 200
"""Longer cells of tags are seldom alike, and ten thousand of a megabyte would fill the memory."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a list may subscribe to, and what empty cells take from it."""

    newsletter: str
    period: str
    language: str
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A row that was not taken: where it stands and why."""

    row: int
    column: str
    value: str
    why: str


class Flag(IntFlag):
    """What is said of an applicant by one word."""

    FIRST = 1
    """Of the newsletters that a row names, this is the first."""
    LEFT = 2
    """Elsewhere, says the list: they must not be written to."""
    ROLE = 4
    DISPOSABLE = 8


_FIRST = int(Flag.FIRST)  # an enumeration's own arithmetic is slow


class Settings(NamedTuple):
    """How an applicant wants it."""

    language: str
    timezone: str
    send_at: str | None
    paused_until: str | None


class Applicant(NamedTuple):
    """One person for one newsletter, every setting checked: a plain tuple of few fields, for there are millions."""

    key: str
    row: int
    flags: int
    email: str
    name: str
    newsletter: str
    settings: str
    """Packed; ``unpacked`` tells them."""
    tags: str
    """Parted by commas."""


@lru_cache(maxsize=10_000)
def unpacked(text: str) -> Settings:
    """Return the settings of an applicant."""
    language, timezone, send_at, paused_until = text.split(_PACKED)
    return Settings(
        language=language, timezone=timezone, send_at=send_at or None, paused_until=paused_until or None
    )


class Checker:
    """Checks the rows of one list; what a cell may leave open is the newsletter's own."""

    def __init__(
        self,
        listed: sheet.Sheet,
        *,
        offers: Sequence[Offer],
        newsletter: str,
        now: datetime,
        have_all_left: bool = False,
    ) -> None:
        self._have_all_left, self._longest_pause = have_all_left, now + LONGEST_PAUSE
        self._offers = {offer.newsletter: offer for offer in offers}
        self._newsletter = newsletter
        self._product = listed.product
        self._is_unasked = products.is_unasked(listed.product, listed.path.name)
        self._path = listed.path
        columns = {name for name, _ in listed.columns}
        self._doubtful = sorted(columns - products.HEADERS.keys())
        self._names_newsletters = bool(columns & {"newsletters", "frequency"})
        self._says_who_left = bool(columns & products.LEFT)
        self._packed = lru_cache(maxsize=10_000)(self._pack_settings)

    def check(self, number: int, cells: Mapping[str, str]) -> tuple[Applicant, ...]:
        """Return who applies by a row, at least one. Raises ``AddressError``, ``ImportFileError`` for the whole list."""
        _see_no_header(cells["email"])
        if self._have_all_left or (self._says_who_left and products.has_left(cells)):
            return (self._leaver(number, cells["email"]),)
        if self._doubtful:
            self._see_empty(number, cells)
        self._see_form(cells)
        email = addresses.normal_form(cells["email"])
        key = addresses.key_of(email)
        if self._says_who_left:
            products.see_no_doubt(cells)
        flags = _flags(key)
        name, tags = _name(products.whole_name(cells)), _tags(cells.get("tags", ""))
        wanted = self._wanted(cells) if self._names_newsletters else (self._newsletter,)
        settings = self._packed(wanted[0], *self._settings(cells))
        first = Applicant(key, number, flags | _FIRST, email, name, wanted[0], settings, tags)
        if len(wanted) == 1:
            return (first,)
        return (first, *(first._replace(flags=flags, newsletter=other) for other in wanted[1:]))

    def _leaver(self, number: int, address: str) -> Applicant:
        """Return one who left: whatever else their row holds, it must not keep us from remembering that."""
        email = addresses.normal_form(address)
        settings = self._packed(self._newsletter, "", "", "", "")
        flags = int(Flag.FIRST | Flag.LEFT)
        return Applicant(
            addresses.key_of(email), number, flags, email, "", self._newsletter, settings, tags=""
        )

    def _settings(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """Return the cells of a row's settings; one too long for any is refused, or passed over as another's."""
        get = cells.get
        found = (get("language", ""), get("timezone", ""), get("hour", ""), get("paused_until", ""))
        if len("".join(found)) <= _LONGEST_SETTING:
            return found
        long = [column for column in _SETTINGS if len(get(column, "")) > _LONGEST_SETTING]
        if long and self._product is None:
            raise AddressError(
                f"{long[0]} has more than {_LONGEST_SETTING} characters, so it is none", column=long[0]
            )
        return tuple("" if column in long else cell for column, cell in zip(_SETTINGS, found, strict=True))

    def _see_form(self, cells: Mapping[str, str]) -> None:
        """Raise ``AddressError`` for what is no row of a person's."""
        name = cells.get("name", "")
        if sheet.SURPLUS in cells:
            raise AddressError(
                "the row has more cells than the header; put a cell with commas in quotes",
                column=sheet.SURPLUS,
            )
        if "@" in name and "\n" in name:
            raise AddressError(
                "the name runs over several lines with an @ among them; is a quote left open?", column="name"
            )
        if self._is_unasked:
            raise AddressError("this list is of people who never subscribed there", column="email")

    def _see_empty(self, number: int, cells: Mapping[str, str]) -> None:
        """Raise ``ImportFileError`` for a column that may say who left: what it means is not guessed."""
        for column in self._doubtful:
            if not products.is_no(cells[column]):
                raise ImportFileError(
                    f"{self._path}, row {number}: the column {column[:40]!r} holds {cells[column][:40]!r}; "
                    "rename it 'unsubscribed' if it says by yes, no or a date who left, else take it off"
                )

    def _wanted(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        keys = [key.strip() for key in _PARTING.split(cells.get("newsletters", "")) if key.strip()]
        unknown = next((key for key in keys if key not in self._offers), None)
        if unknown is not None:
            raise AddressError(f"there is no newsletter {unknown[:40]!r}", column="newsletters")
        return tuple(dict.fromkeys(keys)) or (self._by_frequency(cells.get("frequency", "")),)

    def _by_frequency(self, cell: str) -> str:
        frequency = cell.strip().lower()
        if not frequency:
            return self._newsletter
        period = {"daily": "day", "weekly": "week"}.get(frequency)
        if period is None:
            raise AddressError(
                f"frequency {frequency[:40]!r} is neither daily nor weekly", column="frequency"
            )
        fitting = [offer.newsletter for offer in self._offers.values() if offer.period == period]
        if len(fitting) != 1:
            raise AddressError(
                f"{len(fitting)} newsletters are {frequency}, so it is unclear which is meant",
                column="frequency",
            )
        return fitting[0]

    def _pack_settings(self, newsletter: str, *cells: str) -> str:
        """Return the settings of a row; what another product's list holds need not be ours."""
        language, timezone, hour, paused_until = map(str.strip, cells)
        offer = self._offers[newsletter]
        settings = (
            self._own(parse_language, language) or offer.language,
            self._own(parse_timezone, timezone) or offer.timezone,
            self._own(parse_hour, hour) or "",
            self._parse_pause(paused_until),
        )
        return _PACKED.join(settings)

    def _own(self, parse: Callable[[str], str], cell: str) -> str | None:
        """Return a setting's value, None where there is none, or none of ours in another product's list."""
        try:
            return parse(cell) if cell else None
        except AddressError:
            if self._product is None:
                raise
            return None

    def _parse_pause(self, cell: str) -> str:
        """Return the moment a pause ends, in UTC and in ISO 8601, which is how our own lists write it."""
        if not cell:
            return ""
        try:
            moment = datetime.fromisoformat(cell)
            until = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise AddressError(
                f"paused_until {cell[:40]!r} is no moment such as 2026-01-01T00:00:00+00:00",
                column="paused_until",
            ) from error
        if until > self._longest_pause:
            raise AddressError(f"paused_until {cell[:40]!r} is more than a year away", column="paused_until")
        return until.isoformat()


def _see_no_header(email: str) -> None:
    """Raise ``AddressError`` for a header among the rows."""
    if "@" not in email and sheet.head(email) in products.HEADERS["email"]:
        raise AddressError("this is a second header line, not a person", column="email")


def _flags(key: str) -> int:
    role = Flag.ROLE if addresses.is_role_key(key) else 0
    return int(role | (Flag.DISPOSABLE if addresses.is_disposable_key(key) else 0))


def _name(text: str) -> str:
    """Return what `parse_name` does, at once where there is nothing to mend, as in nearly every name."""
    is_mended = text.isprintable() and "  " not in text and text == text.strip() and len(text) <= NAME_LENGTH
    return text if is_mended else parse_name(text)


def _tags(cell: str) -> str:
    """Return the tags of a cell. Raises ``AddressError``."""
    if not cell:
        return ""
    return _known_tags(cell) if len(cell) < _REMEMBERED else _parse_tags(cell)


def _parse_tags(cell: str) -> str:
    """Return the tags of a cell; some products put each in quotes of its own."""
    words = new(filter(None, (_name(word.replace('"', "")) for word in _PARTING.split(cell))))
    if len(words) > _MOST_TAGS:
        raise AddressError(f"there are {len(words)} tags, more than {_MOST_TAGS}", column="tags")
    for word in words:
        see_length(word)
    return ",".join(words)


_known_tags = lru_cache(maxsize=10_000)(_parse_tags)
