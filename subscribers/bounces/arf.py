"""Feedback reports (RFC 5965), and the forms of their own that big providers have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from subscribers.bounces.addresses import MOST_RECIPIENTS, address, addresses
from subscribers.bounces.fields import groups
from subscribers.bounces.kind import Kind
from subscribers.bounces.mail import Part, header

_KINDS = {
    "not-spam": Kind.NONE,
    "auth-failure": Kind.OURS,
    "dmarc": Kind.OURS,
    "virus": Kind.OURS,
    "opt-out": Kind.LEAVE,
    "opt-out-list": Kind.LEAVE,
}
"""Every other type is a complaint; reports on a failed signature (RFC 6591) or a virus come from machines, not readers."""
_TYPE = re.compile(r"[a-z][a-z-]{1,40}")
_TOLD_TYPE = re.compile(r'"complaintFeedbackType"\s{0,5}:\s{0,5}"([^"\s]{1,40})"')
_COMPLAINED = re.compile(r'"emailAddress"\s{0,5}:\s{0,5}"([^"\s]{3,300})"')
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient")


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What a feedback report says."""

    kind: Kind
    type: str
    recipients: tuple[str, ...]


def feedback(parts: Sequence[Part]) -> Feedback | None:
    """Return what a mail reports of a reader's complaint; None when it is no such report."""
    report = next((part for part in parts if part.type == "message/feedback-report"), None)
    if report is None:
        return _without_report(parts)
    fields = [field for group in groups(report.text) for field in group]
    type_ = _type(next((value for name, value in fields if name == "feedback-type"), ""))
    named = [address(value) for name, value in fields if name in _RECIPIENT_FIELDS]
    recipients = tuple(dict.fromkeys(filter(None, named))) or returned_to(parts)
    return Feedback(
        kind=_KINDS.get(type_, Kind.COMPLAINT), type=type_, recipients=recipients[:MOST_RECIPIENTS]
    )


def _type(told: str) -> str:
    """Return the first word of a type, without what is remarked on it."""
    found = _TYPE.match(told.strip().lower())
    return found[0] if found else "abuse"


def _without_report(parts: Sequence[Part]) -> Feedback | None:
    """Read a complaint told by its subject alone, with the mail attached (Outlook.com's JMRP), or one in JSON (Amazon SES)."""
    headers, text = parts[0].headers, parts[0].text
    if '"complainedRecipients"' in text:
        found = _TOLD_TYPE.search(text)
        type_ = _type(found[1] if found else "")
        recipients = tuple(_COMPLAINED.findall(text)[:1])
        return Feedback(kind=_KINDS.get(type_, Kind.COMPLAINT), type=type_, recipients=recipients)
    is_complaint = header(headers, "Subject").lower().startswith("complaint about message from")
    if not (is_complaint and any(part.type == "message/rfc822" for part in parts)):
        return None
    told = address(header(headers, "X-HmXmrOriginalRecipient"))
    return Feedback(kind=Kind.COMPLAINT, type="abuse", recipients=(told,) if told else returned_to(parts))


def returned_to(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return whom the returned mail was written to."""
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            for group in groups(part.text):
                told = [value for name, value in group if name in ("x-hmxmroriginalrecipient", "to")]
                return tuple(addresses(told[0])) if told else ()
    return ()
