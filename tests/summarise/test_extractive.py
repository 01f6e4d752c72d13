"""A summary is a few of the article's own sentences."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.summarise.extractive import MOST_HAN, MOST_WORDS, summarise
from pipeline.text import han_count, word_count

ONE = "Wuhan opened its first virtual service hall on Monday."
TWO = "Residents can renew six kinds of papers there with a headset."
THREE = "The city spent 12 million yuan on it."
FOUR = "A second hall is planned for next spring."
LONG = (
    "The hall, "
    + "which was designed by four offices, built by nine firms and tested by many schools, " * 6
    + "opened."
)
ZH_ONE = "武汉周一启用首个虚拟政务大厅。"
ZH_TWO = "市民戴上头显即可办理六类证件。"
ZH_THREE = "大厅耗资一千二百万元，由四家企业建成。"
ZH_FOUR = "第二座大厅计划明年春天启用。"
ZH_LONG = "该大厅" + "由四家设计院设计并经多所学校反复测试，" * 9 + "终于启用。"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        pytest.param(f"{ONE} {TWO} {THREE} {FOUR}", f"{ONE} {TWO} {THREE}", id="en-three-sentences"),
        pytest.param(
            ZH_ONE + ZH_TWO + ZH_THREE + ZH_FOUR, ZH_ONE + ZH_TWO + ZH_THREE, id="zh-three-sentences"
        ),
        pytest.param(f"{LONG} {ONE}", ONE, id="a-long-sentence-is-passed-over"),
        pytest.param(ZH_LONG + ZH_ONE, ZH_ONE, id="zh-a-long-sentence-is-passed-over"),
        pytest.param(f"WUHAN, Feb 21 (Agency) -- {ONE}", ONE, id="dateline"),
        pytest.param(
            f"Monday, 21 February 2022, 11:15 China time\nWUHAN, Feb 21 — {ONE}",
            ONE,
            id="date-line-and-dateline",
        ),
        pytest.param(f"21 February 2022, 11:15 WUHAN, Feb 21 — {ONE}", ONE, id="both-in-one-line"),
        pytest.param(f"本报讯（记者 甲乙）{ZH_ONE}", ZH_ONE, id="zh-dateline"),
        pytest.param(
            f"By Jo Example\n{ONE}\nSubscribe to our newsletter.\n{TWO}", f"{ONE} {TWO}", id="byline-and-call"
        ),
        pytest.param(f"来源：某网\n{ZH_ONE}点击关注我们。{ZH_TWO}", ZH_ONE + ZH_TWO, id="zh-source-and-call"),
        pytest.param(f"A title\n{ONE}", ONE, id="the-title-again"),
        pytest.param(
            f"{ONE} {LONG} It was costly for the city to build.",
            ONE,
            id="nothing-that-leans-on-what-is-left-out",
        ),
        pytest.param(f"“太好了，真是方便极了啊。”{ZH_ONE}", ZH_ONE, id="no-bare-quotation"),
        pytest.param(f"“Open at one end. {ONE}", ONE, id="no-quotation-left-open"),
    ],
)
def test_the_first_sentences_that_stand_alone_are_taken(text: str, summary: str) -> None:
    found = summarise("A title", text)
    assert (found.text, found.method) == (summary, "extractive")


@pytest.mark.parametrize(
    ("count", "summary"), [(1, ONE), (2, f"{ONE} {TWO}"), (9, f"{ONE} {TWO} {THREE}"), (0, ONE)]
)
def test_a_count_is_kept_as_far_as_there_are_sentences(count: int, summary: str) -> None:
    assert summarise("", f"{ONE} {TWO} {THREE}", sentences=count).text == summary


@pytest.mark.parametrize(
    ("text", "count", "summary"),
    [
        pytest.param(
            "One sentence is here for you. “Two sentences are here,” he said. Why three sentences here? Four sentences are here!",
            4,
            "One sentence is here for you. “Two sentences are here,” he said. Why three sentences here? Four sentences are here!",
            id="en-quotes-and-questions",
        ),
        pytest.param(
            "上海市21日发布元宇宙产业新政策，支持企业发展虚拟现实。首批资金5亿元。项目分三年实施！“我们很高兴。”负责人说。",
            50,
            "上海市21日发布元宇宙产业新政策，支持企业发展虚拟现实。首批资金5亿元。项目分三年实施！“我们很高兴。”负责人说。",
            id="zh-short-ones",
        ),
        pytest.param(f"Why a hall? {ONE} {TWO}", 2, f"{ONE} {TWO}", id="whole-ones-come-first"),
        pytest.param(f"Why a hall? {ONE}", 2, f"Why a hall? {ONE}", id="then-the-others-in-the-text's-order"),
        pytest.param(
            f"By Jane Doe, Staff Writer\n{ONE}\nDisclosure: the author holds shares.", 3, ONE, id="no-byline"
        ),
    ],
)
def test_a_count_is_filled_up_from_what_was_passed_over(text: str, count: int, summary: str) -> None:
    assert summarise("", text, sentences=count).text == summary


def test_with_a_count_there_is_no_limit_on_words() -> None:
    assert summarise("", f"{LONG} {ONE}", sentences=2).text == f"{LONG} {ONE}"


@pytest.mark.parametrize("text", [pytest.param(LONG, id="en"), pytest.param(ZH_LONG, id="zh")])
def test_when_nothing_fits_the_best_is_cut_at_a_clause(text: str) -> None:
    found = summarise("", text)
    assert found.method == "extractive-cut"
    assert text.startswith(found.text.removesuffix("…"))
    assert found.text[-2] not in "，,"
    assert word_count(found.text) <= MOST_WORDS or han_count(found.text) <= MOST_HAN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 300, id="en"),
        pytest.param("字" * 500, id="zh"),
        pytest.param("x" * 5000, id="one-word"),
    ],
)
def test_a_text_without_any_mark_is_cut_within_the_limit(text: str) -> None:
    found = summarise("", text)
    assert found.text.endswith("…")
    assert len(found.text) <= 1000
    assert word_count(found.text) <= max(MOST_WORDS, MOST_HAN)


@pytest.mark.parametrize(
    "saying",
    [
        "“这真是方便极了。”王女士说。",
        "“我们会支持企业发展。”武汉市经济和信息化局新兴产业处负责人李明说。",
        "“我们会支持企业发展。”李明在周五的记者会上说。",
        "「我們會支持企業發展。」宏遠董事長李明表示。",
    ],
)
def test_a_saying_keeps_its_sayer(saying: str) -> None:
    assert summarise("", ZH_ONE + saying).text == ZH_ONE + saying


def test_a_summary_begins_with_what_its_news_takes_up() -> None:
    text = "「我們會支持企業參與。」宏遠董事長李明表示。該公司在台北發表頭盔，售價四萬元。"
    assert summarise("台灣VR", text).text == text


def test_a_text_that_is_no_prose_has_no_summary() -> None:
    assert summarise("", "Name Price\nA 5\nB 6").method == "none"
    assert summarise("", f"🔥🔥🔥\n<script>alert(1)</script> hi.\n{ONE}").text == ONE


def test_a_firms_portrait_is_passed_over() -> None:
    portrait = "Kestrel is a global leader in headsets."
    assert summarise("", f"{ONE} {portrait} {TWO}").text == f"{ONE} {TWO}"


@pytest.mark.parametrize("text", ["", "\n\n", "\x00"])
def test_nothing_sums_up_to_nothing(text: str) -> None:
    assert summarise("Title", text) == summarise("", "")
    assert summarise("Title", text).method == "none"


def test_short_lines_are_better_than_nothing() -> None:
    assert summarise("", "Hall opens.").text == "Hall opens."


def test_every_sentence_stands_in_the_article() -> None:
    text = f"{ONE} {TWO}\n{THREE} {FOUR}"
    assert all(sentence in text for sentence in (ONE, TWO, THREE) if sentence in summarise("", text).text)


@pytest.mark.parametrize(
    "text", ["Wuhan opened a hall. " * 60_000, "(" * 100_000, "新华社" * 50_000, "A" * 200_000, "“" * 50_000]
)
def test_hostile_text_is_summed_up_in_reasonable_time(text: str) -> None:
    start = process_time()
    summarise("", text)
    assert process_time() - start < 5


def test_a_sentence_told_again_is_taken_once() -> None:
    told = "Zhengzhou backs 40 makers of virtual reality gear with a fund of its own."
    other = "Applications are taken from April."
    assert summarise("A fund", f"{told} {told} {other} {told}", language="en").text == f"{told} {other}"
