"""A summary made untrue on purpose is untrue, by one number, and the same each time."""

from __future__ import annotations

import re

import pytest

from bench.seeded import with_a_number_changed

TEXT = "第3轮10月1日开始，共有1,234人参加。"


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_one_number_differs_and_the_source_has_it_nowhere(seed: str) -> None:
    changed = with_a_number_changed(TEXT, source=TEXT, seed=seed)
    assert len(set(re.findall(r"[\d,]+", changed)) - set(re.findall(r"[\d,]+", TEXT))) == 1
    assert re.sub(r"[\d,]+", "", changed) == re.sub(r"[\d,]+", "", TEXT)


def test_the_same_seed_makes_the_same_change() -> None:
    assert len({with_a_number_changed(TEXT, source=TEXT, seed="a") for _ in range(3)}) == 1


def test_what_has_no_number_cannot_be_changed() -> None:
    assert with_a_number_changed("no number", source="1", seed="a") == ""
