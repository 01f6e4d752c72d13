"""A summary's sentences make sense among themselves, though others of the article are left out."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.summarise.context import is_teller, leans, takes_back, withdraws
from pipeline.summarise.extractive import summarise

SCANNED = "The museum scanned 40 halls for visitors at home, it said."
CURATOR = "Curator Lin Bo scanned 40 halls for visitors at home."
HE_SAID = "He said that the work took 14 months in all."
PARK = "高新园区的元宇宙产业园为入驻企业提供三年免租。"
PARK_HEAD = "园区负责人介绍，元宇宙产业园为入驻企业提供三年免租。"
TA_SAID = "他表示，到2028年产值将达到20亿元。"
THIRD = "A second scan is planned for the spring."


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        pytest.param(f"{SCANNED} {HE_SAID} {THIRD}", f"{SCANNED} {THIRD}", id="nobody-is-named"),
        pytest.param(f"{CURATOR} {HE_SAID}", f"{CURATOR} {HE_SAID}", id="a-curator"),
        pytest.param(
            f"Lin Bo, 40, scanned 40 halls. {HE_SAID}",
            f"Lin Bo, 40, scanned 40 halls. {HE_SAID}",
            id="a-name",
        ),
        pytest.param(PARK + TA_SAID, PARK, id="zh-nobody-is-named"),
        pytest.param(PARK_HEAD + TA_SAID, PARK_HEAD + TA_SAID, id="zh-a-head"),
        pytest.param(
            f"王小明说，元宇宙产业园提供三年免租。{TA_SAID}",
            f"王小明说，元宇宙产业园提供三年免租。{TA_SAID}",
            id="zh-a-name",
        ),
    ],
)
def test_a_pronoun_needs_its_owner(text: str, summary: str) -> None:
    assert summarise("", text).text == summary


@pytest.mark.parametrize(
    ("opening", "news"),
    [
        pytest.param("Who needs a museum without walls?", SCANNED, id="a-question"),
        pytest.param("“I could not believe my eyes at first.”", SCANNED, id="somebodys-words"),
        pytest.param("Here is what the museum did:", SCANNED, id="an-announcement"),
        pytest.param("随着头显价格逐年下降，家庭用户对线上展厅的需求不断增加。", PARK, id="zh-as-things-go"),
        pytest.param(
            "在数字经济加速发展的背景下，各地园区都在寻找新的方向。", PARK, id="zh-against-a-background"
        ),
        pytest.param("近年来，各地园区都在寻找新的方向。", PARK, id="zh-in-recent-years"),
        pytest.param("園區的未來究竟在哪裡，誰能說得清楚？", PARK, id="zh-a-question"),
    ],
)
def test_what_leads_up_to_the_news_is_passed_over(opening: str, news: str) -> None:
    assert summarise("", f"{opening}\n{news}").text == news
    assert summarise("", f"{opening}\n{news}", sentences=1).text == news


def test_the_summary_begins_where_the_headline_is_told_again() -> None:
    scene = "Blossoms fell on the steps as the last visitors of the day went home. A guard locked the doors behind them."
    news = "The city museum said on Friday that it would scan 40 halls for headsets by May."
    title = "City museum to scan its halls for headsets"
    assert summarise(title, f"{scene} {news}").text == news
    assert summarise(title, f"{scene} {news}", sentences=1).text == news
    assert summarise("", f"{scene} {news}").text.startswith("Blossoms")


def test_a_headline_in_other_characters_is_told_again_all_the_same() -> None:
    scene = "最后一批观众离开时，花瓣落在台阶上。保安在他们身后锁上了大门。"
    news = "市博物馆19日宣布，将在五月前为四十个展厅制作元宇宙影像。"
    assert summarise("市博物館將為展廳製作元宇宙影像", scene + news).text == news


def test_what_only_leads_up_is_better_than_nothing() -> None:
    opening = "Who needs a museum without walls?"
    assert summarise("", opening).text == opening


@pytest.mark.parametrize(
    "next_one",
    [
        "The court did not agree.",
        "But the court fined the platform all the same.",
        "However, the court fined it.",
    ],
)
def test_a_summary_does_not_end_on_what_the_article_takes_back(next_one: str) -> None:
    ruling = "A court in Hangzhou on Monday ordered a platform to pay an illustrator 42,000 yuan. It is the first such ruling."
    claim = "The platform argued that it does no more than keep the records."
    assert summarise("", f"{ruling} {claim} {next_one}").text == ruling
    assert summarise("", f"{ruling} {claim} Both sides may appeal.").text == f"{ruling} {claim}"


def test_one_sentence_is_kept_whatever_follows() -> None:
    assert summarise("", f"{CURATOR} But his museum closed the next day.").text.startswith(CURATOR)


@pytest.mark.parametrize("sentence", ["A b " * 40_000, "Mr" * 80_000, "”" * 80_000, "王小" * 60_000])
def test_hostile_sentences_are_judged_in_reasonable_time(sentence: str) -> None:
    start = process_time()
    leans(f"He {sentence}", sentence, is_next=True)
    takes_back(sentence)
    assert process_time() - start < 3


@pytest.mark.parametrize(
    "sentence",
    [
        "Nevertheless, the hall opens in May.",
        "By contrast, the old hall is full.",
        "As a result, the hall was closed.",
        "According to him, the hall is full.",
        "In addition, two halls will open.",
        "Such halls are rare.",
        "There, visitors wear headsets.",
        "Its roof was scanned first.",
        "然而，这并不意味着放松监管。",
        "這並不意味著放鬆監管。",
        "該基金已投資十家企業。",
        "據悉，基金已投資十家企業。",
        "不過，展廳仍然免費開放。",
        "與此同時，他們計劃擴大規模。",
        "對此，主辦方沒有回應。",
        "相比之下，舊展廳門可羅雀。",
    ],
)
def test_what_takes_up_a_sentence_that_is_left_out_leans(sentence: str) -> None:
    assert leans(sentence, CURATOR, is_next=False)
    assert not leans(sentence, CURATOR, is_next=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "There are 300 pairs of glasses in the hall.",
        "In addition to headsets, the hall lends gloves.",
        "Instead of headsets, the hall lends gloves.",
        "Besides headsets the hall lends gloves.",
        "Sochi opened a hall.",
        "并购一家头显厂商的计划获得批准。",
        "也门首家虚拟展厅启用。",
        "武汉启用虚拟展厅。",
    ],
)
def test_what_stands_alone_does_not_lean(sentence: str) -> None:
    assert not leans(sentence, "", is_next=False)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        pytest.param(
            f"{SCANNED} “It was a good year. We are glad of it.” However, the museum sold three of its halls.",
            SCANNED,
            id="en",
        ),
        pytest.param(
            f"{PARK}「我們會支持企業參與建設。」他說。然而，這並不意味著放鬆監管。", PARK, id="zh-traditional"
        ),
    ],
)
def test_nothing_leans_on_a_quotation_that_was_passed_over(text: str, summary: str) -> None:
    assert summarise("", text).text == summary


@pytest.mark.parametrize(
    "sentence",
    [
        "武汉市经济和信息化局新兴产业处负责人李明说。",
        "李明在周五的记者会上说。",
        "宏遠董事長李明表示。",
        "展館負責人李明介紹。",
        "他這樣告訴記者。",
        "The mayor of Wuhan said.",
    ],
)
def test_a_teller_is_known(sentence: str) -> None:
    assert is_teller(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "展厅落户光谷街道。",
        "展厅由此得名，沿用旧称。",
        "这家书店只卖科幻小说。",
        "展厅对此没有透露。",
        "李明说，展厅免费开放。",
        "The hall is free, the mayor said.",
    ],
)
def test_what_tells_more_is_no_teller(sentence: str) -> None:
    assert not is_teller(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "An earlier list had put the number of halls at 41.",
        "The first figure was a mistake.",
        "此前公告误写为四十一座。",
        "網傳四十一座展廳將關閉。",
        "早前一度傳出展廳將減至二十座。",
        "Word had gone round that the halls would close.",
        "该消息不属实。",
    ],
)
def test_a_figure_that_was_wrong_is_not_told(sentence: str) -> None:
    assert withdraws(sentence)
    assert sentence not in summarise("", f"{SCANNED} {sentence} {THIRD}").text


@pytest.mark.parametrize(
    "sentence",
    ["The museum had planned 40 halls.", "Revenue grew by double digits.", "新算法误报率降低三成。"],
)
def test_a_figure_that_stands_is_told(sentence: str) -> None:
    assert not withdraws(sentence)
