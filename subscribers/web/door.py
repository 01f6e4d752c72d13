"""What the pages work with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

from subscribers.erasure import Elsewhere
from subscribers.errors import AddressError
from subscribers.limits import Limits
from subscribers.links import Links
from subscribers.metrics import Counters
from subscribers.store import Mailer
from subscribers.web.batches import Batches, Opens


class Render(Protocol):
    """Sets a page of ``templates/web``."""

    def __call__(self, name: str, **context: object) -> str:
        """Return the page's HTML, or the words of a text template."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A newsletter that one can sign up to."""

    key: str
    title: str
    rhythm: Literal["day", "week"]
    languages: tuple[str, ...]
    """The language settings it is made in, its own first."""
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Door:
    """A publisher's list as its readers reach it."""

    read: Opens
    write: Opens
    render: Render
    clock: Callable[[], datetime]
    suppression_key: bytes
    publisher: str
    language: str
    """The publisher's, for whoever says nothing of theirs."""
    contact: str
    newsletters: tuple[Offered, ...]
    """At least one; the first of those that come daily, else the first, is what a form without a choice means."""
    links: Links
    mailer: Mailer
    elsewhere: Elsewhere
    limits: Limits = field(default_factory=Limits)
    counters: Counters = field(default_factory=Counters)

    @cached_property
    def reading(self) -> Batches:
        """Return where pages look something up."""
        return Batches(self.read)

    @cached_property
    def writing(self) -> Batches:
        """Return where pages write something down, which is durable when it returns."""
        return Batches(self.write)

    def see_offered(self, keys: Collection[str]) -> None:
        """Raise ``AddressError`` for a newsletter that there is not."""
        known = [each.key for each in self.newsletters]
        unknown = set(keys).difference(known)
        if unknown:
            raise AddressError(
                f"newsletter {min(unknown)[:40]!r} is not one of {', '.join(known)}",
                column="newsletter",
                kind="unknown newsletter",
            )

    @property
    def usual(self) -> Offered:
        """Return the newsletter of a form that does not choose."""
        return next((each for each in self.newsletters if each.rhythm == "day"), self.newsletters[0])
