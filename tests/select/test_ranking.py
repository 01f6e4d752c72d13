"""The best first, by a formula that says what it is made of; and no issue full of one firm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.model import Article, Story
from pipeline.select.lexicon import Lexicon, load
from pipeline.select.ranking import Ranked, crowds, next_best, rank
from tests.select.builders import NOON, article


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


def story(*articles: Article) -> Story:
    return Story(articles=articles)


def ranked(
    stories: Sequence[Story],
    lexicon: Lexicon,
    *,
    relevance: dict[str, float] | None = None,
    copies: Sequence[str] = (),
) -> tuple[Ranked, ...]:
    return rank(stories, relevance=relevance or {}, lexicon=lexicon, now=NOON, copies=copies)


PLAIN = article("Plain", url="https://a.example/plain", published=NOON - timedelta(hours=10))
BETTER = {
    "more-relevant": (PLAIN, 0.9),
    "of-higher-standing": (article("Better", standing=0.9, published=PLAIN.published), 0.6),
    "newer": (article("Better", published=NOON), 0.6),
    "of-a-larger-firm": (article("Tencent acts", published=PLAIN.published), 0.6),
    "of-a-ministry": (article("工信部发文", published=PLAIN.published), 0.6),
}


@pytest.mark.parametrize(("better", "relevance"), BETTER.values(), ids=BETTER)
def test_the_better_story_comes_first(better: Article, relevance: float, lexicon: Lexicon) -> None:
    plain = article("Other", url="https://z.example/other", published=PLAIN.published)
    found = ranked([story(plain), story(better)], lexicon, relevance={plain.url: 0.6, better.url: relevance})
    assert found[0].story.lead == better


def test_more_outlets_lift_a_story_but_more_articles_of_one_do_not(lexicon: Lexicon) -> None:
    one = [article("One", f"telling {n}", source="a") for n in range(3)]
    many = [article("Many", f"telling {n}", source=f"s{n}") for n in range(3)]
    assert [each.why[1] for each in ranked([story(*one), story(*many)], lexicon)] == ["3 outlets", "1 outlet"]


def test_an_outlet_that_prints_anothers_text_is_not_independent(lexicon: Lexicon) -> None:
    told = [article("Told", "telling", source=f"s{n}", url=f"https://s{n}.example/") for n in range(3)]
    (found,) = ranked([story(*told)], lexicon, copies=[told[1].url, told[2].url])
    assert found.why[1] == "1 outlet, and 2 with a copy"


def test_scores_lie_between_nought_and_one(lexicon: Lexicon) -> None:
    best = [article("Tencent", f"{n}", source=f"s{n}", standing=1.0, published=NOON) for n in range(9)]
    worst = article("Worst", standing=0.0, published=NOON - timedelta(days=900))
    found = ranked([story(*best), story(worst)], lexicon, relevance={best[0].url: 1.0})
    assert found[0].score == 1.0
    assert 0 <= found[1].score < 0.01


def test_equal_stories_stand_in_the_order_of_their_addresses(lexicon: Lexicon) -> None:
    pair = [story(article("x", url=f"https://{host}.example/")) for host in "ba"]
    found = [each.story.lead.url for each in ranked(pair, lexicon)]
    assert found == ["https://a.example/", "https://b.example/"]


def test_a_date_to_come_makes_a_story_no_newer(lexicon: Lexicon) -> None:
    future = article(
        "Future", published=datetime(2099, 1, 1, tzinfo=UTC), first_seen=NOON - timedelta(hours=5)
    )
    (found,) = ranked([story(future)], lexicon)
    assert found.why[2] == "newest 5 h before the slot"


def test_why_is_the_formula_with_its_numbers(lexicon: Lexicon) -> None:
    told = replace(PLAIN, title="Tencent acts")
    (found,) = ranked([story(told)], lexicon, relevance={told.url: 0.8})
    assert found.why == (
        "0.35 × relevance 0.80 + 0.20 × outlets 0.00 + 0.15 × standing 0.50 + 0.15 × recency 0.75 "
        f"+ 0.15 × size 1.00 = {found.score:.2f}",
        "1 outlet",
        "newest 10 h before the slot",
        "largest in its headlines: “Tencent”",
    )
    terms = re.findall(r"([\d.]+) × \w+ ([\d.]+)", found.why[0])
    assert sum(float(weight) * float(value) for weight, value in terms) == pytest.approx(
        found.score, abs=0.01
    )


def test_weights_are_shares_of_their_sum(lexicon: Lexicon) -> None:
    weights = replace(lexicon.weights, relevance=3, outlets=0, standing=1, recency=0, size=0)
    (found,) = ranked([story(PLAIN)], replace(lexicon, weights=weights), relevance={PLAIN.url: 1.0})
    assert found.score == 0.875
    assert found.why[0].startswith("0.75 × relevance 1.00 + 0.00 × outlets")


def issue_of(titles: Sequence[str], lexicon: Lexicon, *, most: int) -> list[str]:
    """Return the titles in the order in which they are taken, each worth less than the one before."""
    told = [article(title, f"{title}.", url=f"https://a.example/{at:02}") for at, title in enumerate(titles)]
    worth = {each.url: 1 - at / 100 for at, each in enumerate(told)}
    by_worth = replace(lexicon, weights=replace(lexicon.weights, size=0))
    waiting = list(ranked([story(each) for each in told], by_worth, relevance=worth))
    chosen: list[Ranked] = []
    while waiting and len(chosen) < most:
        chosen.append(waiting.pop(next_best(waiting, chosen, weights=lexicon.weights, most=most)))
    return [each.story.lead.title for each in chosen]


FIRM = ["腾讯发布数字人", "Tencent shows a headset", "Tencent opens a hall", "腾讯关闭幻核"]
"""Four on one firm, in both languages."""
UNKNOWN = ["Pondweed raises money", "Pondweed hires Ann", "Pondweed shuts its shop"]
"""Three on a firm that the lexicon does not know."""
UNKNOWN_ZH = ["苇鱼光学完成融资", "苇鱼光学武汉产线开工", "苇鱼光学招聘百人"]


@pytest.mark.parametrize("of_one", [FIRM, UNKNOWN, UNKNOWN_ZH], ids=["known", "unknown", "unknown-zh"])
def test_a_third_item_on_one_firm_waits_for_what_else_there_is(of_one: list[str], lexicon: Lexicon) -> None:
    taken = issue_of([*of_one, "Rokid sells glasses", "无关的消息"], lexicon, most=4)
    assert taken == [*of_one[:2], "Rokid sells glasses", "无关的消息"]


def test_when_nothing_else_is_there_one_firm_may_fill_the_issue(lexicon: Lexicon) -> None:
    assert issue_of(FIRM, lexicon, most=4) == FIRM


def test_no_section_takes_more_than_its_part_while_others_have_something(lexicon: Lexicon) -> None:
    policy = [f"MIIT drafts rules {n}" for n in "abcde"]
    taken = issue_of([*policy, "Museum drops digital collectibles", "HTC shuts a shop"], lexicon, most=5)
    assert taken == [*policy[:3], "Museum drops digital collectibles", "HTC shuts a shop"]


def test_what_waits_says_for_what(lexicon: Lexicon) -> None:
    told = ranked([story(article(title)) for title in FIRM], lexicon)
    assert crowds(told[2], told[:2], weights=lexicon.weights, most=9) == "2 on “Tencent” stand already"
    assert crowds(told[2], (), weights=lexicon.weights, most=9) == ""


def test_headlines_that_begin_with_a_common_word_are_on_no_firm(lexicon: Lexicon) -> None:
    told = article("Museum sells a bronze", "The museum sold it on Monday.")
    assert ranked([story(told)], lexicon)[0].firms == frozenset()
