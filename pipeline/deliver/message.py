"""One reader's message: headers, two parts, an envelope that tells whose bounce comes back.

RFC 5322 and 2045 for the form, 2369 and 8058 for leaving, 2919 for List-Id, 3834 for Auto-Submitted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from pipeline.errors import GateError, MetabriefError
from pipeline.text import clean_line


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
    """Bytes ready for the wire (CRLF, 7 bit), with their envelope."""

    id: str
    envelope_from: str
    recipient: str
    content: bytes


class _WirePolicy(EmailPolicy):
    """Fold at 78, but never inside an address or link of a List- header (RFC 8058 takes no encoded words).

    A subject or name beyond ASCII is encoded whole, for the standard library loses spaces where it encodes in parts.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if isinstance(value, AddressHeader) and not value.isascii():
            [address] = value.addresses
            return _folded(name, [*_encoded_words(address.display_name), f"<{address.addr_spec}>"])
        if not value.isascii():
            return _folded(name, _encoded_words(value))
        policy = _UNFOLDED if name.lower().startswith(("list-", "message-id", "feedback-")) else SMTP
        return policy.fold_binary(name, value)


def _folded(name: str, words: list[str]) -> bytes:
    lines = "\r\n ".join(words)
    return f"{name}: {lines}\r\n".encode("ascii")


def _encoded_words(text: str) -> list[str]:
    """Return text as encoded words (RFC 2047), each of whole characters and short enough for any line."""
    pieces = [text[at : at + _CHARACTERS_A_WORD] for at in range(0, len(text), _CHARACTERS_A_WORD)]
    return [f"=?utf-8?b?{b64encode(piece.encode()).decode()}?=" for piece in pieces]


_CHARACTERS_A_WORD = 10
"""At most 40 bytes, so 56 letters of base64 and 68 a word; 75 are allowed, and the header's name comes before."""
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_UNFOLDED = SMTP.clone(max_line_length=998)
_WIRE = _WirePolicy(linesep="\r\n", cte_type="7bit")


def build(
    sender: Sender,
    content: Content,
    *,
    email: str,
    name: str,
    issue_id: int,
    subscriber_id: int,
    now: datetime,
) -> Message:
    """Build one delivery's message; the same delivery has the same Message-ID for ever.

    Line breaks in a name, title or subject become spaces. Raises ``UnwritableAddressError`` for the reader's
    address, ``GateError`` for another header that cannot be written.
    """
    headers = _leaving(content) | _list_headers(sender, issue_id=issue_id)
    named = f"{issue_id}.{subscriber_id}"
    return _message(
        sender, content, email=email, name=name, kind=sender.newsletter, named=named, headers=headers, now=now
    )


def build_letter(
    origin: Origin, content: Content, *, email: str, kind: str, token: str, now: datetime
) -> Message:
    """Build one of our own letters, of whose sending ``token`` is the name; its reader is called by no name.

    Raises as ``build`` does.
    """
    return _message(
        origin,
        content,
        email=email,
        name="",
        kind=kind,
        named=f"letter.{token}",
        headers=_leaving(content),
        now=now,
    )


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
    is_public = hmac.compare_digest(_public(match["named"], key), token)
    if not (is_public or hmac.compare_digest(_keyed(match["named"], key), token)):
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


def _keyed(named: str, key: bytes, *, label: str = "") -> str:
    """Return what names a mail to the outside, with a keyed hash behind it."""
    return f"{named}.{hmac.new(key, f'{label}{named}'.encode(), hashlib.sha256).hexdigest()[:16]}"


def _public(named: str, key: bytes) -> str:
    """Return the token for the mail itself, which others get to see; nobody makes that of the return path from it."""
    return _keyed(named, key, label="Message-ID ")


def _message(
    origin: Origin,
    content: Content,
    *,
    email: str,
    name: str,
    kind: str,
    named: str,
    headers: Mapping[str, str],
    now: datetime,
) -> Message:
    recipient = _ascii_address(email)
    token = _public(named, origin.verp_key)
    message_id = f"<{kind}.{token}@{_domain(origin.address)}>"
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(_line(origin.title), addr_spec=origin.address)
        message["To"] = Address(_line(name), addr_spec=recipient)
        message["Subject"] = _line(content.subject)
        message["Date"] = now
        message["Message-ID"] = message_id
        for header, value in headers.items():
            message[header] = value
    except ValueError as error:
        raise GateError(f"a header cannot be written: {error}") from error
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{token}")  # quoted-printable never holds "=_"
    return Message(
        id=message_id,
        envelope_from=f"bounces+{_keyed(named, origin.verp_key)}@{origin.return_path_domain}",
        recipient=recipient,
        content=message.as_bytes(policy=_WIRE),
    )


def _ascii_address(email: str) -> str:
    """Return an address as plain SMTP takes it: its domain in ASCII (RFC 5891), and its local part as it is."""
    if _PLAIN_ADDRESS.fullmatch(email):
        return email
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise UnwritableAddressError(f"the reader's address is none: {error}") from error
    if checked.ascii_email is None:
        raise UnwritableAddressError("the reader's address is not in ASCII and would need SMTPUTF8")
    return checked.ascii_email


def _leaving(content: Content) -> dict[str, str]:
    """Return how mail programs let a reader leave: by one click first (RFC 8058), then by a mail."""
    return {
        "List-Unsubscribe": ", ".join(
            f"<{each}>" for each in ways_out(content.leave_url, content.leave_address)
        ),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def ways_out(leave_url: str, leave_address: str) -> tuple[str, ...]:
    """Return the addresses of List-Unsubscribe, in the order of RFC 8058: https first."""
    return (leave_url, f"mailto:{leave_address}?subject=unsubscribe") if leave_address else (leave_url,)


def _list_headers(sender: Sender, *, issue_id: int) -> dict[str, str]:
    host = urlsplit(sender.site_url).hostname or _domain(sender.address)
    return {
        "List-Id": f"<{sender.newsletter}.{host}>",
        "List-Help": f"<{_uri(sender.contact, query='?subject=help')}>",
        "List-Archive": f"<{sender.site_url}/archive>",
        "List-Owner": f"<{_uri(sender.contact)}>",
        "Feedback-ID": f"{issue_id}:{sender.newsletter}:metabrief:{_domain(sender.address)}",
    }


def _line(text: str) -> str:
    """Return text as one line that nobody takes for an encoded word."""
    return clean_line(text).replace("=?", "= ?")


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _uri(contact: str, *, query: str = "") -> str:
    return contact if contact.startswith("http") else f"mailto:{contact}{query}"
