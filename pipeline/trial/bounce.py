"""A mail that came back, read as the intake reads it; whose delivery it speaks of is not looked up here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, StrictStr

from pipeline.trial.rows import Answer, Row
from pipeline.trial.stages import read_file
from subscribers.bounces.mail import LONGEST_MAIL
from subscribers.bounces.reading import read_mail


class MailFields(BaseModel):
    """A mail by its path; other fields may stand beside it and mean nothing here."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    path: StrictStr


def try_bounce(row: Row, *, folder: Path) -> Answer:
    """Say what the mail that the row names is, and whom it speaks of; a path is relative to ``folder``."""
    fields = MailFields.model_validate(row)
    return _told(read_file(folder / fields.path))


def try_piped(mail: BinaryIO) -> Answer:
    """Say what the mail that comes in is, and whom it speaks of."""
    return _told(mail.read(LONGEST_MAIL))


def _told(mail: bytes) -> Answer:
    found = read_mail(mail)
    return {
        "kind": found.kind.value,
        "recipients": list(found.recipients),
        "status": found.status or None,
        "reason": found.reason,
    }


def in_words(found: Answer) -> Iterator[str]:
    """Yield what was found of a mail for a person, in lines."""
    yield " · ".join(
        (found["kind"], found["status"] or "no code", ", ".join(found["recipients"]) or "no address")
    )
    yield f"  {found['reason']}"
