from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.extract.body import Extracted, extract
from pipeline.model import Page
from tests.extract.pages import CHINESE_TEXT, ENGLISH_TEXT, chinese, english, page


def linked(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_an_english_article_is_read_whole_and_alone() -> None:
    head = (
        '<meta property="og:site_name" content="River Daily"><meta name="author" content="By Ann Example and Bo Sample">'
        '<meta property="article:published_time" content="2022-02-21T10:00:00+08:00">'
    )
    assert extract(page(english(head=head))) == Extracted(
        title="Wuhan plans headset parks",
        text="\n".join(ENGLISH_TEXT),
        published="2022-02-21T10:00:00+08:00",
        published_at=datetime(2022, 2, 21, 2, 0, tzinfo=UTC),
        authors=("Ann Example", "Bo Sample"),
        site="River Daily",
        language="en",
    )


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_a_chinese_article_is_read_whole_and_alone(charset: str) -> None:
    before = '<div class="info">2022年2月21日 10:23　来源：江城日报　作者：李样文</div>'
    assert extract(page(chinese(before=before, charset=charset).encode(charset))) == Extracted(
        title="武汉发布虚拟现实产业行动方案",
        text="\n".join(CHINESE_TEXT),
        published="2022-02-21T10:23:00",
        published_at=datetime(2022, 2, 21, 2, 23, tzinfo=UTC),
        authors=("李样文",),
        site=None,
        language="zh",
    )


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Example",
        "Share this article on social media",
        "This website uses cookies to improve your visit.",
        "Advertisement",
        "Published 21 February 2022 at noon",
        "Wuhan plans headset parks",
        "Monday, 21 February 2022, 11:15 China time",
        "Ann Example · 21 Feb 2022 · 2 min read",
        "Drawing: River Daily",
        "By Ann Example, 21 February 2022",
    ],
)
def test_lines_that_are_not_of_the_article_are_dropped(line: str) -> None:
    assert extract(page(english(before=f"<p>{line}</p>"))).text == "\n".join(ENGLISH_TEXT)
    assert line not in extract(page(english(after=f"<p>{line}</p>"))).text.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "来源：江城日报",
        "责任编辑：王小编",
        "（责任编辑：王小编）",
        "分享到微信朋友圈",
        "原标题：武汉的方案",
        "2022年2月21日 10:23 来源：江城日报",
        "图：江城日报",
        "（记者 王小明 通讯员 李四）",
        "本报记者 王小明",
        "【免责声明】本文仅代表作者个人观点，与本站无关。本站对其中的文字与内容的真实性不作任何保证。",
    ],
)
def test_chinese_lines_that_are_not_of_the_article_are_dropped(line: str) -> None:
    text = (line, *CHINESE_TEXT, line)
    assert extract(page(chinese(text=text))).text == "\n".join(CHINESE_TEXT)


def test_an_editor_behind_the_last_sentence_is_dropped_and_a_reporter_is_not() -> None:
    *first, last = CHINESE_TEXT
    for behind, kept in (("（责任编辑：赵六）", ""), ("（记者 王小明）", "（记者 王小明）")):
        text = (*first, last + behind)
        assert extract(page(chinese(text=text))).text == "\n".join((*first, last + kept))


@pytest.mark.parametrize(
    "line",
    [
        "2021 was the year in which the first two of these parks were drawn.",
        "On 21 February 2022, at 10:00, the doors were opened to all.",
    ],
)
def test_a_paragraph_that_begins_with_a_date_stays(line: str) -> None:
    assert extract(page(english(text=(line, *ENGLISH_TEXT, line)))).text.split("\n") == [
        line,
        *ENGLISH_TEXT,
        line,
    ]


def test_the_text_in_json_ld_serves_when_the_page_shows_none() -> None:
    html = f"<html><head>{linked(headline='Wuhan plans headset parks', articleBody=' '.join(ENGLISH_TEXT))}</head><body><div id=app></div></body></html>"
    found = extract(page(html))
    assert (found.title, found.text) == ("Wuhan plans headset parks", " ".join(ENGLISH_TEXT))


def test_json_ld_names_authors_site_and_date() -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "x"},
            {
                "@type": ["ReportageNewsArticle"],
                "author": [{"name": "Ann Example"}, "Bo Sample"],
                "publisher": {"name": "River Daily"},
                "datePublished": "2022-02-21",
            },
        ]
    }
    found = extract(page(english(head=f'<script type="application/ld+json">{json.dumps(graph)}</script>')))
    assert (found.authors, found.site, found.published) == (
        ("Ann Example", "Bo Sample"),
        "River Daily",
        "2022-02-21",
    )


@pytest.mark.parametrize(
    "block",
    [
        "{broken",
        "[" * 100_000,
        "null",
        '{"@type": {"a": 1}, "author": 3}',
        '{"@type": "NewsArticle", "author": {"name": ["x", 1]}, "datePublished": {}}',
    ],
)
def test_odd_json_ld_does_no_harm(block: str) -> None:
    found = extract(page(english(head=f'<script type="application/ld+json">{block}</script>')))
    assert found.text == "\n".join(ENGLISH_TEXT)


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        pytest.param(
            "<title>A plan for headsets | River Daily</title>", "", "A plan for headsets", id="tail cut"
        ),
        pytest.param(
            "<title>虚拟现实产业方案发布_科技频道_江城日报</title>",
            "",
            "虚拟现实产业方案发布",
            id="Chinese tails cut",
        ),
        pytest.param(
            "<title>x</title><meta property='og:title' content='A plan for headsets'>",
            "",
            "A plan for headsets",
            id="stated",
        ),
        pytest.param(
            "<title>A plan for headsets - River</title>",
            "<h1>River</h1><h1>A plan for headsets</h1>",
            "A plan for headsets",
            id="heading agreed on",
        ),
        pytest.param("<title>Twenty-one: a plan</title>", "", "Twenty-one: a plan", id="hyphens stay"),
        pytest.param(
            "<meta property='og:site_name' content='XR'><title>AI–VR is here - XR</title>",
            "",
            "AI–VR is here",
            id="named site cut",
        ),
        pytest.param("", "", "", id="none"),
        pytest.param(
            "<title>River Daily: A plan for headsets</title>",
            "<h3>A plan for headsets</h3><h3>A plan</h3>",
            "A plan for headsets",
            id="a lower heading agreed on",
        ),
        pytest.param(
            "<title>A plan for headsets · River</title>",
            "<h1>River</h1>",
            "A plan for headsets",
            id="a heading that only names the site",
        ),
        pytest.param(
            "<title>What readers of River Daily think of headsets</title>",
            "<h1>River Daily</h1>",
            "What readers of River Daily think of headsets",
            id="a heading that is a small part of the title",
        ),
        pytest.param(
            "<title>A plan for headsets</title><meta property='og:title' content='You will not believe this'>"
            "<meta name='twitter:title' content='A plan for headsets'>",
            "<h1>Headsets: it is planned</h1>",
            "A plan for headsets",
            id="most votes",
        ),
        pytest.param(
            linked(headline="A &#39;plan&#39; for headsets"),
            "",
            "A 'plan' for headsets",
            id="entities twice over",
        ),
    ],
)
def test_a_title_is_the_headline_without_the_site(head: str, heading: str, title: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in ENGLISH_TEXT)
    assert extract(page(f"<html><head>{head}</head><body>{heading}{body}</body></html>")).title == title


def test_markup_and_odd_characters_never_reach_the_text() -> None:
    found = extract(
        page(
            english(
                text=(
                    *ENGLISH_TEXT,
                    "A \u202elast\u0007 word &lt;script&gt; on it, said in the plainest of words.",
                )
            )
        )
    )
    assert "\u202e" not in found.text
    assert "last word <script> on it" in found.text


def test_a_page_without_an_address_can_be_read() -> None:
    bare = Page(
        url="",
        final_url="",
        body=english().encode(),
        content_type="",
        fetched_at=datetime(2022, 2, 22, tzinfo=UTC),
    )
    assert extract(bare).language == "en"


def test_a_script_that_writes_vowels_as_marks_is_writing() -> None:
    told = "ရန်ကုန်မြို့တွင် အသစ်ဖွင့်လှစ်သော ပြတိုက်ကို လူများစွာ လာရောက်ကြည့်ရှုကြသည်။ " * 4
    assert told.strip() in extract(page(f"<html><body><article><p>{told}</p></article></body></html>")).text
