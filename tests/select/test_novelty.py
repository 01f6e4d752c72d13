"""What was sent does not come again, unless there is news in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.model import Article, Story
from pipeline.select.lexicon import Lexicon, load
from pipeline.select.news import new_facts
from pipeline.select.novelty import MEMORY, Memory, NoveltyKind, Sent, judge_novelty
from tests.select.builders import NOON, article

TITLE = "Zhengzhou plans 10 billion yuan metaverse fund"
TEXT = (
    "Zhengzhou plans to set up a metaverse fund of 10 billion yuan, the city government said on Monday. "
    "The fund is to back firms that build virtual reality gear and digital humans in the province of Henan."
)
SENT = Sent(
    headline=TITLE,
    texts={"en": f"{TITLE}\n{TEXT}"},
    sent_at=NOON,
    day=f"{NOON:%Y-%m-%d}",
    urls=("https://press.example/fund",),
    article_ids=(7,),
)
NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


def later(title: str, text: str, *, url: str = "", id: int | None = None) -> Article:
    """Return an article of the day after."""
    return article(title, text, url=url, id=id, published=NEXT_DAY, first_seen=NEXT_DAY)


def novelty_of(
    told: Article, lexicon: Lexicon, *, days: int = 1, more: tuple[Article, ...] = ()
) -> tuple[NoveltyKind, str]:
    """Judge a story against the one item sent."""
    memory = Memory([SENT], lexicon, now=NOON + timedelta(days=days))
    found = judge_novelty(Story(articles=(told, *more)), memory)
    return found.kind, found.why


REWORDED = (
    "A metaverse fund of 10 billion yuan is planned by Zhengzhou, its city government said on Monday. "
    "Firms that build digital humans and virtual reality gear in Henan province can hope for money."
)


SCHOOL = "Zhengzhou plans metaverse school with 600 places"
SCHOOL_TEXT = (
    "Zhengzhou plans a school that trains makers of digital humans, the city government said on Tuesday. "
    "It has 600 places and takes three years."
)


@pytest.mark.parametrize(
    ("told", "kind", "why"),
    [
        pytest.param(
            later("Zhengzhou to set up metaverse fund", TEXT),
            "known",
            "the same text as sent",
            id="wire-copy",
        ),
        pytest.param(
            later("Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED),
            "known",
            "nothing new since",
            id="retold",
        ),
        pytest.param(
            later(
                "Zhengzhou plans 25 billion yuan metaverse fund", REWORDED.replace("10 billion", "25 billion")
            ),
            "update",
            "new number “25 billion yuan metaverse fund”",
            id="new-number",
        ),
        pytest.param(
            later(
                "Tencent joins Zhengzhou metaverse fund of 10 billion yuan",
                f"Tencent has a part in it. {REWORDED}",
            ),
            "update",
            "new actor “Tencent”",
            id="new-actor",
        ),
        pytest.param(
            later("Zhengzhou launches 10 billion yuan metaverse fund", REWORDED),
            "update",
            "new stage “launched”",
            id="new-stage",
        ),
        pytest.param(
            later(SCHOOL, SCHOOL_TEXT),
            "new",
            "only somewhat like",
            id="another-thing-the-same-city-did",
        ),
        pytest.param(
            later("PICO lays off 300 people", "The headset maker PICO began to lay off staff on Monday."),
            "new",
            "nothing like it",
            id="other-event",
        ),
        pytest.param(
            later(
                "郑州拟设100亿元元宇宙产业基金",
                "郑州市政府公布，将在河南设立总规模100亿元的元宇宙基金，支持虚拟现实和数字人企业。",
            ),
            "known",
            "nothing new since",
            id="retold-in-chinese",
        ),
    ],
)
def test_a_story_is_judged_by_what_was_sent(told: Article, kind: str, why: str, lexicon: Lexicon) -> None:
    found, reason = novelty_of(told, lexicon)
    assert (found.value, why in reason) == (kind, True), reason


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Zhengzhou college teaches virtual reality to 120 students",
            "A college in Zhengzhou will teach virtual reality from autumn on. The first 120 students build gear of their own.",
            id="same-city-and-topic",
        ),
        pytest.param(
            "Zhengzhou headset maker Cattail raises 85 million yuan",
            "Cattail, a Zhengzhou firm that builds virtual reality gear, has raised 85 million yuan from a fund in Henan.",
            id="same-city-and-money",
        ),
    ],
)
def test_another_actors_news_of_the_same_city_and_topic_is_no_update(
    title: str, text: str, lexicon: Lexicon
) -> None:
    kind, why = novelty_of(later(title, text), lexicon)
    assert kind is NoveltyKind.NEW, why


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            later("Other", "Other.", url="http://www.press.example/fund?utm_source=x"), id="address"
        ),
        pytest.param(later("Other", "Other.", id=7), id="number"),
    ],
)
def test_an_article_that_was_sent_is_known_again(told: Article, lexicon: Lexicon) -> None:
    memory = Memory([SENT], lexicon, now=NEXT_DAY)
    assert memory.sent_before(told) == f"sent before: “{TITLE}” of {NOON:%Y-%m-%d}"
    assert memory.sent_before(later(TITLE, TEXT)) == ""


def test_an_update_names_the_articles_that_hold_nothing_new(lexicon: Lexicon) -> None:
    retold = later("Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED)
    news = later("Zhengzhou launches 10 billion yuan metaverse fund", REWORDED)
    memory = Memory([SENT], lexicon, now=NEXT_DAY)
    found = judge_novelty(Story(articles=(retold, news)), memory)
    assert found.kind is NoveltyKind.UPDATE
    assert set(found.told_before) == {retold.url}


def test_news_that_stands_beside_a_repeat_is_not_dropped_with_it(lexicon: Lexicon) -> None:
    retold = later("Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED)
    school = later(SCHOOL, SCHOOL_TEXT)
    found = judge_novelty(Story(articles=(retold, school)), Memory([SENT], lexicon, now=NEXT_DAY))
    assert found.kind is NoveltyKind.NEW
    assert set(found.told_before) == {retold.url}


def test_after_ninety_days_it_is_forgotten(lexicon: Lexicon) -> None:
    told = article(
        "Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED, url="https://press.example/fund"
    )
    assert novelty_of(told, lexicon, days=90)[0] is NoveltyKind.KNOWN
    assert novelty_of(told, lexicon, days=91)[0] is NoveltyKind.NEW


def test_what_was_sent_after_the_slot_does_not_count(lexicon: Lexicon) -> None:
    told = article(TITLE, TEXT)
    memory = Memory([SENT], lexicon, now=NOON - timedelta(hours=1))
    assert judge_novelty(Story(articles=(told,)), memory).kind is NoveltyKind.NEW


def test_a_story_partly_sent_is_known_unless_the_rest_has_news(lexicon: Lexicon) -> None:
    old = later(TITLE, TEXT, url="https://press.example/fund")
    retold = later("Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED)
    news = later("Zhengzhou launches 10 billion yuan metaverse fund", REWORDED)
    assert novelty_of(old, lexicon, more=(retold,))[0] is NoveltyKind.KNOWN
    assert novelty_of(old, lexicon, more=(news,))[0] is NoveltyKind.UPDATE


def test_an_article_older_than_what_was_sent_is_no_update(lexicon: Lexicon) -> None:
    stale = article(
        "Zhengzhou launches 10 billion yuan metaverse fund", REWORDED, published=NOON - timedelta(days=4)
    )
    kind, why = novelty_of(stale, lexicon)
    assert kind is NoveltyKind.KNOWN, why


def test_the_item_that_told_it_before_is_named(lexicon: Lexicon) -> None:
    _, why = novelty_of(later("Zhengzhou launches 10 billion yuan metaverse fund", REWORDED), lexicon)
    assert why.endswith(f"since “{TITLE}” of 2026-03-02")


def test_with_nothing_sent_all_is_new(lexicon: Lexicon) -> None:
    memory = Memory([], lexicon, now=NOON)
    assert judge_novelty(Story(articles=(article(TITLE, TEXT),)), memory).kind is NoveltyKind.NEW


def test_a_story_sent_in_two_languages_is_remembered_in_both(lexicon: Lexicon) -> None:
    sent = Sent(
        headline="Plumrain bars resale and refunds 4,600 buyers",
        texts={
            "en": "Plumrain bars resale and refunds 4,600 buyers\nThe platform for collectibles said so on Monday.",
            "zh": "梅雨数藏停止转售，退款4600人\n数字藏品平台梅雨数藏周一宣布停止转售，已向4600名买家退款。",
        },
        sent_at=NOON,
        day=f"{NOON:%Y-%m-%d}",
    )
    told = article(
        "梅雨数藏退款扩大到5300人",
        "数字藏品平台梅雨数藏停止转售后，退款买家由4600名增加到5300名。",
        published=NEXT_DAY,
        first_seen=NEXT_DAY,
    )
    found = judge_novelty(Story(articles=(told,)), Memory([sent], lexicon, now=NEXT_DAY))
    assert (found.kind, found.sent) == (NoveltyKind.UPDATE, sent)


def facts_of(told: Article, sent: str, lexicon: Lexicon) -> list[tuple[str, ...]]:
    """Return what is new in an article, in both languages, with what was sent where it counts the same."""
    facts = new_facts(told, sent, lexicon)
    return [tuple(filter(None, (fact.kind, fact.en, fact.zh, fact.was_en, fact.was_zh))) for fact in facts]


FACTS = {
    "count": (
        "15 members join the metaverse committee",
        "12 members join the metaverse committee",
        [("number", "15 members", "15家会员", "12", "12")],
    ),
    "count-zh": ("元宇宙委员会增至15家会员", "元宇宙委员会有12家会员", [("number", "15 members", "元宇宙委员会增至15家会员", "12", "12家")]),
    "large-count-zh": ("退款扩大到5300人", "退款4600人", [("number", "5,300 people", "退款扩大到5300人", "4,600", "4600人")]),
    "count-of-something-else": ("15 firms join the committee", "12 members join the committee", []),
    "money-of-something-else": (
        "Rokid earns 25 million yuan with glasses",
        "Rokid pays 10 million yuan in rent",
        [("number", "Rokid earns 25 million yuan with glasses", "2,500万元")],
    ),
    "money-as-converted": ("Lotus raises 230 million yuan", "莲花获2.3亿元融资", []),
    "money-of-another-currency": ("Lotus raises 10 million yuan", "Lotus raises $1.4 million", []),
    "proposed-adopted": ("MIIT adopts VR standard", "MIIT drafts VR standard", [("stage", "adopted", "adopted")]),
    "proposed-adopted-zh": ("工信部印发虚拟现实标准", "工信部就虚拟现实标准征求意见", [("stage", "adopted", "adopted")]),
    "proposed-adopted-hant": ("工信部印發虛擬現實標準", "工信部就虛擬現實標準徵求意見", [("stage", "adopted", "adopted")]),
    "planned-set-up": ("Wuxi sets up metaverse fund", "Wuxi plans metaverse fund", [("stage", "founded", "founded")]),
    "planned-set-up-zh": ("无锡设立元宇宙基金", "无锡拟设立元宇宙基金", [("stage", "founded", "founded")]),
    "planned-launched-zh": ("园区揭牌", "拟建园区", [("stage", "launched", "launched")]),
    "back-to-the-start": ("MIIT drafts VR standard", "MIIT adopts VR standard", []),
    "the-noun-plan": ("Wuxi and its plans for a fund", "Wuxi to set up fund", []),
    "dropped": ("Lotus drops plan to buy Reed", "Lotus to buy Reed", [("stage", "dropped", "dropped")]),
    "dropped-zh": ("莲花放弃收购芦苇", "莲花拟收购芦苇", [("stage", "dropped", "dropped")]),
    "another-fund-that-is-there": (
        "Wuxi opens metaverse park",
        "Wuxi plans metaverse park\nWuxi plans a metaverse park by the lake. A shopping mall opened in Suzhou last year.",
        [("stage", "launched", "launched")],
    ),
    "stopped": ("Tencent shuts its collectibles app", "Tencent launches its collectibles app", [("stage", "stopped", "stopped")]),
    "raised-by-so-much-is-no-round": (
        "Zhengzhou raises fund to 25 billion yuan",
        "Zhengzhou plans fund",
        [("number", "Zhengzhou raises fund to 25 billion yuan", "250亿元")],
    ),
    "stage-before-number": (
        "Zhengzhou adopts plan for a 25 billion yuan fund",
        "Zhengzhou plans a 10 billion yuan fund",
        [("stage", "adopted", "adopted"), ("number", "25 billion yuan fund", "250亿元")],
    ),
    "actor": ("腾讯加入元宇宙委员会", "元宇宙委员会成立", [("actor", "Tencent", "腾讯")]),
    "model": ("Pico Neo 3 goes on sale", "Pico 4 goes on sale", []),
    "nothing": ("The fund in brief", "The fund in brief", []),
}  # fmt: skip


@pytest.mark.parametrize(("title", "sent", "facts"), FACTS.values(), ids=FACTS)
def test_what_is_new_is_told_in_both_languages(
    title: str, sent: str, facts: list[tuple[str, ...]], lexicon: Lexicon
) -> None:
    assert facts_of(article(title), sent, lexicon) == facts


WAS = {
    "told by the article": ("The studio grew from 50 anchors to 120 anchors.", "", "50"),
    "told by the article, after it": ("The studio has 120 anchors, up from 50 last year.", "", "50"),
    "a range": ("Its prices go from 100 yuan to 500 yuan.", "", ""),
    "counted the same": ("The studio now has 120 anchors.", "The studio has 50 anchors.", "50"),
    "planned": ("The studio now has 120 anchors.", "The studio has 200 anchors planned.", ""),
    "an aim": ("The studio hired 120 anchors.", "The studio aims to hire 200 anchors.", ""),
    "something else of it": ("The studio holds 120 people.", "The studio was built by 300 people.", ""),
    "of the same things the one done alike": (
        "The studio now holds 120 people.",
        "The studio was built by 300 people. It holds 100 people.",
        "100",
    ),
    "another's": ("At Lotus Pond has 120 anchors.", "At Lotus Reed has 50 anchors.", ""),
    "two numbers": ("The studio has 120 anchors.", "The studio has 50 anchors. In May the studio has 200 anchors.", ""),
    "told by the very clause": ("退款对象由50人扩大到120人。", "", ""),
    "told as before, in Chinese": ("演播室有120名主播，此前为50名。", "", "50名"),
    "planned, in Chinese": ("演播室有120名主播。", "演播室目标有200名主播。", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sent", "was"), WAS.values(), ids=WAS)
def test_an_old_number_stands_only_where_it_counted_the_same(
    text: str, sent: str, was: str, lexicon: Lexicon
) -> None:
    (fact,) = new_facts(article("Studio", text), f"Studio\n{sent}", lexicon)
    assert (fact.was_zh if "。" in text else fact.was_en) == was


def test_a_fact_that_the_other_language_has_no_words_for_is_empty_in_it(lexicon: Lexicon) -> None:
    (fact,) = new_facts(article("The studio hires 120 storytellers"), "The studio", lexicon)
    assert (fact.en, fact.zh) == ("120 storytellers", "")


def test_memory_ends_to_the_second(lexicon: Lexicon) -> None:
    told = article("Zhengzhou plans metaverse fund of 10 billion yuan", REWORDED)
    kinds = [
        judge_novelty(Story(articles=(told,)), Memory([SENT], lexicon, now=NOON + MEMORY + beyond)).kind
        for beyond in (timedelta(0), timedelta(seconds=1))
    ]
    assert kinds == [NoveltyKind.KNOWN, NoveltyKind.NEW]


def test_an_update_says_what_is_new_in_it(lexicon: Lexicon) -> None:
    news = later("Zhengzhou launches 10 billion yuan metaverse fund", REWORDED)
    found = judge_novelty(Story(articles=(news,)), Memory([SENT], lexicon, now=NEXT_DAY))
    assert [(fact.kind, fact.en) for fact in found.facts] == [("stage", "launched")]
