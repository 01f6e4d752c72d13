"""Whose delivery a mail speaks of: the tokens in the addresses it was sent to, and in what it returns.

None of them is verified here; a token only counts when its keyed hash is right, which its owner checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import Message

from subscribers.bounces.mail import Part, every_header

_SENT_TO = ("x-envelope-to", "envelope-to", "x-original-to", "delivered-to", "to", "cc", "return-path")
"""Headers that name whom a mail was sent to, the envelope's before the writer's."""
_WORD = r"[A-Za-z0-9._-]{1,200}"
_BOUNCES = re.compile(rf"(?<![\w.+-])bounces\+({_WORD})@", re.IGNORECASE)
_LEAVE = re.compile(rf"(?<![\w.+-])leave\+({_WORD})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(
    r"<[a-z0-9][a-z0-9-]{0,39}\.((?:\d{1,19}\.\d{1,19}|letter\.[A-Za-z0-9_-]{1,100})\.[0-9a-f]{16})@",
    re.IGNORECASE,
)
_LEAVE_PAGE = re.compile(r"https?://[^\s<>\"']{1,300}?/leave/([A-Za-z0-9_-]{8,200})")
_SOFT_BREAK = re.compile(r"=\r?\n")
_MOST = 20
"""Tokens looked at; a true bounce speaks of one delivery."""


def delivery_tokens(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the tokens of deliveries, those of the address the mail was sent to first, each once."""
    found = (*_found(_BOUNCES, _addresses(parts[0].headers)), *_quoted(parts))
    return _each_once(map(_as_made, found))


def _as_made(token: str) -> str:
    """Return an issue's token, all numbers and hex, as it was before a relay changed its case; a letter's has no other."""
    return token.lower() if token[0].isdigit() else token


def _quoted(parts: Sequence[Part]) -> Iterator[str]:
    """Yield the tokens in reports and returned headers: of the envelope first, then of our Message-ID."""
    for pattern in (_BOUNCES, _MESSAGE_ID):
        for part in parts:
            yield from _found(pattern, [part.text])


def leave_tokens(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the tokens of readers who may leave: of the address the mail was sent to, and of links in a returned mail."""
    pages = (_SOFT_BREAK.sub("", part.text) for part in parts[1:] or parts)
    return _each_once((*sent_to_leave(parts[0].headers), *_found(_LEAVE_PAGE, pages)))


def sent_to_leave(headers: Message) -> tuple[str, ...]:
    """Return the tokens of the leave addresses that a mail was sent to."""
    return tuple(_found(_LEAVE, _addresses(headers)))


def _addresses(headers: Message) -> list[str]:
    found = every_header(headers, frozenset(_SENT_TO))
    return [value for _, value in sorted(found, key=lambda each: _SENT_TO.index(each[0]))]


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    yield from (match[1] for text in texts for match in pattern.finditer(text))


def _each_once(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokens))[:_MOST]
