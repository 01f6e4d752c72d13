"""Leases: a piece of work that one process at a time does; a dead one's ends by itself."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.store.schema import leases


def take(connection: sa.Connection, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
    """Take or lengthen a lease; False while another's is live."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted = dialect.insert(leases).values(name=name, owner=owner, until=until)
    taken = wanted.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"owner": owner, "until": until},
        where=sa.or_(leases.c.until <= now, leases.c.owner == owner),
    )
    return connection.scalar(taken.returning(leases.c.name)) is not None


def free(connection: sa.Connection, name: str, *, owner: str) -> None:
    """Give a lease back, if it is still ours."""
    connection.execute(leases.delete().where(leases.c.name == name, leases.c.owner == owner))
