"""A quotation is the source's, and so is its speaker."""

from __future__ import annotations

import pytest

from pipeline.summarise.faithfulness import check

SOURCE = (
    "“It saves me an hour,” said Jo Example, a clerk. Kim Sample, who runs the hall, warned that it “cannot answer everything”. "
    "The hall opened in Wuhan."
)
SOURCE_ZH = "“省了一个小时，很方便。”市民陈明说。大厅负责人王强介绍，大厅“不收费、不排队”。市政务局则称故障“早在意料之中，正在修”。"


@pytest.mark.parametrize(
    ("source", "summary", "speaker"),
    [
        pytest.param(SOURCE, "Kim Sample said: “It saves me an hour.”", "Kim Sample", id="en-before"),
        pytest.param(SOURCE, "The hall “cannot answer everything”, said Jo Example.", "Jo Example", id="en-behind"),
        pytest.param(SOURCE_ZH, "大厅负责人王强说：“省了一个小时，很方便。”", "大厅负责人王强", id="zh-before"),
        pytest.param(SOURCE_ZH, "市民陈明称故障“早在意料之中，正在修”。", "市民陈明", id="zh-part"),
    ],
)  # fmt: skip
def test_another_speaker_is_named(source: str, summary: str, speaker: str) -> None:
    assert f"speaker “{speaker}”" in check(source, summary).unsupported


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(SOURCE, "Example said: “It saves me an hour.”", id="en-family-name"),
        pytest.param(SOURCE, "A clerk said: “It saves me an hour.”", id="en-office"),
        pytest.param(SOURCE, "The hall “cannot answer everything”, Sample said.", id="en-part"),
        pytest.param(SOURCE_ZH, "陈明说：“省了一个小时，很方便。”", id="zh-name-alone"),
        pytest.param(SOURCE_ZH, "政务局称故障“早在意料之中，正在修”。", id="zh-shorter-name"),
    ],
)
def test_the_same_speaker_is_supported(source: str, summary: str) -> None:
    assert check(source, summary).unsupported == ()


def test_a_list_in_quotation_marks_is_a_saying() -> None:
    assert "quotation “不收费、少排队”" in check(SOURCE_ZH, "大厅“不收费、少排队”。").unsupported
