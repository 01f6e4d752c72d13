"""Which items make an issue, in which order."""

from __future__ import annotations

import pytest

from pipeline.compose.sections import ORDER, arrange
from pipeline.model import Item


def item(name: str) -> Item:
    """Return an item called ``section-rank``."""
    return Item(headline=name, summary="", language="en", section=name.split("-")[0], sources=(), why=())


@pytest.mark.parametrize(
    ("ranked", "most", "expected"),
    [
        pytest.param("", 5, "", id="none"),
        pytest.param("other-1 policy-2", 5, "policy-2 other-1", id="sections in their order"),
        pytest.param(
            "policy-1 other-2 policy-3", 5, "policy-1 policy-3 other-2", id="the best of each first"
        ),
        pytest.param(
            "other-1 companies-2 policy-3",
            2,
            "companies-2 other-1",
            id="the best make it, wherever they stand",
        ),
        pytest.param("policy-1 policy-2", 2, "policy-1 policy-2", id="exactly as many"),
    ],
)
def test_the_best_items_stand_section_by_section(ranked: str, most: int, expected: str) -> None:
    arranged = arrange([item(name) for name in ranked.split()], most=most)
    assert " ".join(each.headline for each in arranged) == expected


def test_every_section_has_its_place() -> None:
    arranged = arrange([item(f"{section}-1") for section in reversed(ORDER)], most=9)
    assert tuple(each.section for each in arranged) == (
        "policy",
        "companies",
        "technology",
        "collectibles",
        "other",
    )
