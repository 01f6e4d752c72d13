"""A segment of the list as an operator writes it: ``tag:vip language:en,zh -domain:qq.com since:2026-01-31``.

Words are parted by white space and must all hold; of a word's values, parted by commas, one must. A leading ``-``
turns a word round, and double quotes keep white space and commas in a value: ``name:"Wang, Fang"``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from difflib import get_close_matches

import sqlalchemy as sa

from subscribers.addresses import parse_address
from subscribers.arrivals import Arrival, came_by
from subscribers.errors import AddressError, FilterError
from subscribers.life import Status
from subscribers.preferences import LANGUAGES, parse_name
from subscribers.schema import subscriber_tags, subscribers, subscriptions

LONGEST = 1000
"""So many characters make at most some 500 conditions; SQLite takes no expression deeper than 1,000."""

_WORD = re.compile(r'(?:"[^"]*"|[^\s"])+')
_COLON = re.compile(r"[:：]")
_VALUE = re.compile(r'(?:"[^"]*"|[^,，"])+')
_STATUSES = tuple(status for status in Status if status is not Status.ERASED)


def parse_filter(text: str, *, newsletters: Collection[str] | None = None) -> sa.ColumnElement[bool]:
    """Return the condition on ``subscribers`` that a filter states; an empty one holds for everyone.

    ``newsletters`` are those that may be named, any by default. Raises ``FilterError``, which names the word.
    """
    if len(text) > LONGEST:
        raise FilterError(
            f"a filter has at most {LONGEST} characters, this one {len(text)}; tag people instead"
        )
    if text.count('"') % 2:
        raise FilterError(f"filter {_shown(text)} opens a quote and does not close it; close it")
    return sa.and_(sa.true(), *(_condition(word, newsletters) for word in _WORD.findall(text)))


def newsletters_held(connection: sa.Connection) -> frozenset[str]:
    """Return the newsletters that anybody has or had, those that are published no more among them."""
    return frozenset(connection.scalars(sa.select(subscriptions.c.newsletter).distinct()))


def _condition(word: str, newsletters: Collection[str] | None) -> sa.ColumnElement[bool]:
    key, *rest = _COLON.split(word.removeprefix("-"), maxsplit=1)
    clause = _CLAUSES.get(key.lower())
    if clause is None or not rest:
        raise FilterError(_unknown(word, key, has_value=bool(rest)))
    values = [parse_name(found.replace('"', "")) for found in _VALUE.findall(rest[0])]
    values = list(dict.fromkeys(filter(None, values)))
    if not values:
        raise FilterError(f"filter word {_shown(word)} has no value; write one after the colon")
    try:
        if clause is _newsletter and newsletters is not None:
            values = [_one_of(value, sorted(newsletters)) for value in values]
        found = clause(values)
    except ValueError as error:
        raise FilterError(f"filter word {_shown(word)}: {error}") from error
    return sa.not_(found) if word.startswith("-") else found


def _unknown(word: str, key: str, *, has_value: bool) -> str:
    near = get_close_matches(key.lower(), _CLAUSES, n=1)
    if not has_value:
        advice = f"to look for a part of an address write email:{_shown(key, quote='')}"
    else:
        advice = f"did you mean {near[0]}?" if near else "see the keys"
    return f"filter word {_shown(word)} is not understood; {advice} (keys: {', '.join(_CLAUSES)})"


def _shown(text: str, *, quote: str = "'") -> str:
    """Return what was written, on one line and not too long."""
    clean = parse_name(text)
    return f"{quote}{clean[:60]}{'…' if len(clean) > 60 else ''}{quote}"


def _one_of(value: str, known: Sequence[str]) -> str:
    """Return the known word meant. Raises ``ValueError``."""
    word = value.lower()
    if word not in known:
        near = get_close_matches(word, known, n=1)
        advice = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{_shown(value)} is none of them{advice} (known: {', '.join(known)})")
    return word


def _tag(values: Sequence[str]) -> sa.ColumnElement[bool]:
    wanted = [sa.func.lower(value) for value in values]
    has = sa.select(subscriber_tags.c.subscriber_id).where(sa.func.lower(subscriber_tags.c.tag).in_(wanted))
    return subscribers.c.id.in_(has)


def _language(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return subscribers.c.language.in_([_one_of(value, LANGUAGES) for value in values])


def _status(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return subscribers.c.status.in_([_one_of(value, _STATUSES) for value in values])


def _newsletter(values: Sequence[str]) -> sa.ColumnElement[bool]:
    has = sa.select(subscriptions.c.subscriber_id).where(
        subscriptions.c.newsletter.in_(values), subscriptions.c.dropped_at.is_(None)
    )
    return subscribers.c.id.in_(has)


def _since(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return subscribers.c.created_at >= min(_day(value) for value in values)


def _before(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return subscribers.c.created_at < max(_day(value) for value in values)


def _day(value: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError:
        raise ValueError(f"{_shown(value)} is no day; write it as 2026-01-31") from None


def _domain(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(subscribers.c.email_key.endswith(_at(value), autoescape=True) for value in values))


def _at(domain: str) -> str:
    """Return how the keys of all addresses at a domain end."""
    try:
        return parse_address(f"a@{domain.removeprefix('@')}").key.removeprefix("a")
    except AddressError:
        raise ValueError(f"{_shown(domain)} is no domain; write one such as qq.com") from None


def _source(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(came_by(Arrival(_one_of(value, list(Arrival)))) for value in values))


def _name(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(subscribers.c.name.icontains(value, autoescape=True) for value in values))


def _email(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(subscribers.c.email_key.contains(value.lower(), autoescape=True) for value in values))


_CLAUSES = {
    "tag": _tag,
    "language": _language,
    "status": _status,
    "newsletter": _newsletter,
    "since": _since,
    "before": _before,
    "domain": _domain,
    "source": _source,
    "name": _name,
    "email": _email,
}
