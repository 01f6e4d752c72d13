"""The judgement of the sample press and of the written sets stands at or above its floors, measure by measure."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import bench
from bench.evaluate import own_results
from bench.report import Result
from bench.scores import LESS_IS_BETTER
from bench.written import written_sets
from pipeline.text import is_mostly_han

FLOORS = tomllib.loads(Path(bench.__file__).with_name("floors.toml").read_text(encoding="utf-8"))
"""For a measure of which less is better, the most."""
SLACK = 0.1
"""A floor further below what is reached was lowered by accident, or left behind when the judgement got better."""
EACH = pytest.mark.parametrize(
    ("name", "measure"), [(name, measure) for name, floors in FLOORS.items() for measure in floors]
)


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {result.name: result for result in own_results()}


def reached(results: dict[str, Result], name: str, measure: str) -> float:
    [figure] = [figure for figure in results[name].figures if figure.measure == measure]
    return figure.ours


@EACH
def test_a_measure_stands_at_its_floor_or_above(results: dict[str, Result], name: str, measure: str) -> None:
    found, floor = reached(results, name, measure), FLOORS[name][measure]
    assert found <= floor if measure in LESS_IS_BETTER else found >= floor


@EACH
def test_a_floor_stands_close_to_what_is_reached(results: dict[str, Result], name: str, measure: str) -> None:
    found, floor = reached(results, name, measure), FLOORS[name][measure]
    assert abs(found - floor) <= SLACK, f"bench/floors.toml: set [{name}] {measure} close to {found:.3f}"


def test_every_measure_has_a_floor(results: dict[str, Result]) -> None:
    measured = {
        name: {figure.measure for figure in result.figures}
        for name, result in results.items()
        if not name.endswith(" dev")
    }
    assert measured == {name: set(floors) for name, floors in FLOORS.items()}


def test_the_press_is_large_enough_to_measure_by(results: dict[str, Result]) -> None:
    assert results["relevance"].rows >= 80
    assert results["stories"].rows >= 40
    assert results["advertisements"].rows >= 3


@pytest.mark.parametrize(
    ("name", "fewest"),
    [("relevance", 400), ("pairs", 200), ("across", 240), ("summaries", 60), ("faithfulness", 200)],
)
def test_a_written_set_is_large_and_half_chinese(name: str, fewest: int) -> None:
    rows = [row for each in written_sets() if each.name.split()[0] == name for row in each.rows]
    han = [row for row in rows if any(map(is_mostly_han, map(str, row.values())))]
    assert len(rows) >= fewest
    assert len(han) >= 0.45 * len(rows)


def test_pairs_across_languages_are_enough_in_the_half_that_measures() -> None:
    [test] = [each for each in written_sets() if each.name == "across test"]
    labels = [row["label"] for row in test.rows]
    assert min(labels.count("same_story"), labels.count("different")) >= 60


def test_rows_on_one_event_stay_in_one_half() -> None:
    halves: dict[str, set[str]] = {}
    for each in written_sets():
        for row in each.rows:
            halves.setdefault(row["event"], set()).add(each.name.split()[1])
    assert all(len(found) == 1 for found in halves.values())
