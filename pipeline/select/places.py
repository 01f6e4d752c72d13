"""What lies within what, by the ids of the lexicon; ``places.toml`` holds the tree."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).with_name("places.toml")


@dataclass(frozen=True, kw_only=True)
class Places:
    """The tree of home, and what abroad is a place."""

    parts: Mapping[str, Sequence[str]]
    """Of a whole, those that lie in it directly."""
    abroad: frozenset[str]

    def within(self, whole: str) -> frozenset[str]:
        """Return all that lies in a place, at any depth."""
        parts = self.parts.get(whole, ())
        return frozenset(parts).union(*map(self.within, parts))


@cache
def places() -> Places:
    """Return what comes with the program, read once."""
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return Places(parts=document["within"], abroad=frozenset(document["abroad"]))
