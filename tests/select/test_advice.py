"""No advice: what tells readers to buy, sell, hold or expect a gain is named; news, quotations and warnings are not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from time import process_time

import pytest

from pipeline.select.advice import advice, advice_of, repeats_advice

TABLE = tomllib.loads(Path(__file__).with_name("advice.toml").read_text(encoding="utf-8"))
ADVICE = {
    "times": "This token could go 100x before the summer.",
    "miss": "Don't miss this chance to own a piece of the metaverse.",
    "moon": "Reed Coin is going to the moon.",
    "dip": "Patient readers buy the dip.",
    "target": "Brokers set a price target of 48 yuan for Goertek.",
    "rating": "The broker keeps its buy rating on the maker of lenses.",
    "should": "Investors should buy shares of headset makers before the launch.",
    "time": "Now is the time to invest in virtual land.",
    "recommend": "We recommend holding the stock for two years.",
    "will-rise": "Its share price is set to double this year.",
    "sure": "Early collectors enjoy guaranteed returns.",
    "worth": "Five metaverse stocks to buy in March.",
    "upside": "The analyst sees 35% upside from here.",
    "hold": "Just hodl and wait.",
    "必涨": "这款数字藏品必涨。",
    "抄底": "现在正是抄底元宇宙概念股的时候。",
    "建议买入": "我们建议投资者买入光学龙头。",
    "目标价": "机构给出目标价48元。",
    "上车": "元宇宙风口已来，赶紧上车。",
    "上车机会": "这可能是普通人最后的上车机会。",
    "评级": "维持“买入”评级，看好头显出货。",
    "稳赚": "首批藏品稳赚不赔。",
    "错过": "这样的机会别错过。",
    "空间": "限量发行，升值空间巨大。",
    "满仓": "是时候满仓虚拟现实板块。",
    "布局": "投资者可逢低布局。",
    "必涨-繁": "這款數字藏品必漲。",
    "建議買入": "我們建議投資者買入光學龍頭。",
    "目標價": "券商把目標價調至48元。",
    "上車": "元宇宙風口已來，趕緊上車。",
}
NEWS = {
    "buys": "Tencent buys a stake in a maker of headsets.",
    "invests": "The fund invests 40 million yuan in optical firms.",
    "sells": "The museum sold 5,000 digital collectibles in a minute.",
    "forecast": "The market is expected to reach 60 billion yuan by 2025.",
    "zoom": "The camera of the headset has a 30x zoom and is 100x faster.",
    "resolution": "Each eye sees 1920x1080 pixels.",
    "model": "The maker pairs the headset with a 5900x processor.",
    "holds": "The city will hold a metaverse fair in May.",
    "doubling": "产能将翻倍，年产头显九万台。",
    "boarding": "游客上车后戴上VR头显。",
    "warehouse": "满仓库的头显等待发货。",
    "guarantee": "The insurer guarantees income of farmers hit by drought.",
    "price": "头显售价下调至1999元。",
    "buyers": "平台向4600名买家退款。",
    "invest-zh": "郑州拟投资100亿元建设元宇宙产业园。",
    "sale-zh": "三款数字藏品一分钟售罄。",
}
WARNED = {
    "regulator": "Regulators warn against claims of 100x returns on virtual land.",
    "quoted": "Its page said “don't miss it, 100x guaranteed”, the court found.",
    "accused": "The founder is accused of promising guaranteed returns.",
    "不得": "平台不得宣传“必涨”。",
    "不得-unquoted": "通知要求，平台不得宣传必涨、稳赚不赔等内容。",
    "骗局": "警方提醒，号称抄底元宇宙的多是骗局。",
    "警惕-繁": "監管機構呼籲警惕必漲話術。",
}


@pytest.mark.parametrize("text", ADVICE.values(), ids=ADVICE)
def test_advice_is_named_by_a_phrase_of_the_text(text: str) -> None:
    said = advice(text)
    assert said
    assert said in text


@pytest.mark.parametrize("text", NEWS.values(), ids=NEWS)
def test_news_of_money_is_no_advice(text: str) -> None:
    assert advice(text) == ""
    assert not repeats_advice(text)


@pytest.mark.parametrize("text", WARNED.values(), ids=WARNED)
def test_what_is_quoted_or_warned_of_is_no_advice_but_repeats_it(text: str) -> None:
    assert advice(text) == ""
    assert repeats_advice(text)


@pytest.mark.parametrize("text", TABLE["advice"])
def test_advice_is_known_by_who_does_what_with_which_asset(text: str) -> None:
    assert advice(text)


@pytest.mark.parametrize("text", TABLE["none"])
def test_the_same_words_in_news_denials_and_warnings_are_no_advice(text: str) -> None:
    assert advice(text) == ""


PLAIN = "The park opened on Monday with 12 firms that make virtual reality headsets, its operator said. "
LATE = f"{PLAIN * 6}Don't miss our newsletter."


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        pytest.param("Reed Coin to the moon", PLAIN, "to the moon", id="the-headline"),
        pytest.param("A park opens", f"{PLAIN}Now buy the dip.", "buy the dip", id="the-opening"),
        pytest.param("A park opens", LATE, "", id="once-far-down"),
        pytest.param("A park opens", f"{LATE} Buy the dip.", "Don't miss", id="twice-far-down"),
        pytest.param("元宇宙园区开园", "园区周一开园。\n" * 9, "", id="news-zh"),
        pytest.param("元宇宙园区开园", "园区周一开园。现在抄底正当时。", "抄底", id="the-opening-zh"),
    ],
)
def test_an_article_advises_when_its_headline_its_opening_or_two_sentences_do(
    title: str, text: str, said: str
) -> None:
    assert advice_of(title, text, language="zh" if "园" in title else "en") == said


@pytest.mark.parametrize(
    "fragment", ["12 ", "建议", "将", "buy ", "“", "shares will ", "价格", "投资者应", "investors "]
)
def test_a_hostile_text_is_judged_in_reasonable_time(fragment: str) -> None:
    start = process_time()
    advice_of("t", fragment * (200_000 // len(fragment)), language="zh")
    assert process_time() - start < 4
