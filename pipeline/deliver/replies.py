"""What a relay's reply means for the delivery: a table of codes, read as RFC 5321 and RFC 3463 define them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipeline.model import DeliveryState

Start = Callable[[], bool]
"""Writes ``data_started`` durably; False: this message must not leave."""

_ADDRESS = re.compile(r"[^\s<>@:;,()\"']+@[^\s<>@:;,()\"']+")
_LOGIN = re.compile(r"\b(AUTH [A-Z][A-Z0-9_-]+) .*")
"""A login repeated (RFC 4954): mechanisms are in capitals, and whatever follows one may be a password."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{6,}={0,2}")
_LEAST_SECRET = 4
"""Characters: less of a secret also stands in words that have nothing to do with it."""
_LONGEST_REASON = 300


class Phase(StrEnum):
    """How far the conversation was when the reply came."""

    SESSION = "session"
    """Connect, EHLO, STARTTLS, AUTH or MAIL: about us, whoever the reader is."""
    RECIPIENT = "recipient"
    """RCPT or DATA, before the dot: about this reader or their domain."""
    MESSAGE = "message"
    """After the final dot."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A relay's answer."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """Return the enhanced status code (RFC 3463) or an empty string."""
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", self.text)
        return found[0] if found else ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How one try to deliver ended."""

    state: DeliveryState
    code: int | None = None
    reason: str | None = None
    is_ours: bool = False
    """The fault is the sending side's: never counted against the reader, and the issue may be held for it."""


def read_reply(reply: Reply, *, phase: Phase) -> Attempt:
    """Say what a reply means; 2xx after the dot alone is acceptance.

    5.7.x is policy, reputation or authentication: after RCPT or the dot it defers, for the reader is not to blame.
    What is no reply to the question (a stray 354, no number at all) defers before the dot and decides nothing after.
    """
    is_refusal = 500 <= reply.code < 600
    is_ours = is_refusal and (reply.enhanced.startswith("5.7.") or phase is Phase.SESSION)
    if 400 <= reply.code < 500 or is_ours:
        state = DeliveryState.DEFERRED
    elif is_refusal:
        state = DeliveryState.REJECTED
    elif phase is not Phase.MESSAGE:
        state = DeliveryState.DEFERRED
    else:
        state = DeliveryState.ACCEPTED if 200 <= reply.code < 300 else DeliveryState.UNCERTAIN
    return Attempt(state=state, code=reply.code, reason=printable(reply.text), is_ours=is_ours)


def printable(said: str) -> str:
    """Return a relay's words as they may be kept: one line, no bytes that are no text, nobody's address."""
    decoded = said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in decoded).split())
    return _ADDRESS.sub("…", _LOGIN.sub(r"\1 …", line))[:_LONGEST_REASON]


def without_secret(said: str, secret: str) -> str:
    """Return words without ``secret``, and without any Base64 that holds it or a part of it, cut off as it may be."""
    part = _any_part(secret)
    if part is None:
        return said
    return _BASE64.sub(
        lambda found: "…" if any(map(part.search, _decoded(found[0].rstrip("=")))) else found[0],
        said.replace(secret, "…"),
    )


@lru_cache(maxsize=8)  # of a handful of secrets, for every reply
def _any_part(secret: str) -> re.Pattern[bytes] | None:
    """Return what finds any so many octets of a secret; None when it has fewer."""
    whole = secret.encode("utf-8", "surrogateescape")
    parts = [whole[at : at + _LEAST_SECRET] for at in range(len(whole) - _LEAST_SECRET + 1)]
    return re.compile(b"|".join(map(re.escape, parts))) if parts else None


def _decoded(letters: str) -> Iterator[bytes]:
    """Decode Base64 that other letters may stand before: from each of the four places where it can begin."""
    for begin in range(4):
        some = letters[begin:]
        yield base64.b64decode(some + "A" * (-len(some) % 4))
