"""A mail and who gets it: headers, two parts and an envelope for each reader, of one mail made ready for all.

RFC 5322 and 2045 for the form, 2369 and 8058 for leaving, 2919 for List-Id, 3834 for Auto-Submitted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from pipeline.deliver.encoding import mailbox, unstructured
from pipeline.deliver.message import (
    Content,
    Message,
    Origin,
    Sender,
    UnwritableAddressError,
    delivery_name,
    keyed_token,
    leaving,
    public_token,
)
from pipeline.deliver.signing import Signer
from pipeline.deliver.stationery import Draft, Form, Stationery
from pipeline.errors import GateError
from pipeline.model import Parts
from pipeline.text import clean_line

_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS = re.compile(rf"{_ATOMS}(?:\.{_ATOMS})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LONGEST_ADDRESS = 254


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom one message goes to, and how they leave."""

    email: str
    name: str
    leave_url: str
    leave_address: str = ""
    """As in ``Content``."""


class Mailing:
    """A mail made ready to be written to many readers."""

    def __init__(
        self,
        origin: Origin,
        draft: Draft,
        *,
        kind: str,
        headers: Mapping[str, str] | None = None,
        signer: Signer | None = None,
    ) -> None:
        """Compile a mail; ``kind`` begins its messages' ids. Raises ``GateError`` for a header that cannot be written."""
        self._origin = origin
        self._kind = kind
        self._domain = _domain(origin.address)
        self._stationery = Stationery(_headers(origin, draft.subject, headers or {}), draft, signer=signer)

    @property
    def form(self) -> Form:
        """Return what all its messages have in common."""
        return self._stationery.form

    def write(self, to: Addressee, values: Mapping[str, str], *, named: str, now: datetime) -> Message:
        """Write the message that is ``named`` so for ever, with a value for each field of the draft.

        Line breaks in a name become spaces. Raises ``UnwritableAddressError`` for the reader's address.
        """
        return self._write(
            to,
            values,
            message_id=message_id(self._origin, kind=self._kind, named=named),
            envelope_from=self._return_path(keyed_token(named, self._origin.verp_key)),
            now=now,
        )

    def write_copy(self, to: Addressee, values: Mapping[str, str], *, token: str, now: datetime) -> Message:
        """Write a message that is no delivery: neither its Message-ID nor its return path speaks of one."""
        return self._write(
            to,
            values,
            message_id=f"<{self._kind}.test.{token}@{self._domain}>",
            envelope_from=self._return_path(f"test.{token}"),
            now=now,
        )

    def _return_path(self, token: str) -> str:
        return f"bounces+{token}@{self._origin.return_path_domain}"

    def _write(
        self,
        to: Addressee,
        values: Mapping[str, str],
        *,
        message_id: str,
        envelope_from: str,
        now: datetime,
    ) -> Message:
        recipient = _writable_address(to.email)
        own = {
            "To": mailbox(_line(to.name), recipient),
            "Date": _date(int(now.timestamp())),
            "Message-ID": message_id.encode(),
            "List-Unsubscribe": _ascii("List-Unsubscribe", leaving(to.leave_url, to.leave_address)),
        }
        sheet = self._stationery.fill(own, values, now=now)
        return Message(
            id=message_id,
            envelope_from=envelope_from,
            recipient=recipient,
            content=sheet.content,
            lengths=sheet.lengths,
            may_have_dots=False,  # quoted-printable writes a leading one as =2E, and no header begins with one
            is_utf8=not recipient.isascii(),
        )


def message_id(origin: Origin, *, kind: str, named: str) -> str:
    """Return the Message-ID of the message that is ``named`` so in a mailing of that kind: the same for ever."""
    return f"<{kind}.{public_token(named, origin.verp_key)}@{_domain(origin.address)}>"


def issue_mailing(sender: Sender, draft: Draft, *, issue_id: int, signer: Signer | None = None) -> Mailing:
    """Make an issue's variant ready. Raises ``GateError`` for a header that cannot be written."""
    headers = _list_headers(sender, issue_id=issue_id)
    return Mailing(sender, draft, kind=sender.newsletter, headers=headers, signer=signer)


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
    """Build one delivery's message by itself; the same delivery has the same Message-ID for ever.

    Line breaks in a name, title or subject become spaces. Raises ``UnwritableAddressError`` for the reader's
    address, ``GateError`` for another header that cannot be written.
    """
    mailing = issue_mailing(sender, _draft(content), issue_id=issue_id)
    named = delivery_name(issue_id, subscriber_id)
    return mailing.write(_addressee(content, email=email, name=name), {}, named=named, now=now)


def build_letter(
    origin: Origin,
    content: Content,
    *,
    email: str,
    kind: str,
    token: str,
    now: datetime,
    signer: Signer | None = None,
) -> Message:
    """Build one of our own letters, of whose sending ``token`` is the name; its reader is called by no name.

    Raises as ``build`` does.
    """
    mailing = Mailing(origin, _draft(content), kind=kind, signer=signer)
    return mailing.write(_addressee(content, email=email, name=""), {}, named=f"letter.{token}", now=now)


def _draft(content: Content) -> Draft:
    return Draft(
        subject=content.subject, text=Parts(fixed=(content.text,)), html=Parts(fixed=(content.html,))
    )


def _addressee(content: Content, *, email: str, name: str) -> Addressee:
    return Addressee(email=email, name=name, leave_url=content.leave_url, leave_address=content.leave_address)


def _headers(origin: Origin, subject: str, others: Mapping[str, str]) -> dict[str, bytes | None]:
    """Return what stands in each header, in the order of the wire, but for those that are a reader's own."""
    if not _PLAIN_ADDRESS.fullmatch(origin.address):
        raise GateError(f"a header cannot be written: From wants an address, and {origin.address!r} is none")
    return {
        "From": mailbox(_line(origin.title), origin.address),
        "To": None,
        "Subject": unstructured("Subject", _line(subject)),
        "Date": None,
        "Message-ID": None,
        "List-Unsubscribe": None,
        "List-Unsubscribe-Post": b"List-Unsubscribe=One-Click",
        "Auto-Submitted": b"auto-generated",
        **{name: _ascii(name, value) for name, value in others.items()},
    }


@lru_cache(maxsize=4)
def _date(seconds: int) -> bytes:
    return format_datetime(datetime.fromtimestamp(seconds, UTC)).encode()


def _ascii(name: str, value: str) -> bytes:
    """Return the value of a header that is for machines: it stays in one line, and nothing in it may be encoded."""
    if value.isascii() and value.isprintable():
        return value.encode()
    raise GateError(
        f"a header cannot be written: {name} takes letters of ASCII alone, and {value!r} has others"
    )


def _writable_address(email: str) -> str:
    """Return an address as it goes out: its domain in ASCII (RFC 5891), and its local part as it is."""
    if _PLAIN_ADDRESS.fullmatch(email) and len(email) <= _LONGEST_ADDRESS:
        return email
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise UnwritableAddressError(f"the reader's address is none: {error}") from error
    return f"{checked.local_part}@{checked.ascii_domain}"


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
