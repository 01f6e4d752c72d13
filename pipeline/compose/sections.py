"""Which items make an issue, and in which order they stand."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Item


def arrange(ranked: Sequence[Item], *, sections: Sequence[str]) -> tuple[Item, ...]:
    """Return the items section by section in the order of ``sections``, the best of each first; others come last."""
    place = {section: at for at, section in enumerate(sections)}
    return tuple(sorted(ranked, key=lambda item: place.get(item.section, len(place))))
