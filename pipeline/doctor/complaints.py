"""Whether too many readers call our mail spam."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem
from pipeline.store.complaints import WINDOW, complaint_rate


def complaints(newsroom: Newsroom) -> Iterator[Finding]:
    """Count the complaints of the last week, once there is one."""
    with newsroom.database.read() as connection:
        counted = complaint_rate(connection, now=newsroom.clock())
    if not counted.number:
        return
    message = f"{counted.number} complaints on {counted.accepted} mails in {WINDOW.days} days"
    if not counted.is_alarming:
        yield ok(message)
        return
    yield problem(
        f"{message}: large providers begin to file such mail as spam at one in a thousand",
        remedy="send no more until you know why: whom you imported lately, and whether they asked for it",
    )
