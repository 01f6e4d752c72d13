"""Mails that come back for a mail that went out, in the shapes of mail servers' and providers' documentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

NO_SUCH_USER = "550 5.1.1 <{0}>: Recipient address rejected: User unknown in virtual mailbox table"
FULL = "452 4.2.2 <{0}>: Mailbox full"
BLOCKED = (
    "550 5.7.1 Service unavailable, client host blocked using a blocklist; contact the postmaster of {0}"
)


def token(mail: bytes) -> str:
    """Return the delivery token in a mail's return path."""
    found = re.search(rb"^Return-Path: <bounces\+([^@]+)@", mail)
    assert found is not None
    return found[1].decode()


def dsn(
    to: str,
    reader: str,
    *,
    reply: str = NO_SUCH_USER,
    action: str = "failed",
    original: Sequence[str] = (),
    date: str = "Tue, 22 Feb 2022 14:20:00 +0800",
) -> bytes:
    """Return a status report (RFC 3464) in the shape of Postfix, sent to an address, about a reader."""
    said = reply.format(reader)
    lines = (
        "Return-Path: <>",
        f"Delivered-To: {to}",
        f"Date: {date}",
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "This is the mail system at host mx.example.",
        f"<{reader}>: host mx.a.example said: {said}",
        "",
        "--=_b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        f"Final-Recipient: rfc822; {reader}",
        f"Action: {action}",
        f"Status: {said.split()[1]}",
        f"Diagnostic-Code: smtp; {said}",
        "",
        "--=_b",
        "Content-Type: text/rfc822-headers",
        "",
        *original,
        "",
        "--=_b--",
        "",
    )
    return "\r\n".join(lines).encode()


def complaint(original: Sequence[str], *, to: str = "fbl@lantern.example") -> bytes:
    """Return a feedback report (RFC 5965) with the headers of the mail that was called spam."""
    lines = (
        f"To: {to}",
        "From: feedback@provider.example",
        "Date: Tue, 22 Feb 2022 15:00:00 +0800",
        "Subject: FW: VR in Shanghai",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="=_c"',
        "",
        "--=_c",
        "Content-Type: text/plain",
        "",
        "This is an email abuse report.",
        "",
        "--=_c",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Provider/1.0",
        "Version: 1",
        "",
        "--=_c",
        "Content-Type: message/rfc822",
        "",
        *original,
        "",
        "the mail itself",
        "--=_c--",
        "",
    )
    return "\r\n".join(lines).encode()


def letter(to: str, *, reader: str, subject: str, headers: Sequence[str] = (), body: str = "") -> bytes:
    """Return a mail that a person, or a machine in their name, wrote."""
    lines = (f"From: {reader}", f"To: {to}", f"Subject: {subject}", *headers, "", body, "")
    return "\r\n".join(lines).encode()
