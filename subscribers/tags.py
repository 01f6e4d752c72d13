"""Tags: the operator's own words for people, to send to them and to count them by; in whatever case, one is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from subscribers.errors import AddressError
from subscribers.preferences import parse_name
from subscribers.schema import insert_new, subscriber_tags

LONGEST = 100
_PARTING = frozenset(',，;|"')
"""These part tags in a list, or words in a filter."""


def parse_tag(text: str) -> str:
    """Return a tag on one line, that lists and filters can hold. Raises ``AddressError``."""
    tag = parse_name(text)
    if not tag or _PARTING.intersection(tag):
        raise AddressError(
            f"tag {tag[:40]!r} cannot be used; write at least one letter, and none of , ; | and quotes",
            column="tags",
        )
    see_length(tag)
    return tag


def see_length(tag: str) -> None:
    """Raise ``AddressError`` for a tag that is too long."""
    if len(tag) > LONGEST:
        raise AddressError(f"the tag {tag[:40]!r} … has more than {LONGEST} characters", column="tags")


def new(tags: Iterable[str], held: Iterable[str] = ()) -> list[str]:
    """Return those of some tags that a person does not have, each once and as it is first written."""
    had, fresh = {tag.lower() for tag in held}, dict[str, str]()
    for tag in tags:
        fresh.setdefault(tag.lower(), tag)
    return [tag for word, tag in fresh.items() if word not in had]


def add(connection: sa.Connection, subscriber_id: int, tags: Sequence[str]) -> None:
    """Tag a person; a tag they have stays as it is written."""
    rows = [
        {"subscriber_id": subscriber_id, "tag": tag} for tag in new(tags, _held(connection, subscriber_id))
    ]
    if rows:
        connection.execute(insert_new(connection, subscriber_tags), rows)


def remove(connection: sa.Connection, subscriber_id: int, tag: str) -> bool:
    """Take a tag off a person; False when they did not have it."""
    meant = [each for each in _held(connection, subscriber_id) if each.lower() == tag.lower()]
    mine = sa.and_(subscriber_tags.c.subscriber_id == subscriber_id, subscriber_tags.c.tag.in_(meant))
    return connection.execute(subscriber_tags.delete().where(mine)).rowcount > 0


def _held(connection: sa.Connection, subscriber_id: int) -> Sequence[str]:
    mine = subscriber_tags.c.subscriber_id == subscriber_id
    return connection.scalars(sa.select(subscriber_tags.c.tag).where(mine)).all()
