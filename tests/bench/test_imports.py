"""The bench imports the list it makes, by both ways."""

from __future__ import annotations

from pathlib import Path

from bench.imports import bare, ours, write_list


def test_the_same_list_is_made_each_time_and_comes_in_by_both_ways(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    write_list(first, 2000)
    write_list(second, 2000)
    assert first.read_bytes() == second.read_bytes()
    assert bare(first, tmp_path).seconds > 0
    assert ours(first, tmp_path).seconds > 0
