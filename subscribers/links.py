"""Links that end: signed, for one purpose, and void after an hour or a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, TimestampSigner

from subscribers.errors import LinkError


class Purpose(StrEnum):
    """What a link is good for, and the word in its path."""

    CONFIRM = "confirm"
    DOWNLOAD = "download"
    ERASE = "erase"


LIFE = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.DOWNLOAD: timedelta(hours=1),
    Purpose.ERASE: timedelta(hours=1),
}
KEY_LIFE = max(LIFE.values())
"""How long a key signs before the next one does; as it is still taken for as long again, no link ends early."""
_SECOND = timedelta(seconds=1)  # a link's moment is written without what is less
_SET_BACK = timedelta(minutes=5)
"""By so much a clock that was put right may be behind the moment at which a link was made."""


class _Signer(TimestampSigner):
    def __init__(self, keys: Sequence[bytes], *, purpose: Purpose, now: datetime) -> None:
        super().__init__(list(reversed(keys)), salt=f"metabrief {purpose}", key_derivation="hmac")
        self._now = int(now.timestamp())

    def get_timestamp(self) -> int:
        return self._now


class Links:
    """Signs what a link means and reads it again; ``keys`` are those valid now, the one that signs first."""

    def __init__(self, keys: Callable[[], Sequence[bytes]], *, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._clock = clock

    def sign(self, purpose: Purpose, number: int) -> str:
        """Return the last part of a link's path: what it is about, when it was made, and the signature."""
        return self._signer(purpose).sign(str(number)).decode()

    def read(self, purpose: Purpose, token: str) -> int:
        """Return what a link is about. Raises ``LinkError`` when it is too old or was never ours."""
        try:
            signed, made_at = self._signer(purpose).unsign(token, return_timestamp=True)
            number = int(signed)
        except (BadSignature, ValueError) as error:
            raise LinkError("this link is not known", purpose=purpose, is_expired=False) from error
        if not -_SET_BACK <= self._clock() - made_at < LIFE[purpose] + _SECOND:
            raise LinkError("this link is too old; ask for a new one", purpose=purpose, is_expired=True)
        return number

    def _signer(self, purpose: Purpose) -> _Signer:
        return _Signer(self._keys(), purpose=purpose, now=self._clock())
