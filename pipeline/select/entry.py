"""One entry of the lexicon, and what makes a file of them unsound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pipeline.errors import ConfigurationError
from pipeline.select.beat import STRICT, Beat, Word, nearest

FOREIGN = "foreign"
"""The seat of a firm that is not from home."""


@dataclass(frozen=True, kw_only=True)
class LexiconEntry:
    """One name or term of the beat, in all its spellings."""

    __pydantic_config__ = STRICT

    id: Word
    table: str
    """``topic``, ``home``, ``company``, ``event``, ``foreign``, ``off_topic`` or ``cue``."""
    en: tuple[Word, ...] = ()
    zh_hans: tuple[Word, ...] = ()
    zh_hant: tuple[Word, ...] = ()
    weight: Annotated[int, Field(ge=0, le=3)] = 0
    section: str | None = None
    kind: str = ""
    seat: str = ""
    size: Annotated[int, Field(ge=0, le=3)] = 0
    """How much news it makes by being there, of firms and bodies."""
    action: Literal["", "homonym", "reject", "downweight"] = ""
    date: str = ""
    ambiguous: bool = False
    pure_play: bool = False
    at_home: bool = False
    not_if: tuple[Word, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every spelling once, in the order of the file."""
        return tuple(dict.fromkeys((*self.en, *self.zh_hans, *self.zh_hant)))


def require_sound(entries: Sequence[LexiconEntry], beat: Beat, *, where: str) -> None:
    """Raise ``ConfigurationError`` for what is well-formed and yet cannot be meant."""
    _require_once(entries, where=where)
    _require_names(entries, where=where)
    _require_seats(entries, beat, where=where)
    _require_sections(entries, beat, where=where)


def _require_once(entries: Iterable[LexiconEntry], *, where: str) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if (entry.table, entry.id) in seen:
            raise ConfigurationError(
                f"{where}: two [[{entry.table}]] have the id {entry.id!r}; give each its own"
            )
        seen.add((entry.table, entry.id))


def _require_names(entries: Iterable[LexiconEntry], *, where: str) -> None:
    """Refuse an entry that nothing can name, and a name that any text would hold."""
    for entry in entries:
        place = f"{where}: [[{entry.table}]] {entry.id}:"
        if not entry.names:
            raise ConfigurationError(
                f"{place} has no name; add en or zh_hans (remove = [...] drops a shipped one)"
            )
        if short := [name for name in entry.names if len(name) < 2]:
            raise ConfigurationError(f"{place} the name {short[0]!r} is a single sign; write a longer one")


def _require_seats(entries: Iterable[LexiconEntry], beat: Beat, *, where: str) -> None:
    known = (*beat.seats, FOREIGN)
    for entry in entries:
        if entry.seat and entry.seat not in known:
            raise ConfigurationError(
                f"{where}: [[{entry.table}]] {entry.id}: there is no seat {entry.seat!r} in [beat]{nearest(entry.seat, known)}"
            )


def _require_sections(entries: Iterable[LexiconEntry], beat: Beat, *, where: str) -> None:
    """Raise ``ConfigurationError`` for a section that the mail does not have."""
    named = {f"[beat] {key}": getattr(beat, key) for key in ("offices", "firms", "background")}
    named |= {f"[[{entry.table}]] {entry.id}": entry.section for entry in entries}
    for place, section in named.items():
        if section is not None and section not in beat.sections:
            raise ConfigurationError(
                f"{where}: {place}: there is no section {section!r} in [beat]{nearest(section, beat.sections)}"
            )
