"""Build a newsroom from its folder: the one place where things are put together."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from pipeline import config
from pipeline.config import Settings
from pipeline.errors import ConfigurationError, StoreError
from pipeline.model import Source
from pipeline.store.database import Database
from subscribers.suppression import has_suppressions

if TYPE_CHECKING:
    from pipeline.render.templates import Templates
    from pipeline.select.lexicon import Lexicon

_KEY_BYTES = 32
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Newsroom:
    """One publisher's folder, opened: what every job works with."""

    home: Path
    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Read the catalogue and the newsroom's own ``sources.toml`` over it. Raises ``ConfigurationError``."""
        from pipeline.sources import catalogue

        own = self.home / "sources.toml"
        return catalogue.merge(
            catalogue.shipped() if self.settings.sources.shipped else (),
            catalogue.load(own) if own.exists() else (),
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """Read the beat."""
        from pipeline.select import lexicon

        return lexicon.load()

    @cached_property
    def templates(self) -> Templates:
        """Find the templates, the newsroom's own before the shipped ones."""
        from pipeline.render.templates import open_templates

        return open_templates(self.home / "templates")

    @property
    def suppression_key(self) -> bytes:
        """Return the key that hashes addresses of people who left; it never changes.

        Raises ``StoreError`` when it is gone though addresses were hashed with it: a fresh one would know nobody.
        """
        if not self._key_path("suppression").exists() and self._has_suppressions():
            raise StoreError(
                f"key {self._key_path('suppression')} is gone; restore it from the backup, "
                "or people who left could be written to again"
            )
        return self._key("suppression")

    @property
    def return_path_key(self) -> bytes:
        """Return the key that makes return paths unforgeable."""
        return self._key("return-path")

    def _key(self, name: str) -> bytes:
        """Return a key of 256 random bits, made when it is first wanted and readable by its owner alone."""
        path = self._key_path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _write_key(path)
            return _read_key(path)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"key {path} cannot be read or made: {error}; see its rights, or restore it"
            ) from error

    def _key_path(self, name: str) -> Path:
        return self.home / "data" / "keys" / name

    def _has_suppressions(self) -> bool:
        with self.database.read() as connection:
            return has_suppressions(connection)


def _read_key(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii"))
    if len(key) != _KEY_BYTES:
        raise ValueError(f"it holds {len(key)} bytes instead of {_KEY_BYTES}")
    return key


def _write_key(path: Path) -> None:
    """Write a fresh key whole, or leave the one that another process has just written."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def find_home(start: Path) -> Path:
    """Return the nearest folder from ``start`` up that holds ``metabrief.toml``. Raises ``ConfigurationError``."""
    for folder in (start, *start.parents):
        if (folder / config.FILE).is_file():
            return folder
    raise ConfigurationError(
        f"{start} is in no newsroom (no {config.FILE} here or above); make one with: metabrief init DIR"
    )


@contextmanager
def open_newsroom(home: Path, *, clock: Clock = utc_now) -> Iterator[Newsroom]:
    """Open a newsroom, its database brought up to date, and close it at the end.

    Raises ``ConfigurationError`` or ``StoreError``.
    """
    home = home.resolve()
    settings = config.load(home)
    database = Database(database_url(settings.database.url, home))
    try:
        database.migrate()
        yield Newsroom(home=home, settings=settings, database=database, clock=clock)
    finally:
        database.close()


def database_url(url: str, home: Path) -> str | sa.URL:
    """Return a database's address with a relative SQLite path put into the newsroom."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return url  # Database says what is wrong with it
    path = parsed.database
    if parsed.get_backend_name() == "sqlite" and path and path != ":memory:" and not Path(path).is_absolute():
        return parsed.set(database=str(home / path))
    return parsed
