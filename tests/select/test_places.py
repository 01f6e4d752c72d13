"""What lies in a place lies in what that lies in, and all of it is in the lexicon."""

from __future__ import annotations

from pipeline.select.lexicon import load
from pipeline.select.places import places


def test_a_province_holds_the_districts_of_its_cities() -> None:
    within = places().within("guangdong")

    assert {"shenzhen", "nanshan"} <= within
    assert "hangzhou" not in within
    assert places().within("nanshan") == frozenset()


def test_every_place_is_in_the_lexicon_and_none_in_itself() -> None:
    known = {entry.id for entry in load().entries}
    parts = {part for parts in places().parts.values() for part in parts}

    assert {*places().parts, *parts, *places().abroad} <= known
    assert not [whole for whole in places().parts if whole in places().within(whole)]
