"""The newsroom's keys: random, a file each, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.errors import StoreError

_BYTES = 32


@dataclass(frozen=True)
class Keys:
    """A folder of keys."""

    folder: Path

    def path(self, name: str) -> Path:
        """Return where a key is kept."""
        return self.folder / name

    def key(self, name: str) -> bytes:
        """Return a key of 256 random bits, made when it is first wanted. Raises ``StoreError``."""
        path = self.path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _write(path)
            return _read(path)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"key {path} cannot be read or made: {error}; see its rights, or restore it"
            ) from error

    def rotating(self, name: str, *, life: timedelta, now: datetime) -> tuple[bytes, ...]:
        """Return the key of this ``life`` and, if there is one, of the last; older ones are thrown away.

        Raises ``StoreError``.
        """
        turn = int(now.timestamp()) // (life // timedelta(seconds=1))
        names = {each: f"{name}-{each}" for each in (turn, turn - 1)}
        current = self.key(names[turn])
        self._throw_away(name, keep=frozenset(names.values()))
        return (current, self.key(names[turn - 1])) if self.path(names[turn - 1]).exists() else (current,)

    def _throw_away(self, name: str, *, keep: frozenset[str]) -> None:
        for path in self.folder.glob(f"{name}-*"):
            if path.name not in keep and path.suffix == "":
                path.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii"))
    if len(key) != _BYTES:
        raise ValueError(f"it holds {len(key)} bytes instead of {_BYTES}")
    return key


def _write(path: Path) -> None:
    """Write a fresh key whole, or leave the one that another process has just written."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
