"""One thing that is well, doubtful or wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.app import Newsroom
from pipeline.errors import MetabriefError


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    """A person is needed."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was seen; ``remedy`` is empty when all is well."""

    topic: str = ""
    """Empty until the examination files it under its check's."""
    level: Level
    message: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Looks at one side of a newsroom; changes nothing."""

    topic: str
    look: Callable[[Newsroom], Iterable[Finding]]


def ok(message: str) -> Finding:
    """Return a finding that nothing need be done about."""
    return Finding(level=Level.OK, message=message)


def warning(message: str, *, remedy: str) -> Finding:
    """Return a finding that a person should know of."""
    return Finding(level=Level.WARNING, message=message, remedy=remedy)


def problem(message: str, *, remedy: str) -> Finding:
    """Return a finding that asks for a person."""
    return Finding(level=Level.PROBLEM, message=message, remedy=remedy)


def trouble(error: MetabriefError) -> Finding:
    """Return an error as a problem; what follows its last semicolon says what to do."""
    message, _, remedy = str(error).rpartition("; ")
    return problem(message or remedy, remedy=remedy if message else "mend that, then look again")
