"""One reader's message: headers, two parts, an envelope that tells whose bounce comes back.

RFC 5322 and 2045 for the form, 2369 and 8058 for leaving, 2919 for List-Id, 3834 for Auto-Submitted.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from urllib.parse import urlsplit

from pipeline.errors import GateError


@dataclass(frozen=True, kw_only=True)
class Sender:
    """What all messages of an issue share."""

    newsletter: str
    title: str
    publisher: str
    address: str
    contact: str
    site_url: str
    return_path_domain: str
    verp_key: bytes
    """Keys the return path, so that nobody forges a bounce."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """An issue as one reader gets it, every field filled."""

    subject: str
    html: str
    text: str
    leave_url: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """Bytes ready for the wire (CRLF, 7 bit), with their envelope."""

    id: str
    envelope_from: str
    recipient: str
    content: bytes


class _WirePolicy(EmailPolicy):
    """Fold at 78, but never inside an address or link of a List- header (RFC 8058 takes no encoded words)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        policy = _UNFOLDED if name.lower().startswith(("list-", "message-id", "feedback-")) else SMTP
        return policy.fold_binary(name, value)


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

    Raises ``GateError`` for a header that cannot be written.
    """
    token = delivery_token(sender, issue_id=issue_id, subscriber_id=subscriber_id)
    message = EmailMessage(policy=SMTP)
    message_id = f"<{sender.newsletter}.{token}@{_domain(sender.address)}>"
    try:
        message["From"] = Address(sender.title, addr_spec=sender.address)
        message["To"] = Address(name, addr_spec=email)
        message["Subject"] = content.subject
        message["Date"] = now
        message["Message-ID"] = message_id
        for header, value in _list_headers(sender, content, issue_id=issue_id).items():
            message[header] = value
    except ValueError as error:
        raise GateError(f"a header cannot be written: {error}") from error
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    return Message(
        id=message_id,
        envelope_from=f"bounces+{token}@{sender.return_path_domain}",
        recipient=email,
        content=message.as_bytes(policy=_WIRE),
    )


def delivery_token(sender: Sender, *, issue_id: int, subscriber_id: int) -> str:
    """Return what names a delivery to the outside: issue, subscriber and a keyed hash of both."""
    named = f"{sender.newsletter}.{issue_id}.{subscriber_id}".encode()
    return f"{issue_id}.{subscriber_id}.{hmac.new(sender.verp_key, named, hashlib.sha256).hexdigest()[:16]}"


def _list_headers(sender: Sender, content: Content, *, issue_id: int) -> dict[str, str]:
    host = urlsplit(sender.site_url).hostname or _domain(sender.address)
    return {
        "List-Unsubscribe": f"<{content.leave_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{sender.newsletter}.{host}>",
        "List-Help": f"<{_uri(sender.contact, query='?subject=help')}>",
        "List-Archive": f"<{sender.site_url}/archive>",
        "List-Owner": f"<{_uri(sender.contact)}>",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{issue_id}:{sender.newsletter}:metabrief:{_domain(sender.address)}",
    }


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _uri(contact: str, *, query: str = "") -> str:
    return contact if contact.startswith("http") else f"mailto:{contact}{query}"
