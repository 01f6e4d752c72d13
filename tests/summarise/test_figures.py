"""A number must be the source's, however it is written, and stand for what it stands for there."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from pipeline.summarise.faithfulness import check

PARK = (
    "The park in Dalian opened on March 3 with 64 consoles, of which 16 are for schools. It took 18 months and 2, 400 workers. "
    "Sales fell to 520,000 in the first half from 560,000. Its second hall seats 38,000, and 7.2 per cent more came in May 2007 -- 09."
)
PARK_ZH = (
    "大连产业园3月3日开园，设64个机位，其中16个供学校使用，接待二十多万人。项目历时18个月，入园企业三分之一来自外地。"
    "上半年营收3.2亿元，占比提高5个百分点，排名第二。展厅平均等候时间由30分钟缩短至8分钟。一期面积64亩，二期面积81亩。"
)


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(PARK, "A quarter of the consoles in the Dalian park are for schools.", id="share"),
        pytest.param(PARK, "The park took 2,400 workers.", id="broken-number"),
        pytest.param(PARK, "In 2009 7.2 per cent more came to the park.", id="span-of-years"),
        pytest.param(PARK, "The second hall of the park seats over 30,000.", id="over"),
        pytest.param(PARK, "The second hall of the park seats nearly 40,000.", id="nearly"),
        pytest.param(PARK, "上半年销量降至52万。", id="half-year-in-chinese"),
        pytest.param(PARK_ZH, "大连产业园接待20多万人。", id="some-tens-of-thousands"),
        pytest.param(PARK_ZH, "大连产业园项目历时一年半，接待超20万人。", id="years-and-a-half"),
        pytest.param(PARK_ZH, "大连产业园约33%的企业来自外地。", id="fraction-as-a-percentage"),
        pytest.param(PARK_ZH, "In H1 revenue was 320 million yuan.", id="h1"),
        pytest.param(PARK_ZH, "3月3日特稿（大连产业园开园）", id="slug"),
        pytest.param(PARK, "Sales in the park fell by 40,000 in the first half.", id="difference"),
        pytest.param(PARK_ZH, "大连产业园两期面积共145亩。", id="sum"),
        pytest.param(PARK_ZH, "展厅平均等候0.5小时，缩短至8分钟。", id="another-unit"),
        pytest.param(
            "The pass costs 49 yuan, for students half.", "The pass costs students 24.5 yuan.", id="half"
        ),
        pytest.param(
            "It sold 74,000 tickets, 30 per cent more than last year.",
            "It sold about 57,000 tickets last year.",
            id="before",
        ),
        pytest.param(
            "项目总投资2.6亿元，其中甲方出资六成。",
            "项目总投资2.6亿元，甲方出资1.56亿元。",
            id="share-of-a-whole",
        ),
        pytest.param(
            "已拨付6.8亿元，约占总额的34%。", "总额约20亿元，已拨付6.8亿元。", id="whole-of-a-share"
        ),
        pytest.param(
            "The trial enrolled 216 patients in 4 hospitals.",
            "The trial enrolled 54 patients in each hospital.",
            id="each",
        ),
        pytest.param(
            "The firm was founded in 2018 and sold in 2021.",
            "The firm was founded seven years ago.",
            id="years-ago",
        ),
        pytest.param(
            "The shop closes on June 30 and opens on July 21.",
            "The shop closes on June 30 for three weeks.",
            id="weeks",
        ),
        pytest.param("The park had 1.2 million visitors.", "The park had 1.2m visitors.", id="letter"),
        pytest.param("大連產業園面積64畝。", "大连产业园面积64亩。", id="traditional"),
        pytest.param(
            "The park says 5 per cent of visits fail.", "The park says 95% of visits go well.", id="rest"
        ),
        pytest.param(
            "Half a million came to the park.", "The park had 500,000 visitors who came.", id="half-a-million"
        ),
        pytest.param("Nine in ten visits to the park fail.", "90% of visits to the park fail.", id="of-ten"),
        pytest.param(
            "The park is open to Korea, Japan and Laos.", "Three lands: the park is open to them.", id="list"
        ),
    ],
)
def test_the_same_number_is_told(source: str, summary: str) -> None:
    assert check(source, summary).unsupported == ()


@pytest.mark.parametrize(
    ("source", "summary", "miss"),
    [
        pytest.param(
            PARK, "A third of the consoles in the Dalian park are for schools.", "A third", id="share"
        ),
        pytest.param(PARK, "The second hall of the park seats over 50,000.", "50,000", id="over"),
        pytest.param(PARK, "The third hall of the park seats 38,000.", "third", id="ordinal"),
        pytest.param(
            PARK, "Sales rose from 520,000 to 560,000 in the park.", "from 520000 to 560000", id="move"
        ),
        pytest.param(PARK, "More came to the park in Dalian in June.", "June", id="month"),
        pytest.param(PARK, "第三季度销量降至52万。", "第三季度", id="quarter"),
        pytest.param(PARK_ZH, "大连产业园接待三十多万人。", "三十多万", id="some-tens-of-thousands"),
        pytest.param(PARK_ZH, "大连产业园项目历时18天。", "18", id="span-of-time"),
        pytest.param(PARK_ZH, "大连产业园上半年占比提高5%。", "5%", id="points-are-no-percentage"),
        pytest.param(PARK_ZH, "展厅平均等候时间由8分钟延长至30分钟。", "from 8 to 30", id="move-zh"),
        pytest.param("厂房按PM2.5标准建成。", "厂房按PM2.8标准建成。", "PM2.8", id="number-in-a-name"),
    ],
)
def test_another_number_is_named(source: str, summary: str, miss: str) -> None:
    assert any(f"“{miss}”" in found for found in check(source, summary).unsupported)


@pytest.mark.parametrize(
    ("source", "sentence", "number", "other"),
    [
        pytest.param(PARK, "It took 18 months and 2, 400 workers.", "18", "16", id="en"),
        pytest.param(PARK, "The park in Dalian opened on March 3 with 64 consoles, of which 16 are for schools.", "16", "64", id="en-two"),
        pytest.param(PARK_ZH, "项目历时18个月，入园企业三分之一来自外地。", "18", "16", id="zh"),
        pytest.param(PARK_ZH, "上半年营收3.2亿元，占比提高5个百分点，排名第二。", "5", "3", id="zh-points"),
        pytest.param(PARK_ZH, "一期面积64亩，二期面积81亩。", "64", "81", id="zh-swapped"),
    ],
)  # fmt: skip
def test_a_number_from_elsewhere_in_the_source_is_found_in_a_quoted_sentence(
    source: str, sentence: str, number: str, other: str
) -> None:
    assert check(source, sentence).supported
    assert not check(source, sentence.replace(number, other, 1)).supported


@pytest.mark.parametrize(
    "repeated",
    ["1 ", "1, 111 ", "不", "一分之", "“aaaa", "“好，好”王说，", "from 1 to 2 ", "王明没有开1家店，", "Jo did not open 1 hall. ", "由王明运营", "by Jo "],
)  # fmt: skip
@pytest.mark.parametrize(
    "texts",
    [pytest.param(lambda long: (long, "x" + long[:400]), id="source"), pytest.param(lambda long: ("王明在Wuhan", long), id="summary")],
)  # fmt: skip
def test_hostile_text_is_checked_in_reasonable_time(
    repeated: str, texts: Callable[[str], tuple[str, str]]
) -> None:
    began = process_time()
    check(*texts(repeated * (40_000 // len(repeated))))
    assert process_time() - began < 5
