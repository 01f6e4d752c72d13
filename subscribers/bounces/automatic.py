"""Mails that machines answer with, and mails that ask to be let go."""

from __future__ import annotations

import re
from collections.abc import Sequence

from subscribers.bounces.mail import Part, header
from subscribers.bounces.notice import wording
from subscribers.bounces.tokens import sent_to_leave

_MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Apple-Action",
)
_REFUSED = re.compile(
    r"^Disposition:\s{0,9}automatic-action\b[^\r\n]{0,200}\bdeleted", re.IGNORECASE | re.MULTILINE
)
"""A receipt by which a mailbox refuses a mail that it had taken in (RFC 5429), as when it is full."""
_ANSWER = re.compile(r"^(?:(?:re|aw|sv|antw|回复|答复|回覆|转发|fwd?)\s*[:：]\s*){1,5}", re.IGNORECASE)


def is_automatic(parts: Sequence[Part]) -> bool:
    """Say whether a machine wrote (RFC 3834, and what was in use before it)."""
    submitted = header(parts[0].headers, "Auto-Submitted").lower()
    return submitted.startswith("auto-generated") or _is_answer(parts)


def _is_answer(parts: Sequence[Part]) -> bool:
    headers = parts[0].headers
    if any(mark in headers for mark in _MARKS):
        return True
    if header(headers, "Auto-Submitted").lower().startswith("auto-replied"):
        return True
    return header(headers, "Precedence").lower() in ("auto_reply", "auto-reply") or says_automatic(parts)


def says_automatic(parts: Sequence[Part]) -> bool:
    """Say whether the subject is that of an automatic answer, or the mail is a receipt (RFC 8098)."""
    if any(
        part.type == "message/disposition-notification" and not _REFUSED.search(part.text) for part in parts
    ):
        return True
    return _subject(parts).startswith(wording()["automatic"]["subjects"])


def asks_to_leave(parts: Sequence[Part]) -> bool:
    """Say whether a mail was sent to a leave address, or says nothing else in its subject or first line.

    Mail programs write to the leave address for their owners, so a machine may; only what answers is no wish.
    """
    if sent_to_leave(parts[0].headers):
        return not _is_answer(parts)
    words = wording()["leave"]["words"]
    return _bare(_subject(parts)) in words or _bare(_first_line(parts)) in words


def _subject(parts: Sequence[Part]) -> str:
    return _ANSWER.sub("", header(parts[0].headers, "Subject")).casefold()


def _first_line(parts: Sequence[Part]) -> str:
    texts = (part.text for part in parts if part.type in ("text/plain", "text/html"))
    lines = (line for text in texts for line in text[:2000].splitlines())
    return next((line.casefold() for line in lines if line.strip()), "")


def _bare(text: str) -> str:
    return text.strip(" \t\"'.!。！“”<>[]")
