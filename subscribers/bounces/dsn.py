"""Delivery status notifications (RFC 3464), as a part of their own or written into the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from subscribers.bounces.addresses import MOST_RECIPIENTS, address
from subscribers.bounces.fields import Group, first, groups, typed
from subscribers.bounces.mail import Part, unquoted

STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
"""RFC 3463, 2."""
_OF_RECIPIENT = frozenset({"final-recipient", "original-recipient", "action"})
_GOOD_ENDS = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What a report says of one recipient; what it does not say is empty."""

    recipient: str
    action: str
    status: str
    diagnostic: str
    """The reply of the other server, or the reporting one's own words."""

    reporting: str
    """The host that reports it."""
    is_doubtful: bool
    """It does not say for certain that the reader is gone: a program said it, often of itself, or it may pass."""

    @property
    def is_delayed(self) -> bool:
        """Say whether the mail is still under way."""
        return self.action == "delayed"

    @property
    def is_good(self) -> bool:
        """Say whether the mail arrived, or went on to where nothing more is reported."""
        return self.action in _GOOD_ENDS or self.status.startswith("2")


def failures(parts: Sequence[Part]) -> tuple[Failure, ...]:
    """Return what a mail's reports say of each recipient, each named once; empty when it holds no report."""
    reports = [
        part for part in parts if part.type in ("message/delivery-status", "message/global-delivery-status")
    ]
    texts = [part.text for part in reports] or [unquoted(part.text) for part in parts if _has_report(part)]
    found = {(each.recipient or str(number)).lower(): each for number, each in enumerate(_all(texts))}
    return tuple(found.values())[:MOST_RECIPIENTS]


def _has_report(part: Part) -> bool:
    lower = part.text.lower()
    is_text = part.type in ("text/plain", "message/rfc822")
    return is_text and "reporting-mta:" in lower and "final-recipient:" in lower


def _all(texts: Sequence[str]) -> Iterator[Failure]:
    for text in texts:
        reporting = ""
        for group in groups(text):
            reporting = reporting or first(group, "reporting-mta")
            for each in _by_recipient(group):
                if _OF_RECIPIENT & {name for name, _ in each}:
                    yield _failure(each, reporting)


def _by_recipient(group: Group) -> Iterator[Group]:
    """Part a group in which the blank line between two recipients was lost."""
    starts = [at for at, (name, _) in enumerate(group) if name == "final-recipient"]
    if len(starts) < 2:
        yield group
        return
    for start, end in zip(starts, [*starts[1:], len(group)], strict=True):
        yield group[start:end]


def _failure(group: Group, reporting: str) -> Failure:
    status = first(group, "status")
    type_, diagnostic = typed(first(group, "diagnostic-code"))
    found = STATUS.search(status)
    told = STATUS.sub("", status).strip(" ()")
    named = (address(typed(first(group, name))[1]) for name in ("original-recipient", "final-recipient"))
    return Failure(
        recipient=next(filter(None, named), ""),
        action=first(group, "action").lower().partition(" ")[0].rstrip(";"),
        status=found[0] if found else "",
        diagnostic=f"{diagnostic or told} {first(group, 'x-powermta-bouncecategory')}".strip(),
        reporting=reporting,
        is_doubtful=type_ == "x-unix",
    )
