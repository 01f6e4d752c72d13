"""Advertisements dressed as news, and news that only looks like one."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.select.lexicon import load
from pipeline.select.promotion import salesmanship
from pipeline.select.relevance import judge

NEWS = "The park opened on Monday with 12 firms that make virtual reality headsets, its operator said."

SELLING = {
    "label-first": ("A park opens", f"Sponsored\n{NEWS}"),
    "label-before-the-title": ("[Advertisement] A park opens", NEWS),
    "label-before-the-title-zh": ("【推广】元宇宙园区开园", "园区周一开园，首批企业12家。"),
    "declared-last": ("A park opens", f"{NEWS}\nThis article was paid for by the park."),
    "declared-partner": ("A park opens", f"Partner content from the park.\n{NEWS}"),
    "declared-zh": ("元宇宙园区开园", "园区周一开园，首批企业12家。\n本文为商业推广，不代表本报立场。"),
    "call-and-offer": (
        "Own a plot in the park",
        f"{NEWS}\nReserve your plot today: the early-bird price ends on Sunday.",
    ),
    "call-and-offer-zh": (
        "元宇宙课程开班",
        "课程讲授数字藏品。\n扫码报名，早鸟价499元，名额有限。",
    ),
    "call-and-gain-zh": ("数字藏品入门", "行业正热。\n添加客服微信，跟着老师翻十倍。"),
}
TELLING = {
    "plain": ("A park opens", NEWS),
    "an-offer-alone": ("Headsets get cheaper", "The maker sells its headset at 20% off until the end of March."),
    "a-call-alone": ("Ticket sales begin", "Visitors must register before Friday, the museum said."),
    "a-warning": (
        "Regulator warns on land sales",
        "The bureau warned of sellers who promise guaranteed returns and urge buyers to act now with a discount code.",
    ),
    "a-warning-zh": (
        "监管部门提示元宇宙炒地风险",
        "通知提醒，有平台号称稳赚不赔，诱导消费者扫码加入，应警惕限时优惠等话术。",
    ),
    "quoted": (
        "Course seller fined",
        "Its page said “sign up now, early-bird price, guaranteed returns”. The court fined it 200,000 yuan.",
    ),
    "news-of-advertising": ("Virtual idols win advertisers", "Advertisement income of the platform rose by 12 percent."),
    "advertising-zh": ("虚拟人广告收入增长", "广告主今年在数字人上的投入增加了三成，平台称。"),
}  # fmt: skip


@pytest.mark.parametrize(("title", "text"), SELLING.values(), ids=SELLING.keys())
def test_an_advertisement_gives_itself_away(title: str, text: str) -> None:
    assert salesmanship(title, text)


@pytest.mark.parametrize(("title", "text"), TELLING.values(), ids=TELLING.keys())
def test_news_is_no_advertisement(title: str, text: str) -> None:
    assert salesmanship(title, text) == ()


def test_the_reason_names_the_phrases() -> None:
    title, text = SELLING["call-and-offer"]
    assert salesmanship(title, text) == ("call: “Own a plot”", "offer: “early-bird”")


def test_an_advertisement_on_the_beat_is_not_relevant_and_says_why() -> None:
    text = "上海元宇宙园区周一开园，首批虚拟现实企业12家。"
    assert judge("上海元宇宙园区开园", text, load()).relevant
    verdict = judge("上海元宇宙园区开园", f"{text}\n本文为商业推广。", load())
    assert not verdict.relevant
    assert verdict.why[-1] == "an advertisement: it is labelled “本文为商业推广”"


@pytest.mark.parametrize("fragment", ["1", "12 ", "1倍", "以", "“", "【", "a ", "% "])
def test_a_hostile_text_is_judged_in_reasonable_time(fragment: str) -> None:
    start = process_time()
    salesmanship("Shanghai metaverse fund", fragment * (200_000 // len(fragment)))
    assert process_time() - start < 4
