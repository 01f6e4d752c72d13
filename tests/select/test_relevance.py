"""What is on the beat, and what only looks like it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from pipeline.select.lexicon import Lexicon, LexiconEntry, load
from pipeline.select.relevance import RELEVANT, judge

TABLE = tomllib.loads(Path(__file__).with_name("headlines.toml").read_text(encoding="utf-8"))


def headlines(table: str) -> list[object]:
    """Return the headlines of both languages as parameters with ids."""
    return [
        pytest.param(title, id=f"{language}-{name}")
        for language, rows in TABLE[table].items()
        for name, title in rows
    ]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize("title", headlines("on_beat"))
def test_a_headline_on_the_beat_is_relevant(title: str, lexicon: Lexicon) -> None:
    verdict = judge(title, "", lexicon)
    assert verdict.relevant, verdict


@pytest.mark.parametrize("title", headlines("off_beat"))
def test_a_headline_that_only_looks_like_it_is_not(title: str, lexicon: Lexicon) -> None:
    verdict = judge(title, "", lexicon)
    assert not verdict.relevant, verdict


def test_why_names_the_very_phrases(lexicon: Lexicon) -> None:
    verdict = judge("Wuhan plans a metaverse park", "Officials spoke on Monday.", lexicon)
    assert verdict.why == ("topic: “metaverse” in the title", "China: “Wuhan” in the title")


def test_why_names_what_speaks_against(lexicon: Lexicon) -> None:
    verdict = judge("Bull run ahead for China blockchain tokens", "", lexicon)
    assert "against: “Bull run” in the title (crypto-price)" in verdict.why


def test_topics_and_companies_are_told_by_id(lexicon: Lexicon) -> None:
    verdict = judge("Baidu shows digital humans", "", lexicon)
    assert (verdict.topics, verdict.companies) == (("digital-human",), ("baidu",))


def test_the_title_counts_more_than_the_body(lexicon: Lexicon) -> None:
    filler = "The talks went on for hours and nothing was decided. " * 20
    in_title = judge("Hefei plans a metaverse park", filler, lexicon)
    in_body = judge("Talks go on", filler + "Hefei plans a metaverse park.", lexicon)
    assert in_title.score > RELEVANT > in_body.score


def test_china_in_the_background_does_not_make_foreign_news_ours(lexicon: Lexicon) -> None:
    text = (
        "Meta said on Tuesday that it would close its metaverse studio. " * 9
        + "It once sold headsets in China."
    )
    assert not judge("Meta closes its metaverse studio", text, lexicon).relevant


def test_news_in_the_lead_is_enough(lexicon: Lexicon) -> None:
    text = "The city of Wuhan will let citizens file papers in a virtual reality hall, the first metaverse office of Hubei."
    assert judge("A new way to file papers", text, lexicon).relevant


@pytest.mark.parametrize(
    ("title", "told"),
    [
        pytest.param("中国のメタバース産業が拡大している", "Japanese (ja)", id="japanese"),
        pytest.param("중국 메타버스 산업이 성장하고 있다", "Korean (ko)", id="korean"),
    ],
)
def test_a_language_not_read_here_is_named_as_the_reason(title: str, told: str, lexicon: Lexicon) -> None:
    verdict = judge(title, "", lexicon)
    assert (verdict.relevant, verdict.why) == (False, (f"language: {told} is not read here",))


def test_the_language_given_wins_over_the_script(lexicon: Lexicon) -> None:
    assert not judge("La Chine prépare un metaverse à Wuhan", "", lexicon, language="fr").relevant


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("😀😀", "🙂", id="emoji"),
        pytest.param("İİİ Wuhan metaverse ﬁ", "ß", id="letters-that-grow"),
        pytest.param("元宇宙" * 5000, "多元宇宙 VR NVR " * 50_000, id="endless"),
        pytest.param("\ud800 metaverse", "\x00", id="broken-unicode"),
    ],
)
def test_odd_input_gets_a_verdict_with_a_score_in_range(title: str, text: str, lexicon: Lexicon) -> None:
    verdict = judge(title, text, lexicon)
    assert 0 <= verdict.score <= 1
    assert verdict.why


def test_without_a_lexicon_nothing_is_relevant(lexicon: Lexicon) -> None:
    assert not judge("China metaverse", "", replace(lexicon, entries=())).relevant


def test_a_thousand_articles_are_judged_in_a_few_seconds(lexicon: Lexicon) -> None:
    text = (
        "武汉市有关部门负责人表示，将继续推进元宇宙产业发展，为企业提供更好的服务。会议还讨论了其他事项。"
        * 20
    )
    start = process_time()
    for number in range(1000):
        judge(f"第{number}次会议在武汉召开", text, lexicon)
    assert process_time() - start < 5


ROOM = "The freight train brought 41 containers of garden tools, violins and flasks from Chongqing. " * 8


@pytest.mark.parametrize(
    ("text", "relevant"),
    [
        (f"VR, as the railway is called, unloaded its first train. {ROOM}", False),
        (f"VR makers met in Chongqing. {ROOM} Their headsets are made there.", True),
        (f"VR makers met in Chongqing. {ROOM} Virtual reality is taught there.", True),
        ("VR makers met in Chongqing.", True),
    ],
    ids=["alone", "another-name-of-the-topic", "spelled-out", "no-room"],
)
def test_a_short_name_must_keep_company_where_there_is_room(
    lexicon: Lexicon, text: str, *, relevant: bool
) -> None:
    assert judge("VR comes to Chongqing", text, lexicon).relevant is relevant


def test_a_column_is_not_relevant_and_says_why(lexicon: Lexicon) -> None:
    verdict = judge("我家的猫住进了元宇宙", "成都人都在谈元宇宙，我回家看见了猫。", lexicon)
    assert not verdict.relevant
    assert verdict.why[-1].startswith("no news: a column")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Unlike the metaverse craze, Hefei’s chip plan has customers", "", id="unlike"),
        pytest.param("“Nothing to do with the metaverse”, says Sanya mall", "", id="nothing-to-do-with"),
        pytest.param("上海商场改名，此举与元宇宙无关", "", id="zh-no-relation"),
        pytest.param("不追元宇宙，合肥押注存储芯片", "", id="zh-not-after"),
        pytest.param("上海商場改名，與元宇宙無關", "", id="zh-hant-no-relation"),
    ],
)
def test_what_is_named_only_to_be_denied_is_not_named(title: str, text: str, lexicon: Lexicon) -> None:
    assert not judge(title, text, lexicon).topics


def test_a_topic_named_again_beside_a_denial_is_named(lexicon: Lexicon) -> None:
    text = "Unlike the metaverse of others, the metaverse of Hefei has customers."
    assert judge("Hefei shows its plan", text, lexicon).topics == ("metaverse",)


def test_topic_and_home_far_apart_have_less_to_do_with_each_other(lexicon: Lexicon) -> None:
    filler = "The talks went on for hours and nothing was decided. " * 10
    near = judge("Evening brief", f"A metaverse hall opened in Wuhan. {filler}", lexicon)
    far = judge("Evening brief", f"A metaverse hall opened. {filler}Rain fell in Wuhan.", lexicon)
    assert near.relevant
    assert far.score < 0.7 * near.score


def test_the_name_of_the_outlet_behind_a_title_says_nothing(lexicon: Lexicon) -> None:
    title = "China court calls NFTs property"
    assert judge(f"{title} – Bitcoin News", "", lexicon).score == judge(title, "", lexicon).score


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        pytest.param("武汉建设元宇宙产业园", "武漢建設元宇宙產業園", id="topic-and-city"),
        pytest.param("杭州发放数字藏品", "杭州發放數字藏品", id="collectibles"),
        pytest.param("广州虚拟现实展开幕", "廣州虛擬現實展開幕", id="virtual-reality"),
    ],
)
def test_traditional_and_simplified_are_alike(simplified: str, traditional: str, lexicon: Lexicon) -> None:
    one, other = judge(simplified, "", lexicon), judge(traditional, "", lexicon)
    assert (one.score, one.topics) == (other.score, other.topics)
    assert one.relevant


def test_hints_add_up_to_what_a_language_takes_for_granted(lexicon: Lexicon) -> None:
    glasses = LexiconEntry(id="glasses", table="topic", zh_hans=("样品眼镜",), weight=1)
    hint = LexiconEntry(id="round", table="home", kind="hint", zh_hans=("轮融资",))
    own = replace(lexicon, entries=(glasses, hint))
    assert not judge("样品眼镜还有多远", "", own).relevant
    assert judge("某厂完成两轮融资，做样品眼镜", "", own).relevant
