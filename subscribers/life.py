"""The life of a subscriber: one pure table of states and events."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a subscriber stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"


class Event(StrEnum):
    """What can happen to a subscriber."""

    SIGN_UP = "sign up"
    """Asked for, not yet confirmed."""
    VOUCH = "vouch"
    """The operator adds or imports the address and says where the person agreed."""
    CONFIRM = "confirm"
    """The person pressed the button of their own opt-in letter."""
    LEAVE = "leave"


GONE = frozenset({Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED, Status.ERASED})
"""Nobody but the person brings these back, by a confirmed opt-in of their own."""

_NEXT: dict[tuple[Status | None, Event], Status] = {
    (None, Event.SIGN_UP): Status.PENDING,
    (None, Event.VOUCH): Status.ACTIVE,
    (Status.PENDING, Event.SIGN_UP): Status.PENDING,
    (Status.PENDING, Event.VOUCH): Status.ACTIVE,
    (Status.PENDING, Event.CONFIRM): Status.ACTIVE,
    (Status.PENDING, Event.LEAVE): Status.UNSUBSCRIBED,
    (Status.ACTIVE, Event.SIGN_UP): Status.ACTIVE,
    (Status.ACTIVE, Event.VOUCH): Status.ACTIVE,
    (Status.ACTIVE, Event.CONFIRM): Status.ACTIVE,
    (Status.ACTIVE, Event.LEAVE): Status.UNSUBSCRIBED,
    (Status.PAUSED, Event.SIGN_UP): Status.PAUSED,
    (Status.PAUSED, Event.VOUCH): Status.PAUSED,
    (Status.PAUSED, Event.CONFIRM): Status.ACTIVE,
    (Status.PAUSED, Event.LEAVE): Status.UNSUBSCRIBED,
    (Status.UNSUBSCRIBED, Event.LEAVE): Status.UNSUBSCRIBED,
    (Status.BOUNCED, Event.LEAVE): Status.UNSUBSCRIBED,
    (Status.COMPLAINED, Event.LEAVE): Status.COMPLAINED,
}


def after(status: Status | None, event: Event) -> Status | None:
    """Return the status that follows, or None when the event must change nothing; ``status`` None is a stranger."""
    return _NEXT.get((status, event))
