"""What an issue's record says beside the contract's keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.jobs.record import issue_record
from pipeline.model import Fact, Item, News, Reference, Translation
from tests.jobs.newsroom import SLOT, desk

OUTLET = Reference(name="The Quay", url="https://quay.example/1", language="en")
ITEM = Item(
    headline="基金",
    summary="基金增至120亿元。",
    language="zh",
    section="policy",
    sources=(),
    why=(),
    is_update=True,
    news=News(facts=(Fact(kind="number", en="12", zh="12"),), since=SLOT.instant),
    translations=(
        Translation(language="en", headline="A fund", summary="A fund.", outlet=OUTLET),
        Translation(language="ja", headline="f", summary="f"),
    ),
)


def test_an_update_is_told_with_the_day_of_its_slot_and_who_words_it_in_other_languages(
    tmp_path: Path,
) -> None:
    with desk(tmp_path) as found:
        [item] = issue_record(found.newsroom, replace(found.issue, items=(ITEM,)))["items"]
    assert item["is_update"]
    assert item["news"]["since"] == "2022-02-22T06:00:00+08:00"
    assert [(put["outlet"], put["is_by_machine"]) for put in item["translations"]] == [
        ("The Quay", False),
        (None, True),
    ]
