"""What a relay's reply means for the delivery: a table of codes, read as RFC 5321 and RFC 3463 define them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.model import DeliveryState

Start = Callable[[], bool]
"""Writes ``data_started`` durably; False: this message must not leave."""


class Phase(StrEnum):
    """How far the conversation was when the reply came."""

    SESSION = "session"
    """Connect, EHLO, STARTTLS, AUTH or MAIL: about us, whoever the reader is."""
    RECIPIENT = "recipient"
    """RCPT: about this reader or their domain."""
    MESSAGE = "message"
    """DATA and after the final dot."""


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
    """Say what a reply means; 2xx in the message phase is acceptance.

    5.7.x is policy, reputation or authentication: after RCPT or the dot it defers, for the reader is not to blame.
    """
    reason = " ".join(reply.text.split())[:300]
    is_policy = reply.enhanced.startswith("5.7.")
    if reply.code < 400:
        state = DeliveryState.ACCEPTED
    elif reply.code < 500 or is_policy or phase is Phase.SESSION:
        state = DeliveryState.DEFERRED
    else:
        state = DeliveryState.REJECTED
    is_ours = reply.code >= 500 and (is_policy or phase is Phase.SESSION)
    return Attempt(state=state, code=reply.code, reason=reason, is_ours=is_ours)
