"""Build a newsroom from its folder: the one place where things are put together."""

from __future__ import annotations

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
from pipeline.keys import Keys
from pipeline.model import Source
from pipeline.store.database import Database
from subscribers.links import KEY_LIFE
from subscribers.suppression import has_suppressions

if TYPE_CHECKING:
    from pipeline.render.templates import Templates
    from pipeline.select.lexicon import Lexicon

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
        """Read the beat: the newsroom's own ``lexicon.toml``, else the shipped one. Raises ``ConfigurationError``."""
        from pipeline.select import lexicon

        own = self.home / lexicon.FILE
        return lexicon.load(own if own.exists() else None)

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
        if not self._keys.path("suppression").exists() and self._has_suppressions():
            raise StoreError(
                f"key {self._keys.path('suppression')} is gone; restore it from the backup, "
                "or people who left could be written to again"
            )
        return self._keys.key("suppression")

    @property
    def return_path_key(self) -> bytes:
        """Return the key that makes return paths unforgeable."""
        return self._keys.key("return-path")

    def link_keys(self) -> tuple[bytes, ...]:
        """Return the keys of links that end, the one that signs first; an older one is taken until its links are too old."""
        return self._keys.rotating("links", life=KEY_LIFE, now=self.clock())

    @property
    def _keys(self) -> Keys:
        return Keys(self.home / "data" / "keys")

    def _has_suppressions(self) -> bool:
        with self.database.read() as connection:
            return has_suppressions(connection)


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
