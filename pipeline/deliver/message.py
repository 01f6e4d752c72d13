"""One reader's message, and the tokens by which its envelope and its id tell whose it is when something comes back."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.errors import MetabriefError


class UnwritableAddressError(MetabriefError):
    """A reader's address cannot be written to; their delivery is rejected, the others go on."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """In whose name mail leaves, and where what comes back goes."""

    title: str
    """Stands beside the address as the sender's name."""
    address: str
    return_path_domain: str
    verp_key: bytes
    """Keys the return path, so that nobody forges a bounce."""


@dataclass(frozen=True, kw_only=True)
class Sender(Origin):
    """What all messages of an issue share."""

    newsletter: str
    contact: str
    site_url: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """A mail as one reader gets it, every field filled."""

    subject: str
    html: str
    text: str
    leave_url: str
    leave_address: str = ""
    """Where a mail makes this reader leave; empty when nobody reads what comes there."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """Bytes ready for the wire (CRLF, 7 bit but for what ``is_utf8`` says), with their envelope."""

    id: str
    envelope_from: str
    recipient: str
    content: bytes
    lengths: tuple[int, ...] = ()
    """How long the value of each field is that was filled into its mailing's form."""
    may_have_dots: bool = True
    """A line of it may begin with a dot, which has to be doubled on the wire (RFC 5321, 4.5.2)."""
    is_utf8: bool = False
    """The address is beyond ASCII, so only a relay that offers SMTPUTF8 takes it (RFC 6531)."""


def delivery_name(issue_id: int, subscriber_id: int) -> str:
    """Return what names an issue's delivery in its tokens."""
    return f"{issue_id}.{subscriber_id}"


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a return path speaks of: an issue to a subscriber, or one of our own letters."""

    issue_id: int | None = None
    subscriber_id: int | None = None
    letter: str | None = None
    """The letter's token; an issue's delivery has none."""
    is_public: bool = False
    """It is told by a Message-ID, which stands in every answer and in public archives."""


def read_delivery_token(token: str, *, key: bytes) -> Delivered | None:
    """Return what the token of a return path or Message-ID names, None when it is not one of ours.

    A token is ``ISSUE.SUBSCRIBER.HASH`` or ``letter.TOKEN.HASH``; the key is the newsroom's own, as in ``Origin``.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    is_public = hmac.compare_digest(public_token(match["named"], key), token)
    if not (is_public or hmac.compare_digest(keyed_token(match["named"], key), token)):
        return None
    if match["letter"] is not None:
        return Delivered(letter=match["letter"], is_public=is_public)
    return Delivered(
        issue_id=int(match["issue"]), subscriber_id=int(match["subscriber"]), is_public=is_public
    )


_TOKEN = re.compile(
    r"(?P<named>(?P<issue>\d{1,19})\.(?P<subscriber>\d{1,19})|letter\.(?P<letter>[0-9A-Za-z_-]{1,32}))\.[0-9a-f]{16}",
    re.ASCII,
)


def keyed_token(named: str, key: bytes, *, label: str = "") -> str:
    """Return what names a mail to the outside, with a keyed hash behind it."""
    keyed = _keyed(key, label).copy()
    keyed.update(named.encode())
    return f"{named}.{keyed.hexdigest()[:16]}"


@lru_cache(maxsize=8)
def _keyed(key: bytes, label: str) -> hmac.HMAC:
    return hmac.new(key, label.encode(), "sha256")


def public_token(named: str, key: bytes) -> str:
    """Return the token for the mail itself, which others get to see; nobody makes that of the return path from it."""
    return keyed_token(named, key, label="Message-ID ")


def leaving(leave_url: str, leave_address: str) -> str:
    """Return how mail programs let a reader leave: by one click first (RFC 8058), then by a mail."""
    by_mail = f", <mailto:{leave_address}?subject=unsubscribe>" if leave_address else ""
    return f"<{leave_url}>{by_mail}"
