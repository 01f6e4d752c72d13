"""What can go wrong, drawn as a tree; a message says what, which, and what to do.

MetabriefError                 exit 1: the command could not do its work
├── UsageError                 exit 2: the call's words do not fit; nothing was done
│   └── ConfigurationError     exit 2: metabrief.toml, sources.toml or the environment is wrong
├── FetchError                 a page could not be had; that source or article is passed over and counted
├── ExtractionError            a page holds no article or feed; that page is passed over and counted
├── TemplateError              a template cannot be read or set; nothing is sent until it is mended
├── GateError                  a message may not leave; its issue is held
├── TransportError             the relay or the outbox cannot be used now; rows stay planned
└── StoreError                 the database cannot be opened or written
"""

from enum import StrEnum


class MetabriefError(Exception):
    """Say in one line what failed, which thing, and what to do."""

    exit_code = 1


class UsageError(MetabriefError):
    """The call's words do not fit; nothing was done."""

    exit_code = 2


class ConfigurationError(UsageError):
    """The newsroom's configuration is wrong; nothing was done."""


class FetchKind(StrEnum):
    """Say what stood between us and a page; the reason says it in words."""

    FORBIDDEN = "forbidden"
    """robots.txt forbids it."""
    ROBOTS_UNREAD = "robots-unread"
    """The site answers, but robots.txt could not be read."""
    GONE = "gone"
    BUSY = "busy"
    """The site wants fewer requests."""
    REFUSED = "refused"
    TROUBLED = "troubled"
    """The site says that the fault is its own."""
    SLOW = "slow"
    NO_NAME = "no-name"
    """The name does not resolve."""
    NO_ROUTE = "no-route"
    PRIVATE = "private"
    """The address is private and not exempt."""
    UNTRUSTED = "untrusted"
    """TLS failed."""
    NO_ANSWER = "no-answer"
    """No connection, or nothing over it."""
    OTHER = "other"

    @property
    def is_reached(self) -> bool:
        """Tell whether the site answered at all."""
        return self not in {
            FetchKind.NO_NAME,
            FetchKind.NO_ROUTE,
            FetchKind.NO_ANSWER,
            FetchKind.PRIVATE,
            FetchKind.UNTRUSTED,
        }


class FetchError(MetabriefError):
    """A page could not be had; carries its ``url``, the bare ``reason`` and its ``kind``."""

    def __init__(self, url: str, reason: str, *, kind: FetchKind = FetchKind.OTHER) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.kind = kind


class ExtractionError(MetabriefError):
    """A page holds no article, feed or list; that page is passed over and counted."""


class TemplateError(MetabriefError):
    """A template cannot be read or set; nothing is sent until it is mended."""


class GateError(MetabriefError):
    """A message may not leave; its issue is held."""


class TransportError(MetabriefError):
    """The relay or the outbox cannot be used now; deliveries stay planned."""


class StoreError(MetabriefError):
    """The database cannot be opened or written; nothing was changed."""
