"""How people came onto the list: a list that was imported, the form, or the operator's hand."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from subscribers import consent
from subscribers.schema import consents, subscribers
from subscribers.store import BY_OPERATOR


class Arrival(StrEnum):
    """What a person's row was made by."""

    IMPORT = "import"
    FORM = "form"
    OPERATOR = "operator"


_own = consents.alias()
_FIRST_ID = (
    sa.select(sa.func.min(_own.c.id)).where(_own.c.subscriber_id == subscribers.c.id).scalar_subquery()
)
IS_FIRST = sa.and_(
    consents.c.id == _FIRST_ID.correlate(subscribers),
    consents.c.at == subscribers.c.created_at,
    consents.c.kind.in_((consent.Kind.ASKED, consent.Kind.OPERATOR)),
)
"""A person's first record, if it came with their row, at the same moment; an import's stands for many and is nobody's own."""
BY_HAND = consents.c.origin == BY_OPERATOR


def came_by(arrival: Arrival) -> sa.ColumnElement[bool]:
    """Return the condition that a subscriber came so; each came in one way."""
    own = sa.select(consents.c.id).where(IS_FIRST).correlate(subscribers)
    if arrival is Arrival.IMPORT:
        return ~own.exists()
    return own.where(BY_HAND if arrival is Arrival.OPERATOR else ~BY_HAND).exists()
