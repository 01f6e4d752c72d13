"""What a way out is given to send, and whom it tells how that ended."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt, Start


class Parcel(Protocol):
    """What is handed to a way out: at least a message."""

    @property
    def message(self) -> Message:
        """Return what is to be sent."""


P = TypeVar("P", bound=Parcel)


class Work(Protocol[P]):
    """What a way out is given to send, and where it tells how that ended."""

    def ready(self) -> P | None:
        """Return the next parcel if one may leave at once."""

    async def next(self) -> P | None:
        """Return the next parcel as soon as one may leave; None when there is nothing more to do."""

    def start(self, parcel: P) -> Awaitable[bool]:
        """Write ``data_started`` durably; False: this message must not leave, and is not ours any more.

        When it raises, the parcel is put back.
        """

    def settle(self, parcel: P, attempt: Attempt) -> None:
        """Take in how a try ended."""

    def put_back(self, parcel: P, *, is_lost: bool) -> None:
        """Take back a parcel that cannot have left; ``is_lost``: perhaps it was what cost us the connection."""


class Single:
    """Work for one message."""

    def __init__(self, message: Message, start: Start) -> None:
        self.message = message
        self.attempt: Attempt | None = None
        self._start = start
        self._is_taken = False

    def ready(self) -> Single | None:
        """Return the message once."""
        if self._is_taken:
            return None
        self._is_taken = True
        return self

    async def next(self) -> Single | None:
        """Return the message once."""
        return self.ready()

    async def start(self, _parcel: Single) -> bool:
        """Ask who gave the message."""
        return self._start()

    def settle(self, _parcel: Single, attempt: Attempt) -> None:
        """Keep how it ended."""
        self.attempt = attempt

    def put_back(self, _parcel: Single, *, is_lost: bool) -> None:
        """Leave it to who gave the message, who gets the error."""
