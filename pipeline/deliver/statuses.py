"""What the status codes of mail mean, and whom they speak of: each with who defines it.

The enhanced code decides; where there is none, or one that is used for many things, the words beside it, then the plain code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from pipeline.deliver.causes import Cause, cause_told


class About(StrEnum):
    """Whom or what a reply speaks of."""

    READER = "reader"
    """The address or its domain does not exist."""
    MAILBOX = "mailbox"
    MESSAGE = "message"
    SYSTEM = "system"
    """The relay, the receiving host or the net between."""
    US = "us"


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a code means."""

    about: About
    meaning: str
    source: str
    cause: Cause | None = None
    is_vague: bool = False
    """The code is used for many things, so that the words beside it say more when they say anything."""


def _reader(meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.READER, meaning=meaning, source=source)


def _mailbox(meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.MAILBOX, meaning=meaning, source=source)


def _system(meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.SYSTEM, meaning=meaning, source=source)


def _message(meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.MESSAGE, meaning=meaning, source=source, cause=Cause.CONTENT)


def _us(cause: Cause, meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.US, meaning=meaning, source=source, cause=cause)


def _vague(cause: Cause, meaning: str, source: str = "RFC 3463") -> Status:
    return Status(about=About.US, meaning=meaning, source=source, cause=cause, is_vague=True)


_MICROSOFT, _GMAIL = "Microsoft's list for Exchange Online", "Gmail's list of SMTP errors"

STATUSES: Mapping[str, Status] = {
    "1": _reader("the address was refused"),
    "1.0": _reader("the address was refused"),
    "1.1": _reader("no such user"),
    "1.2": _reader("no such host"),
    "1.3": _reader("the address is none"),
    "1.4": _reader("the address is ambiguous"),
    "1.6": _reader("the user has moved"),
    "1.7": _us(Cause.SENDER, "the sender's address is none"),
    "1.8": _us(Cause.SENDER, "the sender's host does not exist"),
    "1.9": _system("it was passed on to a host that follows no standard", "RFC 3886"),
    "1.10": _reader("the domain takes no mail (null MX)", "RFC 7505"),
    "1.90": _us(Cause.RATE, "we send too much", _MICROSOFT),
    "1.351": _reader("no such user, says the next host", _MICROSOFT),
    "2": _mailbox("something about the mailbox"),
    "2.1": _mailbox("the mailbox is switched off"),
    "2.2": _mailbox("the mailbox is full"),
    "2.3": _message("it is longer than the mailbox takes"),
    "2.4": _mailbox("the mailing list cannot be expanded"),
    "3": _system("something about the mail system"),
    "3.1": _system("the mail system is full"),
    "3.2": _system("the system takes no mail just now"),
    "3.4": _message("it is too large"),
    "4": _system("something about the way there"),
    "4.1": _system("the host does not answer"),
    "4.2": _system("the connection was lost"),
    "4.5": _us(Cause.RATE, "we send more than is borne"),
    "4.6": _system("the mail goes round in a loop"),
    "4.7": _system("it could not be delivered in time"),
    "4.310": _reader("no such host", _MICROSOFT),
    "5": _system("the two sides did not understand one another"),
    "5.6": _us(Cause.LOGIN, "the login is too long", "RFC 4954"),
    "6": _message("something in it was refused"),
    "6.1": _message("its kind of content is not taken"),
    "6.3": _message("it would have to be converted, which is not done"),
    "6.7": _reader("addresses beyond ASCII are not taken there", "RFC 6531"),
    "6.9": _message("headers beyond ASCII are not taken there", "RFC 6531"),
    "7": _vague(Cause.POLICY, "it is against the other side's policy"),
    "7.4": _us(Cause.TLS, "security features are not supported"),
    "7.5": _us(Cause.TLS, "cryptography failed"),
    "7.8": _us(Cause.LOGIN, "name or password are wrong", "RFC 4954"),
    "7.9": _us(Cause.LOGIN, "the way to log in is too weak", "RFC 4954"),
    "7.10": _us(Cause.TLS, "encryption is needed", "RFC 5248"),
    "7.11": _us(Cause.TLS, "encryption is needed to log in", "RFC 4954"),
    "7.12": _us(Cause.LOGIN, "the password must be renewed", "RFC 4954"),
    "7.13": _us(Cause.LOGIN, "the account is switched off", "RFC 5248"),
    "7.14": _us(Cause.LOGIN, "the hosts must trust one another", "RFC 5248"),
    "7.20": _us(Cause.DKIM, "no DKIM signature passes", "RFC 7372"),
    "7.21": _us(Cause.DKIM, "no DKIM signature is acceptable", "RFC 7372"),
    "7.22": _us(Cause.DKIM, "no DKIM signature is by the author's domain", "RFC 7372"),
    "7.23": _vague(Cause.SPF, "SPF fails", "RFC 7372"),  # Gmail says by it that there is no reverse DNS
    "7.24": _us(Cause.SPF, "the SPF record cannot be read", "RFC 7372"),
    "7.25": _us(Cause.REVERSE_DNS, "reverse DNS fails", "RFC 7372 and RFC 8601"),
    "7.26": _us(Cause.DMARC, "several checks of who we are failed", "RFC 7372"),
    "7.27": _vague(Cause.SENDER, "the sender's domain takes no mail (null MX)", "RFC 7505"),  # Gmail: SPF
    "7.28": _us(Cause.RATE, "we send too much or too fast", "IANA's registry (RFC 5248)"),
    "7.29": _vague(Cause.POLICY, "ARC fails", "RFC 8617"),  # Gmail: TLS
    "7.30": _vague(Cause.TLS, "TLS is required all the way", "RFC 8689"),  # Gmail: DKIM
    "7.31": _us(Cause.DMARC, "there is no DMARC record", _GMAIL),
    "7.32": _us(Cause.DMARC, "From is not the domain that SPF or DKIM speak for", _GMAIL),
    "7.40": _us(Cause.DMARC, "there is no DMARC record", _GMAIL),
    "7.57": _us(Cause.LOGIN, "we are not logged in", _MICROSOFT),
    "7.64": _us(Cause.LOGIN, "we may not relay there", _MICROSOFT),
    "7.509": _us(Cause.DMARC, "the sender's domain fails DMARC", _MICROSOFT),
    "7.515": _us(Cause.DMARC, "SPF, DKIM or DMARC miss what large senders need", _MICROSOFT),
    "7.750": _us(Cause.SENDER, "the sender's domain is not registered", _MICROSOFT),
}
"""By subject and detail, for the class (4 passing, 5 for good) is read apart; a subject alone stands for its others."""


@dataclass(frozen=True, kw_only=True)
class _Range:
    first: int
    last: int
    status: Status
    classes: str = "45"


_RANGES = (
    _Range(
        first=500, last=699, classes="4", status=_us(Cause.RATE, "our address is slowed down", _MICROSOFT)
    ),
    _Range(first=501, last=503, status=_us(Cause.REPUTATION, "we are taken for spammers", _MICROSOFT)),
    _Range(first=511, last=511, status=_us(Cause.REPUTATION, "the sender is banned", _MICROSOFT)),
    _Range(first=606, last=649, status=_us(Cause.REPUTATION, "the relay's address is banned", _MICROSOFT)),
    _Range(first=700, last=749, status=_us(Cause.REPUTATION, "the relay's owner is banned", _MICROSOFT)),
)
"""Details of x.7 that Microsoft gives out by the dozen; the first that holds."""

_NOT_HERE = _reader("no such user", "Microsoft 365, which refuses unknown addresses so")
"""5.4.1 with a word on the recipient, who is looked up before the mail is taken."""

REPLIES: Mapping[int, Status] = {
    530: _us(Cause.LOGIN, "a login is required", "RFC 4954"),
    534: _us(Cause.LOGIN, "the way to log in is too weak", "RFC 4954"),
    535: _us(Cause.LOGIN, "name or password are wrong", "RFC 4954"),
    538: _us(Cause.TLS, "encryption is needed to log in", "RFC 4954"),
    550: _reader("no such user", "RFC 5321"),
    551: _reader("the user is not there", "RFC 5321"),
    552: _mailbox("the mailbox is full", "RFC 5321"),
    553: _reader("the address is none", "RFC 5321"),
    556: _reader("the domain takes no mail", "RFC 7504"),
    571: _vague(Cause.POLICY, "it is against the other side's policy", "custom"),
}
"""Replies to RCPT without an enhanced code, unless their words say something else."""

_NO_USER = re.compile(
    r"no such|(?:user|recipient|mailbox|address|account) (?:is )?(?:unknown|not found|invalid)|doesn.t exist|not exist"
    r"|(?:unknown|invalid) (?:user|recipient|mailbox|address|account|local)|不存在|无此用户",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?:mailbox|storage|quota|disk).{0,30}(?:full|exceeded|limit)|(?:over|exceed\w*) .{0,20}(?:quota|storage)",
    re.IGNORECASE,
)
_RECIPIENT_REFUSED = re.compile(r"recipient address rejected", re.IGNORECASE)
_GREYLISTED = re.compile(r"gr[ae]y-? ?list", re.IGNORECASE)
"""It speaks of this one sender and reader (RFC 6647), not of their domain."""
_CLOSING = re.compile(
    r"not available|shutting|shut down|restart|maintenance|time[d -]*out|idle", re.IGNORECASE
)
"""What a relay says that goes away by itself (RFC 5321, 3.8)."""
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")


def enhanced_code(text: str) -> str:
    """Return the enhanced status code (RFC 3463) that a reply's text begins with, or an empty string."""
    found = _ENHANCED.match(text)
    return found[0] if found else ""


@lru_cache(maxsize=1024)  # a domain says the same to all its readers
def status_of(code: int, text: str) -> Status | None:
    """Say what a reply to RCPT or the dot means: by its enhanced code, else by its words and plain code."""
    found = _ENHANCED.match(text)
    if found and found[2] != "0":  # x.0.x says nothing
        return _of_code(code, *found.groups(), text=text)
    if _NO_USER.search(text):
        return REPLIES[550]
    if _FULL.search(text):
        return REPLIES[552]
    told = cause_told(text)
    return _us(told, f"it is refused for {told}", "the words of the reply") if told else REPLIES.get(code)


def cause(code: int, text: str) -> Cause | None:
    """Return why we are refused or slowed down, or None when the reply does not say or speaks of the reader."""
    status = status_of(code, text)
    return status.cause if status else None


def asks_to_slow_down(code: int, text: str) -> bool:
    """Say whether a reply to RCPT or the dot asks for fewer mails to the reader's domain.

    4.7.x does, and a plain 421 or 450. What speaks of one mailbox (4.2.x, greylisting), of the relay (4.3.x) or of
    nothing (a plain 451 or 452) does not.
    """
    if not 400 <= code < 500 or _GREYLISTED.search(text):
        return False
    enhanced = enhanced_code(text)
    if enhanced and not enhanced.startswith("4.0."):
        return enhanced.startswith("4.7.")
    return code == 450 or (code == 421 and not _CLOSING.search(text)) or cause(code, text) is Cause.RATE


def _of_code(code: int, class_: str, subject: str, detail: str, *, text: str) -> Status | None:
    """Return what an enhanced code means; where it is used for many things, its words and plain code tell the cause."""
    if (subject, detail) == ("4", "1") and _RECIPIENT_REFUSED.search(text):
        return _NOT_HERE
    status = (
        STATUSES.get(f"{subject}.{detail}")
        or _in_range(class_, subject, int(detail))
        or STATUSES.get(subject)
    )
    if status is None or not status.is_vague:
        return status
    plain = REPLIES.get(code)
    told = cause_told(text) or (plain and plain.cause) or status.cause
    return replace(status, cause=told)


def _in_range(class_: str, subject: str, detail: int) -> Status | None:
    fitting = (each for each in _RANGES if class_ in each.classes and each.first <= detail <= each.last)
    return next((each.status for each in fitting), None) if subject == "7" else None
