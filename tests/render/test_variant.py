"""What a set issue promises, shown on golden mails one can open in a browser."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.model import Fact, Issue, Item, News
from pipeline.render.anatomy import take_apart
from pipeline.render.lint import lint
from pipeline.render.plaintext import columns
from pipeline.render.variant import as_markdown, render, shorten
from tests.render.samples import (
    CHINESE,
    CHINESE_ONLY,
    COLLECTIBLE,
    ENGLISH,
    FULL,
    GUIDE,
    LEAVE_URL,
    RETOLD,
    TEMPLATES,
    filled,
    issue,
    masthead,
    with_headline,
)

GOLDEN = Path(__file__).parent / "golden"
QUIET = replace(issue(), funnel={"collected": 9})
CASES = {
    "en": (FULL, "en"),
    "zh": (FULL, "zh"),
    "both": (FULL, "both"),
    "quiet": (QUIET, "en"),
    "chinese-only": (CHINESE_ONLY, "en"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mail_is_as_its_golden_file(name: str, pytestconfig: pytest.Config) -> None:
    of, language = CASES[name]
    html, text = filled(of, language)
    for path, made in ((GOLDEN / f"{name}.html", html), (GOLDEN / f"{name}.txt", text)):
        if pytestconfig.getoption("--update-golden"):
            path.write_text(made, encoding="utf-8")
        assert made == path.read_text(encoding="utf-8"), f"{path.name} differs; see it, then --update-golden"


@pytest.mark.parametrize("name", CASES)
def test_a_mail_has_no_problem(name: str) -> None:
    of, language = CASES[name]
    head = masthead(language)
    html, text = filled(of, language, head)
    strict = lint(
        html, text, postal_address=head.postal_address, leave_url=LEAVE_URL, disclaimers=head.disclaimers
    )
    assert strict == ()
    assert lint(html, text) == ()


def test_the_same_issue_is_set_the_same_in_every_process() -> None:
    program = (
        "import hashlib; from tests.render.samples import *;"
        "print(hashlib.sha256(''.join(filled(FULL, 'en')).encode()).hexdigest())"
    )
    expected = hashlib.sha256("".join(filled(FULL, "en")).encode()).hexdigest()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/New_York", "LC_ALL": "C"}
        made = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=GOLDEN.parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert made.stdout.strip() == expected


def test_twenty_five_items_stay_under_the_size_a_client_cuts() -> None:
    items = [ENGLISH, CHINESE, COLLECTIBLE, GUIDE]
    html, text = filled(issue(*(items * 7)[:25]), "zh")
    assert len(html.encode()) <= 90 * 1024
    assert html.count("<h3") == 25
    assert lint(html, text) == ()


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_no_line_of_the_text_part_is_wider_than_a_terminal(language: str) -> None:
    head = replace(masthead(language), title="A very long title of a newsletter " * 4)
    text = render(FULL, language=language, masthead=head, templates=TEMPLATES).text
    assert [line for line in text.splitlines() if columns(line) > 78 and "https://" not in line] == []


def test_every_link_stands_uncut_on_its_own_line_of_the_text_part() -> None:
    url = "https://long.example/" + "a" * 300
    item = replace(ENGLISH, sources=(replace(ENGLISH.sources[0], url=url),))
    _, text = filled(issue(item), "en")
    assert url in [line.strip() for line in text.splitlines()]


def test_sections_stand_in_the_order_of_the_issue_and_what_has_none_comes_last() -> None:
    html, _ = filled(issue(GUIDE, COLLECTIBLE, ENGLISH), "en")
    places = [
        html.index(word) for word in (">Digital collectibles &amp; blockchain<", ">Policy<", ">Also of note<")
    ]
    assert places == sorted(places)
    assert ">Companies<" not in html


def test_an_item_in_the_other_language_says_so_and_is_glossed() -> None:
    html, text = filled(issue(CHINESE), "en")
    assert '<h3 lang="zh-CN"' in html
    assert '<p lang="zh-CN"' in html
    for part in (html, text):
        assert "Named: Yunmai · Hangzhou · mixed reality" in part
        assert "in Chinese" in part


def test_the_report_of_an_outlet_in_the_readers_language_is_named_by_its_headline() -> None:
    html, text = filled(issue(ENGLISH, RETOLD, COLLECTIBLE, GUIDE), "en")
    url = RETOLD.sources[-1].url
    assert re.search(rf'Harbour Times · <a class="ink"\s+href="{re.escape(url)}"', html)
    assert "    Harbour Times · Yunmai shows a lighter headset" in text
    for part in (html, text):
        assert part.index("Yunmai shows a lighter headset") < part.index(COLLECTIBLE.headline), (
            "in the contents"
        )
        assert RETOLD.headline in part
        assert "Named: Yunmai" in part


@pytest.mark.parametrize("language", ["zh", "both"])
def test_who_reads_the_item_itself_is_led_to_no_other_report(language: str) -> None:
    html, text = filled(issue(RETOLD), language)
    assert "Yunmai shows a lighter headset" not in html + text


def test_an_item_in_a_third_language_says_so_to_who_chose_both() -> None:
    html, _ = filled(issue(replace(GUIDE, language="ja")), "both")
    assert ">ja</span>" in html


def test_no_date_or_badge_is_broken_where_chinese_may_break() -> None:
    html, _ = filled(FULL, "zh")
    for words in ("11月22日", "英文", "另有 2 家", "4 条"):
        assert re.search(rf'<span style="white-space:nowrap;">{words}[^<]*</span>', html), words


def test_both_keeps_each_item_in_its_language_without_gloss() -> None:
    html, text = filled(FULL, "both")
    assert "Named:" not in html
    for words in ("in English", "in Chinese"):
        assert words not in html + text, "its reader chose both"
    assert "工信部" not in html
    assert '<h3 lang="zh-CN"' in html
    assert "不构成投资建议" in html
    assert "not investment advice" in html


def test_a_quiet_issue_says_that_nothing_was_found() -> None:
    html, text = filled(QUIET, "zh")
    for part in (html, text):
        assert "本期无新消息" in part
        assert "不构成投资建议" in part


@pytest.mark.parametrize(
    ("language", "told", "untold"),
    [
        ("en", "No article has reached us", ("All quiet", "Nothing new", "there is nothing new")),
        ("zh", "没有从任何来源收到文章", ("无新消息",)),
    ],
)
def test_an_issue_for_which_nothing_came_in_does_not_say_that_there_is_no_news(
    language: str, told: str, untold: tuple[str, ...]
) -> None:
    unheard = replace(issue(), funnel={"entries": 0, "collected": 0})
    variant = render(unheard, language=language, masthead=masthead(language), templates=TEMPLATES)
    page = as_markdown(unheard, language=language, masthead=masthead(language), templates=TEMPLATES)
    for part in (variant.html, " ".join(variant.text.split()), page):
        assert told in part
    for part in (variant.subject, variant.preview, variant.html, variant.text, page):
        assert not [words for words in untold if words in part]


def test_the_facts_at_the_top_are_the_real_ones() -> None:
    item = replace(ENGLISH, headline="Two words", summary="And here 四个汉字 three-year.", gloss=())
    _, text = filled(issue(item), "en")
    assert "1 item · 9 words · 1 min read" in text


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        pytest.param(
            (COLLECTIBLE,),
            "Court treats a digital collectible as property",
            id="the lead",
        ),
        pytest.param(
            (with_headline("A short headline"),),
            "A short headline",
            id="no name of the newsletter: it is the sender's",
        ),
        pytest.param((ENGLISH,), "Five ministries publish a three-year plan…", id="cut at a word"),
        pytest.param(
            (CHINESE, COLLECTIBLE),
            "Court treats a digital collectible as property",
            id="the first the reader reads",
        ),
        pytest.param(
            (CHINESE,),
            "Yunmai · Hangzhou · mixed reality",
            id="glossed when there is none",
        ),
        pytest.param(
            (RETOLD, COLLECTIBLE), "Yunmai shows a lighter headset", id="retold in the reader's language"
        ),
        pytest.param((), "All quiet: nothing new on Monday, 23 November 2026", id="quiet"),
        pytest.param(
            (with_headline("Two\r\nBcc: x@y.example"),),
            "Two Bcc: x@y.example",
            id="no line break",
        ),
    ],
)
def test_the_subject_is_the_lead(items: tuple[Item, ...], subject: str) -> None:
    of = replace(FULL, items=items, funnel={"collected": 9})
    assert render(of, language="en", masthead=masthead("en"), templates=TEMPLATES).subject == subject


def test_the_preview_tells_the_next_stories_and_not_the_subject_again() -> None:
    variant = render(FULL, language="both", masthead=masthead("both"), templates=TEMPLATES)
    assert variant.preview.startswith(CHINESE.headline)
    assert ENGLISH.headline not in variant.preview


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("fits", 10, "fits"),
        ("one two three", 10, "one two…"),
        ("a plan for the city", 16, "a plan…"),
        ("一二三四五六七", 9, "一二三四…"),
        ("unbreakable", 5, "unbr…"),
    ],
)
def test_a_line_is_shortened_at_a_word(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


HOSTILE = "<script>alert(1)</script> \"q\" 's' {{7*7}} {% x %} ]]> <!-- --> \u202eRTL\x00 \ue000leave_url\ue001 \\n a\u0301 😀"
SEEN = "<script>alert(1)</script> \"q\" 's' {{7*7}} {% x %} ]]> <!-- --> RTL leave_url \\n á 😀"


def hostile() -> Issue:
    sources = tuple(replace(ENGLISH.sources[0], name=HOSTILE, url=url, title=HOSTILE) for url in HOSTILE_URLS)
    return issue(
        replace(CHINESE, headline=HOSTILE, summary=HOSTILE, gloss=(HOSTILE,), sources=sources, language="zh")
    )


HOSTILE_URLS = (
    "javascript:alert(1)",
    "data:text/html,x",
    "http://127.0.0.1/admin",
    'https://a.example/" onclick="x',
)


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_hostile_text_is_seen_as_it_is_and_does_nothing(language: str) -> None:
    html, text = filled(hostile(), language)
    anatomy = take_apart(html)
    assert anatomy is not None
    assert SEEN in anatomy.visible
    assert SEEN in " ".join(text.split())
    assert not list(anatomy.named("script"))
    assert not [name for element in anatomy.elements for name in element.attributes if name.startswith("on")]
    assert [problem for problem in lint(html, text) if problem.severity == "error"] == []


def test_a_language_that_is_no_tag_reaches_no_attribute() -> None:
    html, text = filled(issue(replace(CHINESE, language='zh" onclick="x')), "en")
    assert "onclick" not in html + text
    assert lint(html, text) == ()


def test_a_headline_of_nothing_visible_is_still_a_link_one_can_follow() -> None:
    html, text = filled(issue(with_headline("\u200b\x00")), "en")
    assert lint(html, text) == ()
    assert ">—</a>" in html


def test_only_web_links_are_linked() -> None:
    html, _ = filled(hostile(), "en")
    anatomy = take_apart(html)
    assert anatomy is not None
    outside = [link.get("href") for link in anatomy.named("a") if "lantern.example" not in link.get("href")]
    assert set(outside) == {"https://a.example/%22%20onclick=%22x"}


def test_what_a_template_says_reaches_the_reader_whole() -> None:
    html, _ = filled(FULL, "en")
    anatomy = take_apart(html)
    assert anatomy is not None
    for item in FULL.items:
        for words in (item.headline, item.summary, *(outlet.name for outlet in item.sources[:4])):
            assert words in anatomy.visible


def test_markdown_holds_every_item_and_no_markup_of_outside_text() -> None:
    page = as_markdown(hostile(), language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert r"\<script\>" in page
    assert r"\{\{7\*7\}\}" in page
    assert "javascript:" not in page
    full = as_markdown(FULL, language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert all(f"[{item.headline}](<{item.sources[0].url}>)" in full for item in FULL.items)
    assert "not investment advice" in full


@pytest.mark.parametrize(
    ("fact", "en", "zh"),
    [
        pytest.param(
            Fact(kind="number", en="5,300 people", zh="退款扩大到5300人", was_en="4,600", was_zh="4600人"),
            ": 5,300 people (was 4,600)",
            "：退款扩大到5300人（原为4600人）",
            id="number",
        ),
        pytest.param(
            Fact(kind="actor", en="Lotus", zh="莲花"), ": newly named: Lotus", "：新提及莲花", id="actor"
        ),
        pytest.param(
            Fact(kind="stage", en="dropped", zh="dropped"), ": now dropped", "：已放弃或取消", id="stage"
        ),
        pytest.param(
            Fact(kind="number", en="", zh="退款扩大到5300户"), "", "：退款扩大到5300户", id="no-words-for-it"
        ),
    ],
)
def test_an_update_says_what_is_new_where_the_language_has_words_for_it(fact: Fact, en: str, zh: str) -> None:
    news = News(facts=(fact,), since=CHINESE.published or issue().slot.instant)
    for language, said, start in (("en", en, "New since"), ("zh", zh, "以来的新进展")):
        _, text = filled(replace(issue(), items=(replace(CHINESE, news=news),)), language)
        assert "".join(said.split()) in "".join(text.split())
        assert (start in text) == bool(said)
