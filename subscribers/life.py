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
    """The form was sent with this address, by whomever: a letter asks its owner."""
    ADD = "add"
    """The operator adds the address without saying where its owner agreed: a letter asks."""
    VOUCH = "vouch"
    """The operator adds or imports the address and says where the person agreed."""
    CONFIRM = "confirm"
    """The person pressed the button that their letter led to; nothing happened to them since it was asked for."""
    PAUSE = "pause"
    RESUME = "resume"
    """The pause is over, or its owner ends it."""
    LEAVE = "leave"
    GIVE_UP = "give up"
    """Too many mails came back."""
    COMPLAIN = "complain"
    """The person told their provider that our mail is spam."""
    ERASE = "erase"


GONE = frozenset({Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED, Status.ERASED})
"""Nobody but the person brings these back, by a confirmed opt-in of their own."""

_S, _E = Status, Event
_ENDINGS = {
    _E.LEAVE: _S.UNSUBSCRIBED,
    _E.GIVE_UP: _S.BOUNCED,
    _E.COMPLAIN: _S.COMPLAINED,
    _E.ERASE: _S.ERASED,
}
"""How it ends for anyone who is not gone."""
_NEXT: dict[Status | None, dict[Event, Status]] = {
    None: {_E.SIGN_UP: _S.PENDING, _E.ADD: _S.PENDING, _E.VOUCH: _S.ACTIVE},
    _S.PENDING: {
        _E.SIGN_UP: _S.PENDING,
        _E.ADD: _S.PENDING,
        _E.VOUCH: _S.ACTIVE,
        _E.CONFIRM: _S.ACTIVE,
        **_ENDINGS,
    },
    _S.ACTIVE: {
        _E.SIGN_UP: _S.ACTIVE,
        _E.ADD: _S.ACTIVE,
        _E.VOUCH: _S.ACTIVE,
        _E.CONFIRM: _S.ACTIVE,
        _E.PAUSE: _S.PAUSED,
        _E.RESUME: _S.ACTIVE,
        **_ENDINGS,
    },
    _S.PAUSED: {
        _E.SIGN_UP: _S.PAUSED,
        _E.ADD: _S.PAUSED,
        _E.VOUCH: _S.PAUSED,
        _E.CONFIRM: _S.ACTIVE,
        _E.PAUSE: _S.PAUSED,
        _E.RESUME: _S.ACTIVE,
        **_ENDINGS,
    },
    _S.UNSUBSCRIBED: {
        _E.SIGN_UP: _S.UNSUBSCRIBED,
        _E.CONFIRM: _S.ACTIVE,
        _E.LEAVE: _S.UNSUBSCRIBED,
        _E.COMPLAIN: _S.COMPLAINED,
        _E.ERASE: _S.ERASED,
    },
    _S.BOUNCED: {
        _E.SIGN_UP: _S.BOUNCED,
        _E.CONFIRM: _S.ACTIVE,
        _E.LEAVE: _S.UNSUBSCRIBED,
        _E.GIVE_UP: _S.BOUNCED,
        _E.COMPLAIN: _S.COMPLAINED,
        _E.ERASE: _S.ERASED,
    },
    _S.COMPLAINED: {
        _E.SIGN_UP: _S.COMPLAINED,
        _E.CONFIRM: _S.ACTIVE,
        _E.LEAVE: _S.COMPLAINED,
        _E.COMPLAIN: _S.COMPLAINED,
        _E.ERASE: _S.ERASED,
    },
    _S.ERASED: {
        _E.SIGN_UP: _S.ERASED,
        _E.CONFIRM: _S.ACTIVE,
        _E.LEAVE: _S.ERASED,
        _E.COMPLAIN: _S.ERASED,
        _E.ERASE: _S.ERASED,
    },
}


def after(status: Status | None, event: Event) -> Status | None:
    """Return the status that follows, or None when the event must change nothing; ``status`` None is a stranger."""
    return _NEXT[status].get(event)


def standing(status: Status | None, *, is_suppressed: bool) -> Status | None:
    """Return how a person stands whose row, if any, has ``status``.

    Erasure leaves nothing but the suppressed hash. Who signs up after it has a new row that is pending, and stands as
    erased until they confirm: an import or an operator cannot take a form, which anyone may send, for their word.
    """
    is_known = status not in (None, Status.PENDING)
    return Status.ERASED if is_suppressed and not is_known else status
