"""Tag those whom a list brings; in whatever case a tag is written, the first spelling stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from subscribers.people import grouped
from subscribers.schema import insert_new, subscriber_tags, subscribers
from subscribers.tags import new
from subscribers.transfer.applicants import Applicant
from subscribers.transfer.batch import AT_MOST, Batch, fill, people

_wanted = sa.Table(
    "import_tags",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    prefixes=["TEMPORARY"],
)


def tag(connection: sa.Connection, batch: Batch, taken: Sequence[int]) -> None:
    """Tag those who are taken; their rows must be written."""
    tagged = [place for place in taken if batch.applicants[place].tags]
    rows = list(_rows(batch.applicants, tagged, held=_held(connection, batch, tagged)))
    if not rows:
        return
    connection.execute(CreateTable(_wanted))
    fill(connection, _wanted, rows)
    everyone = (
        sa.select(subscribers.c.id, _wanted.c.tag)
        .select_from(_wanted)
        .join(people, people.c.place == _wanted.c.place)
        .join(subscribers, subscribers.c.email_key == people.c.key)
        .where(sa.true())
    )
    written = insert_new(connection, subscriber_tags)
    connection.execute(written.from_select(["subscriber_id", "tag"], everyone))
    connection.execute(DropTable(_wanted))


def _held(connection: sa.Connection, batch: Batch, tagged: Sequence[int]) -> Mapping[str, Sequence[str]]:
    """Return by their keys what tags those have who are known."""
    keys = {one.id: batch.applicants[place].key for place in tagged if (one := batch.known.get(place))}
    ids, held = list(keys), {}
    for start in range(0, len(ids), AT_MOST):
        theirs = subscriber_tags.c.subscriber_id.in_(ids[start : start + AT_MOST])
        for each, words in grouped(connection, sa.select(subscriber_tags).where(theirs)).items():
            held[keys[each]] = words
    return held


def _rows(
    applicants: Sequence[Applicant], tagged: Sequence[int], *, held: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, str]]:
    """Yield the tags that are new to their owners, each with a place; one person may have several."""
    had = dict(held)
    for place in tagged:
        key, words = applicants[place].key, applicants[place].tags.split(",")
        if key in had:
            words = new(words, had[key])
        had[key] = (*had.get(key, ()), *words)
        yield from ((place, word) for word in words)
