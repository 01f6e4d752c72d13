"""Whatever a page holds, the issue is made, and every article is in an item or left out with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

from pipeline.jobs.choose import LONGEST_HEADLINE
from pipeline.model import Article, Issue, Item
from pipeline.select.duplicates import find_duplicates
from pipeline.select.lexicon import load
from pipeline.select.stories import group
from pipeline.summarise.extractive import MOST_CHARACTERS
from tests.jobs.composing import article, composed
from tests.jobs.rooms import DAILY, DUE, furnish, room
from tests.jobs.test_compose import FUND, FUND_TEXT, HALL, HALL_TEXT

SEEN = DUE - timedelta(hours=1)
ZH = "郑州设立百亿元元宇宙基金"
ZH_TEXT = "郑州市周一宣布设立百亿元元宇宙基金，支持虚拟现实和数字人企业。"
BIDI = "\u202e\u2066\u200f\ufeff\u200b"


def odd(title: str, text: str, *, language: str = "en", published: datetime | None = SEEN) -> Article:
    return article(title, text, seen=SEEN, published=published, language=language)


ODD = {
    "plain": odd(HALL, HALL_TEXT),
    "nothing": odd("", ""),
    "no text": odd("Hainan drafts rules for the metaverse", ""),
    "blank text": odd("Museum in Xinjiang sells digital collectibles", " \n\n\t \u3000\n"),
    "no headline": odd("", f"In Wuhan, {FUND_TEXT}"),
    "its address as headline": replace(
        odd("", f"In Hefei, {FUND_TEXT}"), title="https://one.example/a", url="https://one.example/a"
    ),
    "200,000 words": odd("A metaverse book from Shanghai", "The metaverse of Shanghai grows by a page. " * 25_000),
    "20,000 different words": odd("A metaverse list", f"{FUND_TEXT} " + " ".join(map(str, range(20_000)))),
    "a long page in Chinese": odd("上海元宇宙长卷", ZH_TEXT * 2_000, language="zh"),
    "capitals": odd(FUND.upper().replace("ZHENGZHOU", "WUHAN"), FUND_TEXT.upper()),
    "mixed scripts": odd(
        "Zhengzhou 郑州 метавселенная メタバース fund",
        "郑州 metaverse 基金 10亿元 планируется. " * 9,
    ),
    "emoji": odd("🚀🔥👩‍🚀 Wuhan metaverse fund 💰💰", f"🚀 {FUND_TEXT} 🇨🇳🎉"),
    "emoji alone": odd("🚀🚀🚀", f"🔥 {FUND_TEXT}"),
    "scanned": odd(
        "Zhengzh0u p1ans l0 bi11ion yuan metaverse fund",
        "Zhengzh0u p1ans t0 set up a meta-\nverse fund 0f l0 bil1ion yuan, rn the c1ty sa1d. ~| ;; ﬁrms China " * 9,
    ),
    "no date": odd(FUND.replace("10", "11"), FUND_TEXT, published=None),
    "2099": odd(FUND.replace("10", "12"), FUND_TEXT, published=datetime(2099, 1, 1, tzinfo=UTC)),
    "1970": odd(FUND.replace("10", "13"), FUND_TEXT, published=datetime(1970, 1, 1, tzinfo=UTC)),
    "Japanese": odd("上海がメタバース基金を設立", "上海市はメタバース基金を設立すると発表した。", language="ja"),
    "Korean": odd("상하이 메타버스 펀드", "상하이시가 메타버스 펀드를 설립한다.", language="ko"),
    "no language": odd(FUND.replace("10", "14"), FUND_TEXT, language="und"),
    "5,000 characters of title": odd(f"{FUND} " * 106, FUND_TEXT),
    "5,000 characters of Chinese title": odd(ZH * 417, ZH_TEXT, language="zh"),
    "one endless line": odd("Metaverse of Zhengzhou", "Zhengzhou metaverse virtual reality fund China " * 4_000),
    "one endless word": odd("Metaverse of Hefei", f"{FUND_TEXT} " + "metaverse" * 9_000),
    "endless without a space": odd("合肥元宇宙", "元宇宙" * 9_000, language="zh"),
    "full stops": odd("Metaverse of Suzhou", "." * 20_000),
    "opening quotes": odd("Metaverse of Ningbo", "“" * 20_000),
    "digits": odd("Metaverse of Xiamen", "1" * 20_000),
    "Chinese digits": odd("厦门元宇宙", "十" * 20_000, language="zh"),
    "null characters": odd("Zhengzhou\0 metaverse\0 fund", FUND_TEXT.replace(" ", " \0")),
    "bidi marks": odd(f"{BIDI}Zhengzhou metaverse{BIDI} fund", f"{BIDI}{FUND_TEXT}{BIDI}"),
    "markup": odd(
        "<script>alert(1)</script> Wuhan metaverse {{ fund }}",
        f"<img src=x onerror=alert(1)> {{% raw %}} {FUND_TEXT}",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def issue(tmp_path_factory: pytest.TempPathFactory) -> Issue:
    """Return an issue of all that is odd."""
    newsletters = DAILY + "max_items = 25\n"
    home = furnish(
        tmp_path_factory.mktemp("odd") / "room", newsletters=newsletters, sources="https://one.example"
    )
    with room(home) as (newsroom, _):
        return composed(newsroom, *ODD.values())


def item_of(issue: Issue, url: str) -> Item | None:
    return next((item for item in issue.items if url in {a.url for a in item.articles}), None)


def reasons(issue: Issue) -> dict[str, str]:
    return {out.url: out.why for out in issue.left_out}


@pytest.mark.parametrize("name", ODD)
def test_it_is_in_an_item_or_left_out_once_with_a_reason(issue: Issue, name: str) -> None:
    url = ODD[name].url
    ended = [a.url for item in issue.items for a in item.articles] + [out.url for out in issue.left_out]
    assert ended.count(url) == 1
    assert item_of(issue, url) or reasons(issue)[url]


def test_the_issue_of_it_may_go_out(issue: Issue) -> None:
    assert (issue.status, issue.hold_detail) == ("approved", "")
    assert {item.headline for item in issue.items} >= {HALL}


def test_no_item_is_without_words_or_longer_than_one_reads(issue: Issue) -> None:
    for item in issue.items:
        assert item.summary
        assert 0 < len(item.headline) <= LONGEST_HEADLINE
        assert len(item.summary) <= MOST_CHARACTERS + 1


def test_no_control_or_bidi_character_reaches_a_reader(issue: Issue) -> None:
    (variant,) = issue.variants
    assert not set("\0" + BIDI) & set(variant.html + variant.text + variant.subject)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing", "off the beat: topic: none of the beat is named"),
        ("no text", "no sentence of it can stand as a summary"),
        ("blank text", "no sentence of it can stand as a summary"),
        ("full stops", "no sentence of it can stand as a summary"),
        ("opening quotes", "no sentence of it can stand as a summary"),
        ("digits", "no sentence of it can stand as a summary"),
        ("Chinese digits", "no sentence of it can stand as a summary"),
        ("endless without a space", "no sentence of it can stand as a summary"),
        ("no headline", "it has no headline"),
        ("its address as headline", "it has no headline"),
        ("emoji alone", "it has no headline"),
        ("1970", "too old: published 1970-01-01"),
        ("Japanese", "off the beat: language: Japanese (ja) is not read here"),
        ("Korean", "off the beat: language: Korean (ko) is not read here"),
        ("5,000 characters of title", "no headline is so long: "),
        ("5,000 characters of Chinese title", "no headline is so long: "),
    ],
)
def test_what_cannot_be_printed_is_left_out_with_the_reason(issue: Issue, name: str, why: str) -> None:
    assert reasons(issue)[ODD[name].url].startswith(why)


@pytest.mark.parametrize("name", ["no date", "2099"])
def test_a_date_that_is_missing_or_cannot_be_is_not_printed(tmp_path: Path, name: str) -> None:
    home = furnish(tmp_path / "room", sources="https://one.example")
    with room(home) as (newsroom, _):
        (item,) = composed(newsroom, ODD[name]).items
    assert item.published is None


def copies(number: int, *, outlets: int) -> Sequence[Article]:
    return [
        replace(ODD["plain"], source=f"s{n % outlets}", url=f"https://s{n % outlets}.example/{n}")
        for n in range(number)
    ]


def test_ten_thousand_copies_of_a_press_release_are_one_story_in_a_few_seconds() -> None:
    begun = process_time()
    told = copies(10_000, outlets=50)
    assert len(find_duplicates(told)) == 9_999
    assert len(group(told, load())) == 1
    assert process_time() - begun < 20  # took 2; copies compared one with another would take hours


def test_copies_of_a_press_release_are_one_item_and_each_is_accounted_for(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room", sources="https://one.example")
    with room(home) as (newsroom, _):
        issue = composed(newsroom, *copies(500, outlets=20))
    (item,) = issue.items
    assert (len(item.articles), len(item.sources), len(issue.left_out)) == (20, 20, 480)
    assert all(out.why.startswith("repeats https://") for out in issue.left_out)
    assert "1 outlet, and 19 with a copy" in item.why
