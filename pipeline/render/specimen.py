"""A mail on the lint's table, and what can be found wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.render.anatomy import Anatomy

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong with a mail; an error keeps it from leaving."""

    rule: str
    severity: Severity
    where: str
    """``html`` or ``text``, with ``:LINE`` where a line is known."""
    message: str


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """Both parts of a filled mail; what is ``None`` or empty is looked for by its shape only."""

    html: str
    text: str | None
    anatomy: Anatomy
    postal_address: str | None
    leave_url: str | None
    why: str | None
    disclaimers: tuple[str, ...]
    allowed_hosts: tuple[str, ...]

    @property
    def parts(self) -> Iterator[tuple[str, str]]:
        """Yield each part's name with what a reader sees of it."""
        yield "html", self.anatomy.visible
        if self.text is not None:
            yield "text", self.text


def error(rule: str, where: str, message: str) -> Problem:
    """Return a problem that keeps the mail from leaving."""
    return Problem(rule=rule, severity="error", where=where, message=message)


def warning(rule: str, where: str, message: str) -> Problem:
    """Return a problem that a person should know of."""
    return Problem(rule=rule, severity="warning", where=where, message=message)


def squeezed(text: str) -> str:
    """Return text without any white space and case, so that line breaks do not matter."""
    return "".join(text.split()).casefold()
