"""Which items make an issue, and in which order they stand."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Item

ORDER = ("policy", "companies", "technology", "collectibles", "other")


def arrange(ranked: Sequence[Item], *, most: int) -> tuple[Item, ...]:
    """Return the best ``most`` items, section by section, the best of each first."""
    chosen = ranked[:most]
    return tuple(sorted(chosen, key=lambda item: ORDER.index(item.section)))
