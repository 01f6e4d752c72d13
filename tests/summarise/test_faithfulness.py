"""Changed figures, invented names and made-up quotations are noticed; the source's own sentences never are."""

from __future__ import annotations

import pytest

from pipeline.summarise.extractive import summarise
from pipeline.summarise.faithfulness import check

SOURCE = (
    "WUHAN, Feb 21 (Agency) -- Wuhan opened its first virtual service hall on Monday, the city said. "
    "The hall cost 150 million yuan and took three years. “It saves me an hour,” said Jo Example, who is 62. "
    "About 4,980 residents used it in the first week, up 12 percent."
)
SOURCE_ZH = (
    "新华社武汉2月21日电（记者甲乙）武汉市周一启用首个虚拟政务大厅。大厅耗资1.5亿元，历时三年建成，有250名工作人员。"
    "“太方便了，省了一个小时。”市民陈女士说。首周办理业务4980件，同比增长12%。中国移动参与建设。"
)


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("The hall cost 150 million yuan.", id="amount"),
        pytest.param("The hall cost RMB 150 million.", id="amount-written-otherwise"),
        pytest.param("The hall took 3 years.", id="digit-for-a-word"),
        pytest.param("Nearly 5,000 residents used it in the first week.", id="rounded"),
        pytest.param("Wuhan opened its first virtual hall on February 21.", id="date-written-out"),
        pytest.param("Jo Example, 62, said: “It saves me an hour.”", id="quotation"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_the_source_says_is_supported(summary: str) -> None:
    assert check(SOURCE, summary).unsupported == ()


@pytest.mark.parametrize(
    ("summary", "unsupported"),
    [
        pytest.param("The hall cost 160 million yuan.", "160 million yuan", id="amount"),
        pytest.param("The hall cost $150 million.", "$150 million", id="currency"),
        pytest.param(
            "Some 4,981 residents used it in the first week.", "4,981", id="no-rounding-to-an-odd-number"
        ),
        pytest.param("Residents used it in the first week, up 13 percent.", "13 percent", id="percentage"),
        pytest.param("Wuhan opened its first virtual service hall on February 22.", "February 22", id="date"),
        pytest.param("The hall saves an hour, said Kim Example.", "Kim Example", id="name"),
        pytest.param("The hall in Wuhan was opened by Tencent.", "Tencent", id="firm"),
        pytest.param("Jo Example said: “It saves me a day.”", "“It saves me a day.”", id="quotation"),
    ],
)
def test_what_the_source_does_not_say_is_named(summary: str, unsupported: str) -> None:
    found = check(SOURCE, summary)
    assert not found.supported
    assert any(unsupported in miss for miss in found.unsupported)


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("武汉启用首个虚拟政务大厅，耗资1.5亿元。", id="amount"),
        pytest.param("武汉首个虚拟政务大厅2月21日启用。", id="date"),
        pytest.param("虚拟政务大厅首周办理业务近5000件。", id="rounded"),
    ],
)
def test_a_chinese_summary_is_supported(summary: str) -> None:
    assert check(SOURCE_ZH, summary).unsupported == ()


@pytest.mark.parametrize(
    ("summary", "unsupported"),
    [
        pytest.param("武汉启用首个虚拟政务大厅，耗资1.6亿元。", "1.6亿元", id="amount"),
        pytest.param("大厅有250台工作设备。", "250", id="measure-word"),
        pytest.param("首周办理业务4980件，同比增长21%。", "21%", id="percentage"),
        pytest.param("中国联通参与建设。", "中国联通", id="name"),
        pytest.param("市民说：“太方便了，省了一整天。”", "“太方便了，省了一整天。”", id="quotation"),
        pytest.param(
            "上海将在明年举办一场国际电影节。", "上海将在明年举办一场国际电影节。", id="another-story"
        ),
    ],
)
def test_what_a_chinese_source_does_not_say_is_named(summary: str, unsupported: str) -> None:
    found = check(SOURCE_ZH, summary, names={"中国移动": (), "中国联通": ()})
    assert not found.supported
    assert any(unsupported in miss for miss in found.unsupported)


def test_units_are_compared_across_languages() -> None:
    assert check(SOURCE, "大厅耗资1.5亿元。").supported


@pytest.mark.parametrize("source", [pytest.param(SOURCE, id="en"), pytest.param(SOURCE_ZH, id="zh")])
@pytest.mark.parametrize("count", [None, 1, 2, 3])
def test_an_extractive_summary_never_alarms(source: str, count: int | None) -> None:
    found = check(source, summarise("", source, sentences=count).text)
    assert (found.supported, found.score) == (True, 1.0)


def test_each_miss_is_named_with_its_kind() -> None:
    summary = "On February 22 the hall in Wuhan cost 160 million yuan, up 13 percent, Kim Example said."
    assert check(SOURCE, summary).unsupported == (
        "date “February 22”", "amount “160 million yuan”", "percentage “13 percent”", "name “Kim Example”",
    )  # fmt: skip


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param(
            "Here is a short summary of the passage:\nThe hall cost 150 million yuan.", id="announced"
        ),
        pytest.param("The VSH in Wuhan cost 150 million yuan.", id="acronym"),
        pytest.param("3. The hall cost 150 million yuan.", id="numbered-line"),
    ],
)
def test_what_makes_no_claim_is_no_miss(summary: str) -> None:
    assert check(SOURCE, summary).unsupported == ()


def test_scores_are_low_when_something_is_unsupported() -> None:
    assert check(SOURCE, "The hall cost 160 million yuan.").score < 0.5


SHOPS = "Shanghai opened 30 shops."
NAMES = {
    "Beijing": ("Beijing", "北京"),
    "Shanghai": ("Shanghai", "上海"),
    "上海": ("Shanghai", "上海"),
    "北京": ("Beijing", "北京"),
}


@pytest.mark.parametrize(
    ("source", "summary", "unsupported"),
    [
        pytest.param(SHOPS, "Beijing opened 30 shops.", "Beijing", id="a-known-name-at-the-start"),
        pytest.param(SHOPS, "Shanghai opened nine shops.", "nine", id="a-number-as-a-word"),
        pytest.param("上海开了30家店。", "上海开了九家店。", "九", id="a-chinese-number-as-a-word"),
        pytest.param(SHOPS, "Cats like milk.", "Cats like milk.", id="few-words-and-none-of-them-told"),
        pytest.param("", "It is.", "It is.", id="an-empty-source"),
        pytest.param(SHOPS, "北京开了30家店。", "北京", id="another-name-in-another-script"),
        pytest.param(SHOPS, "猫喜欢牛奶。", "猫喜欢牛奶。", id="nothing-comparable-in-another-script"),
        pytest.param(SHOPS, "Кошки любят.", "Кошки любят.", id="a-script-without-known-words"),
    ],
)
def test_what_a_short_source_does_not_say_is_named(source: str, summary: str, unsupported: str) -> None:
    found = check(source, summary, names=NAMES)
    assert any(unsupported in miss for miss in found.unsupported)
    assert found.score < 0.5


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param("1.2万元", "costs 12,000 yuan", id="an-amount"),
        pytest.param("on 21 February", "2月21日", id="a-date"),
        pytest.param("Shanghai said so", "上海表示", id="a-name"),
        pytest.param("上海开了30家店。", "Shanghai opened thirty shops.", id="a-name-and-a-number"),
        pytest.param("上海开了30家店。", "A firm opened shops in Shanghai.", id="a-name-within"),
    ],
)
def test_another_script_is_judged_by_numbers_and_names(source: str, summary: str) -> None:
    found = check(source, summary, names=NAMES)
    assert (found.supported, found.score >= 0.5) == (True, True)


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param("The firm has 25,000 users.", "The firm has twenty-five thousand users.", id="scale"),
        pytest.param("The firm has 250 users.", "The firm has two hundred and fifty users.", id="and"),
        pytest.param("The firm has nearly nine users.", "The firm has 9 users.", id="a-digit-for-a-word"),
        pytest.param("三家银行3日签约。", "三家银行签约。", id="a-count-beside-a-day"),
        pytest.param(
            "A Shanghai-based firm has users.", "Shanghai firm has users.", id="a-name-in-a-compound"
        ),
        pytest.param(
            "黄金价格8月13日收涨，13家公司获利。", "13日黄金价格收涨。", id="a-day-without-its-month"
        ),
        pytest.param("会议将于11月1日召开，11人参加。", "会议将于11月召开。", id="a-month-without-its-day"),
        pytest.param("办事走绿色的通道。", "办事走“绿色通道”。", id="a-chinese-figure-of-speech"),
    ],
)
def test_the_same_written_otherwise_is_supported(source: str, summary: str) -> None:
    assert check(source, summary, names=NAMES).unsupported == ()


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param("The provincial health commission spoke.", "卫健委表示。", id="a-body-of-a-province"),
        pytest.param("The commerce ministry spoke.", "商务部表示。", id="a-ministry-by-its-field"),
        pytest.param("Gui'an opened 30 shops.", "贵安开了30家店。", id="an-apostrophe"),
        pytest.param(
            "Virtual and augmented reality are shown.", "VR and AR are shown.", id="a-term-is-no-name"
        ),
        pytest.param(
            "The court ruled that consent must be given.",
            "法院判决须事先同意。",
            id="another-script-by-what-is-done",
        ),
    ],
)
def test_what_is_called_otherwise_is_supported(source: str, summary: str) -> None:
    names = {
        "卫健委": ("National Health Commission",),
        "商务部": ("Ministry of Commerce",),
        "贵安": ("Guian",),
    }
    assert check(source, summary, names=names).unsupported == ()


@pytest.mark.parametrize(
    ("source", "summary"), [("", "Anything at all 12."), ("x", "😀"), ("1" * 9999, "1" * 9999), ("", "")]
)
def test_odd_input_gets_a_score_in_range(source: str, summary: str) -> None:
    found = check(source, summary)
    assert 0 <= found.score <= 1
    assert found.supported == (found.score >= 0.5)
