"""What the stages hand to one another. Everything is frozen; every ``datetime`` is aware and UTC."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Source:
    """A site we read: by its ``feed``, or by a ``listing`` page with optional CSS selectors."""

    key: str
    name: str
    home: str
    language: str
    feed: str | None = None
    listing: str | None = None
    item_selector: str | None = None
    link_selector: str | None = None
    enabled: bool = True
    standing: float = 0.5
    """How much weight the newsroom gives this outlet, in [0, 1]."""

    @property
    def address(self) -> str:
        """Return the one address that lists this source's articles."""
        return self.feed or self.listing or self.home


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line in a source's feed or list: where an article is, and what the list says of it."""

    source: str
    url: str
    title: str
    published: datetime | None = None
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Bytes fetched, decoded from their transfer coding but not from their charset."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    body: bytes
    content_type: str
    fetched_at: datetime

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Article:
    """What was extracted from a page; text in paragraphs parted by newlines, no markup."""

    url: str
    """The address as the feed or list gave it."""
    source: str
    title: str
    text: str
    language: str
    """``en``, ``zh``, else BCP 47; ``und`` when it cannot be told."""
    published: datetime | None
    first_seen: datetime
    fetched_at: datetime
    digest: str
    authors: tuple[str, ...] = ()
    site: str | None = None
    standing: float = 0.5
    id: int | None = None
    """The row in the store, once there is one."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """Articles on one event, the one that tells it best first; never empty."""

    articles: tuple[Article, ...]

    @property
    def lead(self) -> Article:
        """Return the article that tells the story best."""
        return self.articles[0]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Where a reader can read on: an outlet and its article."""

    name: str
    url: str
    language: str
    title: str = ""
    """The article's headline there."""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """An item's words in another language than its own: an outlet's that tells the story in it, else a machine's."""

    language: str
    headline: str
    summary: str
    why_it_matters: str = ""
    outlet: Reference | None = None
    """Whose words they are; None: a machine's."""
    published: datetime | None = None
    """By that outlet."""

    @property
    def is_by_machine(self) -> bool:
        """Say whether a machine translated, so that whoever prints this says so."""
        return self.outlet is None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that an update tells and what was sent before does not, in English and in Chinese."""

    kind: str
    """``stage``, ``number`` or ``actor``."""
    en: str
    """Of a stage its key, which phrases put into words; empty when the fact cannot be said in the language."""
    zh: str
    was_en: str = ""
    """Of a number, what was sent; empty when it is not known to count the same."""
    was_zh: str = ""


@dataclass(frozen=True, kw_only=True)
class News:
    """What is new in an update, the weightiest first; never empty."""

    facts: tuple[Fact, ...]
    since: datetime
    """The slot of the issue that told the story before."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A story as it stands in an issue."""

    headline: str
    summary: str
    language: str
    section: str
    """One of the beat's, or ``other``."""
    sources: tuple[Reference, ...]
    why: tuple[str, ...]
    published: datetime | None = None
    gloss: tuple[str, ...] = ()
    """Known names and terms of the story in the other language, for readers who do not read this one."""
    is_update: bool = False
    news: News | None = None
    """What is new in an update."""
    articles: tuple[Article, ...] = ()
    why_it_matters: str = ""
    """One line by a machine, and shown as such; empty when there is none."""
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An article collected for a slot that is not in the issue, and why."""

    title: str
    url: str
    why: str
    article_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The moment an issue is due."""

    wall: str
    """``YYYY-MM-DDTHH:MM`` on the clock of the newsletter's zone."""
    instant: datetime


class IssueStatus(StrEnum):
    """How far an issue has come."""

    DRAFT = "draft"
    HELD = "held"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    MISSED = "missed"
    CANCELLED = "cancelled"


class HoldReason(StrEnum):
    """Why an issue waits for a person."""

    APPROVAL = "approval"
    THIN = "thin"
    LINT = "lint"
    GATE = "gate"
    OPERATOR = "operator"
    REPLIES = "replies"
    SITE = "site"
    UNCERTAIN = "uncertain"


class TransportKind(StrEnum):
    """Where an issue's messages go."""

    OUTBOX = "outbox"
    SMTP = "smtp"


class DeliveryState(StrEnum):
    """Where one issue's way to one subscriber stands; the moves are in ``deliver.ledger``."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    DATA_STARTED = "data_started"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


class LetterState(StrEnum):
    """Where one of our own letters stands; from ``started`` on it is never sent again."""

    QUEUED = "queued"
    STARTED = "started"
    """Its last dot may be out: after a crash nobody knows, so the reader has to ask for another."""
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    """What it asked is asked no more: the person left, or was erased."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """An issue set in one language setting; its texts hold fields that are filled per reader."""

    language: str
    """``en``, ``zh`` or ``both``."""
    subject: str
    preview: str
    html: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A text split at its fields: ``fixed[0], fields[0], fixed[1], …``, so one more fixed part than fields."""

    fixed: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One dated number of a newsletter."""

    newsletter: str
    slot: Slot
    status: IssueStatus
    transport: TransportKind
    hold_reason: HoldReason | None = None
    hold_detail: str = ""
    items: tuple[Item, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    variants: tuple[Variant, ...] = ()
    funnel: dict[str, int] = field(default_factory=dict)
    """How many things reached each step of the way: entries, pages, articles, … items."""
    id: int = 0
    """The row in the store; 0 until there is one."""
