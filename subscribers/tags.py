"""Tags: the operator's own words for people, to send to them and to count them by."""

from __future__ import annotations

import sqlalchemy as sa

from subscribers.errors import AddressError
from subscribers.preferences import parse_name
from subscribers.schema import subscriber_tags

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
    return tag


def remove(connection: sa.Connection, subscriber_id: int, tag: str) -> bool:
    """Take a tag off a person; False when they did not have it."""
    mine = sa.and_(subscriber_tags.c.subscriber_id == subscriber_id, subscriber_tags.c.tag == tag)
    return connection.execute(subscriber_tags.delete().where(mine)).rowcount > 0
