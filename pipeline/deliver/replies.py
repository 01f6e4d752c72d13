"""What a relay's reply means for the delivery: a table of codes, read as RFC 5321 and RFC 3463 define them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipeline.deliver.causes import REMEDIES, Cause
from pipeline.deliver.statuses import REPLIES, About, asks_to_slow_down, enhanced_code, status_of
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
        return enhanced_code(self.text)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How one try to deliver ended."""

    state: DeliveryState
    code: int | None = None
    reason: str | None = None
    is_ours: bool = False
    """The fault is the sending side's: never counted against the reader, and the issue may be held for it."""
    is_no_such_user: bool = False
    is_slow_down: bool = False
    """The reader's domain asks us to slow down or to pause."""
    cause: Cause | None = None
    """Why we are refused or slowed down, as far as the reply tells."""


def read_reply(reply: Reply, *, phase: Phase) -> Attempt:
    """Say what a reply means; 2xx after the dot alone is acceptance.

    5.7.x is policy, reputation or authentication: after RCPT or the dot it defers, for the reader is not to blame.
    What is no reply to the question (a stray 354, no number at all) defers before the dot and decides nothing after.
    """
    reason = printable(reply.text)
    if 400 <= reply.code < 600:
        return _refused(reply.code, reason, phase=phase)
    if phase is not Phase.MESSAGE:
        state = DeliveryState.DEFERRED
    else:
        state = DeliveryState.ACCEPTED if 200 <= reply.code < 300 else DeliveryState.UNCERTAIN
    return Attempt(state=state, code=reply.code, reason=reason)


def _refused(code: int, reason: str, *, phase: Phase) -> Attempt:
    status = status_of(code, reason)
    about = status.about if status else None
    is_for_good = code >= 500
    is_ours = is_for_good and (about is About.US or phase is Phase.SESSION)
    is_reader = is_for_good and about is About.READER and not is_ours
    is_guessed = phase is Phase.MESSAGE and status in REPLIES.values()
    return Attempt(
        state=DeliveryState.REJECTED if is_for_good and not is_ours else DeliveryState.DEFERRED,
        code=code,
        reason=reason,
        is_ours=is_ours,
        is_no_such_user=is_reader and not is_guessed,
        is_slow_down=phase is not Phase.SESSION and asks_to_slow_down(code, reason),
        cause=status.cause if status else None,
    )


def explained(reply: Reply) -> str:
    """Return what the relay said to us, with the likely cause and what to do about it."""
    said = printable(reply.text)
    status = status_of(reply.code, said)
    cause = status.cause if status and status.cause else Cause.POLICY
    return f"{reply.code} {said} (likely cause: {cause}; {REMEDIES[cause]})"


def printable(said: str) -> str:
    """Return a relay's words as they may be kept: one line, no bytes that are no text, nobody's address."""
    if not (said.isascii() and said.isprintable()):  # few are not, and this is asked of every reply
        decoded = said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        said = "".join(c if c.isprintable() else " " for c in decoded)
    line = " ".join(said.split())
    if "@" not in line and "AUTH " not in line:
        return line[:_LONGEST_REASON]
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
