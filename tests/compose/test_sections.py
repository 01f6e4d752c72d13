"""In which order the items of an issue stand."""

from __future__ import annotations

import pytest

from pipeline.compose.sections import arrange
from pipeline.model import Item

SECTIONS = ("policy", "companies")


def item(name: str) -> Item:
    """Return an item called ``section-rank``."""
    return Item(headline=name, summary="", language="en", section=name.split("-")[0], sources=(), why=())


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("other-1 companies-2 policy-3", "policy-3 companies-2 other-1", id="sections in their order"),
        pytest.param("policy-1 other-2 policy-3", "policy-1 policy-3 other-2", id="the best of each first"),
        pytest.param("elsewhere-1 companies-2", "companies-2 elsewhere-1", id="an unknown section last"),
    ],
)  # fmt: skip
def test_the_items_stand_section_by_section(ranked: str, expected: str) -> None:
    arranged = arrange([item(name) for name in ranked.split()], sections=SECTIONS)
    assert " ".join(each.headline for each in arranged) == expected
