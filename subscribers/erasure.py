"""Forget a person: on the list, and wherever else the program keeps something of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from subscribers import leaving, store


class Elsewhere(Protocol):
    """What the rest of the program keeps of a reader: letters, mails as files, deliveries."""

    def personal_data(self, connection: sa.Connection, subscriber_id: int) -> Mapping[str, Any]:
        """Return it, ready for JSON."""

    def forget(self, connection: sa.Connection, subscriber_id: int) -> None:
        """Remove what names the person; done twice it harms nothing."""


def erase(
    connection: sa.Connection,
    where: sa.ColumnElement[bool],
    *,
    elsewhere: Elsewhere,
    origin: str,
    suppression_key: bytes,
    now: datetime,
) -> bool:
    """Erase the one person ``where`` finds, keeping the suppression hash alone; False when it finds nobody.

    What is elsewhere goes first: if that fails, the row is still there to try again with.
    """
    row = store.find_row(connection, where)
    if row is None:
        return False
    elsewhere.forget(connection, row.id)
    leaving.end_row(connection, row, leaving.erased(origin=origin), suppression_key=suppression_key, now=now)
    return True
