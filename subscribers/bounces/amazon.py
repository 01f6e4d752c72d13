"""Amazon SES's notices in JSON, as its notification service mails them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from subscribers.bounces.addresses import MOST_RECIPIENTS, address
from subscribers.bounces.dsn import STATUS, Failure
from subscribers.bounces.mail import Part

_PERMANENT = "Permanent"
_STATUSES = {
    "NoEmail": "5.1.1",
    "MailboxFull": "5.2.2",
    "MessageTooLarge": "5.3.4",
    "ContentRejected": "5.6.0",
    "AttachmentRejected": "5.6.0",
}
"""The codes that its types of bounces stand for."""


def bounces(parts: Sequence[Part]) -> tuple[Failure, ...]:
    """Return what such a notice says of each recipient; empty when the mail is none or tells of no bounce."""
    text = parts[0].text.lstrip()
    if '"bouncedRecipients"' not in text:
        return ()
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(_failures(_mapping(_mapping(found).get("bounce"))))


def _failures(bounce: Mapping[str, Any]) -> Iterator[Failure]:
    told = bounce.get("bouncedRecipients")
    for each in told[:MOST_RECIPIENTS] if isinstance(told, list) else ():
        recipient = _mapping(each)
        yield Failure(
            recipient=address(_text(recipient, "emailAddress")),
            action="failed",
            status=_status(bounce, recipient),
            diagnostic=_text(recipient, "diagnosticCode") or _named(bounce),
            reporting=_text(bounce, "reportingMTA"),
            is_doubtful=_text(bounce, "bounceType") != _PERMANENT,
        )


def _named(bounce: Mapping[str, Any]) -> str:
    return f"{_text(bounce, 'bounceType')} {_text(bounce, 'bounceSubType')}".strip()


def _status(bounce: Mapping[str, Any], recipient: Mapping[str, Any]) -> str:
    """Return the code of the notice's type, else the one that stands in it."""
    status = _text(recipient, "status")
    told = status if STATUS.fullmatch(status) else "5.0.0"
    return _STATUSES.get(_text(bounce, "bounceSubType"), told)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
