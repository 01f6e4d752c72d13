"""A name nobody spoke of is found where a sentence opens, too, and who says something in Chinese has a name."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.summarise.faithfulness import check

SOURCE = "Paperkite raised 320 million yuan from Sluicegate Capital. Wang Wen leads the hall, officials in Shanghai said."
SOURCE_ZH = "李大明说，公司融资3.2亿元，用于建设虚拟大厅。"


@pytest.mark.parametrize(
    ("source", "summary", "name"),
    [
        pytest.param(
            SOURCE, "Clearpond raised 320 million yuan from Sluicegate Capital.", "Clearpond", id="who-acts"
        ),
        pytest.param(SOURCE, "Liu Wen leads the hall.", "Liu Wen", id="the-first-of-two"),
        pytest.param(SOURCE, "On Monday Clearpond raised 320 million yuan.", "Clearpond", id="within"),
        pytest.param(SOURCE_ZH, "王小明说，公司融资3.2亿元。", "王小明", id="zh-who-says"),
        pytest.param(
            SOURCE_ZH, "公司负责人王小明表示，融资3.2亿元用于建设虚拟大厅。", "王小明", id="zh-with-an-office"
        ),
    ],
)
def test_a_strangers_name_is_unsupported(source: str, summary: str, name: str) -> None:
    assert any(name in found for found in check(source, summary).unsupported)


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(SOURCE, "Wang Wen leads the hall.", id="the-name-itself"),
        pytest.param(SOURCE, "Firms raised 320 million yuan from Sluicegate Capital.", id="a-plural"),
        pytest.param(SOURCE, "Police said Wang Wen leads the hall.", id="who-acts-without-a-name"),
        pytest.param(
            SOURCE, "Investor Sluicegate Capital gave Paperkite 320 million yuan.", id="an-office-before-it"
        ),
        pytest.param(SOURCE_ZH, "李大明表示，公司融资3.2亿元。", id="zh-another-word-for-says"),
        pytest.param(SOURCE_ZH, "公司融资3.2亿元，用于建设虚拟大厅，李大明说。", id="zh-at-the-end"),
    ],
)
def test_what_only_looks_like_a_name_is_supported(source: str, summary: str) -> None:
    assert check(source, summary).supported


def test_many_numbers_are_compared_in_reasonable_time() -> None:
    source, summary = (" ".join(f"{n % 24}:{(n + by) % 60:02}" for n in range(10_000)) for by in (0, 7))
    start = process_time()
    check(source, f"{summary} Zed.")
    check("10:00 " * 30_000, "about 11:30 " * 100 + "Zed.")
    assert process_time() - start < 6
