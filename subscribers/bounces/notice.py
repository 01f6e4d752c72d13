"""Notices written for people: whom they name, and what they say went wrong. Every mail server has a form of its own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cache
from importlib.resources import files
from itertools import product

from subscribers.bounces.addresses import address, addresses, first_address
from subscribers.bounces.mail import Part, header, parameter, unquoted

_LONGEST = 20_000
_MOST_LINES = 400
_REPLY_LINE = re.compile(r"(?<![\d.:])[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_OWN_REPLY = re.compile(r"^[45]\d\d(?: - |[ -][45]\.)", re.MULTILINE)
_REPORTS = ("", "delivery-status", "disposition-notification")
"""Types of reports that may say that a mail was refused."""
_ANSWER = re.compile(
    r"(?:\[[^\[\]]{1,30}\]\s{0,3})?(?:re|aw|antw|antwort|sv|vs|odp|rif|res|rép|r|回复|答复|回覆|答覆)(?:\[\d{1,3}\])?\s{0,3}[:：]",
    re.IGNORECASE,
)
"""How answers begin their subjects, but not mails that were passed on, as people do with notices."""
_ASKED = re.compile(r"rcpt to:\s?<([^<>\s]{3,250})>", re.IGNORECASE)
_TO = re.compile(r"^[ \t]{0,8}To:([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(
    r"\W{0,8}(?:(?:rcpt to|recipient(?: address)?|addressed to|address|undeliverable to|收件人邮件地址|收件人)\W{0,5})?",
    re.IGNORECASE,
)
"""What may stand before the address of which a line tells."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a notice says: whom it names, and its lines about the failure, those with a reply first."""

    recipients: tuple[str, ...]
    replies: str
    """Lines that quote a reply by its number, and the lines that go on with it."""
    text: str
    """All of it without what it returns."""
    is_warning: bool
    """The other side still tries."""


@cache
def wording() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the words of ``notices.toml``, each in the form that ``casefold`` gives."""
    found = tomllib.loads(files("subscribers.bounces").joinpath("notices.toml").read_text(encoding="utf-8"))
    return {
        part: {name: tuple(each.casefold() for each in words) for name, words in lists.items()}
        for part, lists in found.items()
    }


def is_bounce(parts: Sequence[Part]) -> bool:
    """Say whether a mail looks like a server's notice by its form, who wrote it and what its subject says."""
    headers = parts[0].headers
    is_report = headers.get_content_type() == "multipart/report"
    if is_report and parameter(headers, "report-type").lower() not in _REPORTS:
        return False
    if is_report or "X-Failed-Recipients" in headers:
        return True
    writer = header(headers, "From").casefold()
    local = address(writer).partition("@")[0] or writer
    is_of_office = any(each in local for each in wording()["bounce"]["writers"])
    if _ANSWER.match(
        header(headers, "Subject")
    ):  # the subject is the issue's own; people may have such addresses too
        return is_of_office and any(_OWN_REPLY.search(part.text) for part in _told(parts))
    return is_of_office or _is_told_by_subject(headers)


def _is_told_by_subject(headers: Message) -> bool:
    """Say whether the subject is a notice's; that of an answer may be the issue's own, unless no answer to it is wanted."""
    if "In-Reply-To" in headers:
        return False
    is_answer = header(headers, "Auto-Submitted").lower().startswith("auto-replied")
    if is_answer and header(headers, "Return-Path").strip() != "<>":
        return False
    subject = header(headers, "Subject").casefold()
    return any(each in subject for each in wording()["bounce"]["subjects"])


def read_notice(parts: Sequence[Part]) -> Notice:
    """Read the text of a notice, cut off where the mail that it returns begins."""
    lines = _own_lines(parts)
    text = "\n".join(lines)
    telling = [line for line in lines if _is_telling(line.casefold())]
    return Notice(
        recipients=_recipients(parts, text),
        replies=_replies(telling),
        text="\n".join(telling),
        is_warning=any(each in text.casefold() for each in wording()["bounce"]["warnings"]),
    )


def _is_telling(line: str) -> bool:
    words = wording()["bounce"]
    return not line.startswith(words["echoes"]) and not any(each in line for each in words["idle"])


def _own_lines(parts: Sequence[Part]) -> list[str]:
    text = "\n".join(part.text[:_LONGEST] for part in _told(parts))[:_LONGEST]
    lines = [line.strip() for line in unquoted(text).splitlines()[:_MOST_LINES]]
    ends = (number for number, line in enumerate(lines) if _begins_the_returned(line.casefold()))
    return lines[: next(ends, len(lines))]


def _begins_the_returned(line: str) -> bool:
    words = wording()["bounce"]
    return line.startswith(words["returned"]) or any(each in line for each in words["copies"])


def _told(parts: Sequence[Part]) -> list[Part]:
    """Return the parts written for people before the returned mail; HTML only where there is no plain text, and no JSON."""
    end = next(
        (n for n, part in enumerate(parts) if part.type.endswith(("rfc822", "rfc822-headers"))), len(parts)
    )
    before = [part for part in parts[:end] if part.text.strip() and not part.text.lstrip().startswith("{")]
    plain = [part for part in before if part.type == "text/plain"]
    return plain or [part for part in before if part.type == "text/html"]


def _replies(lines: Sequence[str]) -> str:
    """Return the lines that quote a reply, each with those after it up to a blank one, three at most."""
    found: list[str] = []
    left = 0
    for line in lines:
        left = 4 if _REPLY_LINE.search(line) else left - 1
        if not line:
            left = 0
        if left > 0:
            found.append(line)
    return "\n".join(found)


def _recipients(parts: Sequence[Part], text: str) -> tuple[str, ...]:
    """Return whom a notice names: in the header for it, else at the beginning of a line, else anywhere, but never its own ends."""
    headers = parts[0].headers
    told = addresses(header(headers, "X-Failed-Recipients"))
    if told:
        return tuple(told)
    writer = {address(header(headers, "From")).lower()}
    ends = writer | {address(header(headers, name)).lower() for name in ("To", "Return-Path", "Reply-To")}
    named = [one for line in text.splitlines() if (one := first_address(_LABEL.sub("", line, count=1)))]
    asked = [match[1] for match in _ASKED.finditer(text)]
    returned = [address(match[1]) for part in _told(parts) for match in _TO.finditer(part.text[:_LONGEST])]
    for left_out, found in product((ends, writer), (named, asked, addresses(text), returned[:1])):
        kept = {
            each.lower(): each
            for each in found
            if each and each.lower() not in left_out and not _is_office(each)
        }
        if kept:
            return tuple(kept.values())
    return ()


def _is_office(found: str) -> bool:
    return found.lower().startswith(("postmaster@", "mailer-daemon@", "abuse@", "support@"))
