"""What of a page is its article: each kind of furniture stays out, and none of the text is lost with it."""

from __future__ import annotations

import json

import pytest

from pipeline.extract.article import article_text
from pipeline.extract.body import extract
from pipeline.extract.lines import article_lines
from pipeline.extract.tree import parse
from pipeline.text import clean
from tests.extract.pages import CHINESE_TEXT, ENGLISH_TEXT, chinese, english, page

TITLE = "Wuhan plans headset parks"
WHOLE = "\n".join(ENGLISH_TEXT)
LONG = "Visitors came from all over the province to see the lake frozen over, which had not happened for a good thirty years."
CARD = f"<div><h3><a href='/lake'>The lake is frozen over</a></h3><p>{LONG}</p></div>"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def text_of(body: str) -> str:
    """Return what is found without any second way, which might mend what this one did wrong."""
    tree = parse(f"<html><body>{body}</body></html>")
    return article_lines(clean(article_text(tree, title=TITLE)), title=TITLE)


@pytest.mark.parametrize(
    "furniture",
    [
        pytest.param(f"<aside>{paragraphs(LONG)}</aside>", id="aside"),
        pytest.param(f"<div class='related-stories'>{paragraphs(LONG)}</div>", id="related"),
        pytest.param(f"<section id='newsletterSignup'>{paragraphs(LONG)}</section>", id="sign-up, in camel case"),
        pytest.param(f"<div class='comment-list'>{paragraphs(LONG)}</div>", id="comments"),
        pytest.param(f"<div class='author-bio'>{paragraphs(LONG)}</div>", id="author's life"),
        pytest.param(f"<div role='complementary'>{paragraphs(LONG)}</div>", id="role"),
        pytest.param(f"<div style='display: none'>{paragraphs(LONG)}</div>", id="not shown"),
        pytest.param(f"<div hidden>{paragraphs(LONG)}</div>", id="hidden"),
        pytest.param(f"<figure><img src='a.png'><span class='caption'>{LONG} <i class='credit'>Ann</i></span></figure>", id="caption"),
        pytest.param(f"<div><span class='newsCaption'>{LONG}</span></div>", id="caption in a line"),
        pytest.param(f"<blockquote class='twitter-tweet'>{paragraphs(LONG)}</blockquote>", id="a post of elsewhere"),
        pytest.param(CARD * 3, id="cards with linked headings"),
        pytest.param(f"<ul>{'<li><a href=/a>The lake is frozen over</a></li>' * 5}</ul>", id="list of links"),
        pytest.param("<p><a href='/a'>Read the last of our twelve reports on parks for headsets</a></p>", id="link alone"),
        pytest.param("<p>Read more: A lake is frozen over</p>", id="another article"),
        pytest.param("<p>Sign up for our weekly newsletter, in your inbox on Mondays</p>", id="sign-up line"),
        pytest.param("<p>Photo: River Daily</p>", id="picture line"),
    ],
)  # fmt: skip
def test_furniture_in_and_after_the_article_stays_out(furniture: str) -> None:
    first, *rest = ENGLISH_TEXT
    assert text_of(f"<article>{paragraphs(first)}{furniture}{paragraphs(*rest)}</article>") == WHOLE
    assert text_of(f"<div class='story'>{paragraphs(*ENGLISH_TEXT)}</div>{furniture}") == WHOLE


@pytest.mark.parametrize(
    "layout",
    [
        "<div class='page sidebar-left ad-free'>{}</div>",
        "<div class='sidebar-grid'><div class='widget-area'>{}</div></div>",
        "<form id='aspnetForm'>{}</form>",
        "<table><tr><td><a href='/'>Home</a></td><td>{}</td></tr></table>",
        "<div><div class='paywall'>{}</div></div>",
        "<section><section>{}</section></section>",
    ],
)
def test_a_layout_named_like_furniture_is_not_taken_for_it(layout: str) -> None:
    assert text_of(layout.format(paragraphs(*ENGLISH_TEXT))) == WHOLE


@pytest.mark.parametrize(
    "article",
    [
        pytest.param("<h1>Wuhan plans headset parks</h1><div>{}</div>", id="under its headline"),
        pytest.param("<div class='promo'><h1>Wuhan plans headset parks</h1>{}</div>", id="with its headline"),
        pytest.param("<div class='related-article-body'>{}</div>", id="named an article"),
        pytest.param("<div class='social' itemprop='articleBody'>{}</div>", id="marked as the text"),
    ],
)
def test_an_article_shorter_than_its_comments_is_still_the_article(article: str) -> None:
    comments = f"<div id='comments'>{paragraphs(*[LONG] * 4)}</div>"
    assert text_of(article.format(paragraphs(*ENGLISH_TEXT)) + comments) == WHOLE


def test_what_stands_before_the_headline_is_not_of_the_article() -> None:
    before = f"<div>{paragraphs(LONG)}</div><h1>Wuhan plans headset parks</h1>"
    assert text_of(f"<main>{before}{paragraphs(*ENGLISH_TEXT)}</main>") == WHOLE


def test_teasers_that_break_off_are_not_of_the_article() -> None:
    teasers = "".join(f"<div><b>{place}. The lake</b><p>{LONG[:-1]}...</p></div>" for place in range(4))
    assert text_of(f"<div class='a'>{paragraphs(*ENGLISH_TEXT)}</div><div class='b'>{teasers}</div>") == WHOLE


def test_short_lines_lists_and_headings_of_the_article_stay() -> None:
    inside = "<h2>The districts</h2><ul><li>Zhucha</li><li>Qinglu</li></ul><table><tr><td>Plants</td><td>12</td></tr></table>"
    text = text_of(f"<article>{paragraphs(*ENGLISH_TEXT)}{inside}{paragraphs(LONG)}</article>")
    assert text == "\n".join([WHOLE, "The districts", "Zhucha", "Qinglu", "Plants", "12", LONG])


def test_a_paragraph_that_is_mostly_a_link_stays() -> None:
    linked = f"<p>In brief, <a href='/a'>{LONG[:-1]}</a>.</p>"
    assert (
        text_of(f"<article>{paragraphs(*ENGLISH_TEXT)}{linked}</article>")
        == f"{WHOLE}\nIn brief, {LONG[:-1]}."
    )


def test_lines_parted_by_breaks_are_paragraphs() -> None:
    assert text_of(f"<div>{'<br><br>'.join(ENGLISH_TEXT)}</div>") == WHOLE


@pytest.mark.parametrize(
    "unseen",
    [
        f"<script>var teaser = '<p>{LONG}</p>';</script>",
        f"<script type='application/json'>{json.dumps({'text': LONG})}</script>",
        f"<style>p:after {{ content: '{LONG}' }}</style>",
        f"<template><p>{LONG}</p></template>",
        f"<noscript><p>{LONG}</p></noscript>",
    ],
)
def test_what_a_browser_does_not_show_is_no_text(unseen: str) -> None:
    first, *rest = ENGLISH_TEXT
    assert text_of(f"<article>{paragraphs(first)}{unseen}{paragraphs(*rest)}</article>") == WHOLE


OFFERS = "<h2>{}</h2><p>$1 for four weeks, then $69 a month. Cancel at any time.</p><p>Already a subscriber? <a href='/in'>Sign in</a></p>"


@pytest.mark.parametrize(
    "line",
    ["Subscribe to read on", "To continue reading this article, register", "This content is reserved for subscribers"],
)  # fmt: skip
def test_of_a_page_open_in_part_the_open_part_is_the_text(line: str) -> None:
    barrier = f"<div class='b'>{OFFERS.format(line)}</div>"
    assert text_of(f"<article><div>{paragraphs(ENGLISH_TEXT[0])}</div>{barrier}</article>") == ENGLISH_TEXT[0]


def test_a_chinese_page_open_in_part_gives_its_open_part() -> None:
    barrier = "<div><p>订阅后阅读全文</p><p>每月18元，首月1元，随时可以取消，全年另赠纸刊。</p></div>"
    found = extract(page(chinese(text=CHINESE_TEXT[:2]).replace("<p>责任编辑：王小编</p>", barrier)))
    assert found.text == "\n".join(CHINESE_TEXT[:2])


MARGIN = (
    f"<div class='meta'>{paragraphs('Words: Ann Example', 'Monday', 'Three minutes', 'Wuhan', 'Save')}</div>"
)


def test_a_first_paragraph_set_apart_from_the_text_is_part_of_it() -> None:
    first, *rest = ENGLISH_TEXT
    apart = f"<div class='standfirst'><p>{first}</p></div>" + MARGIN
    assert text_of(
        f"<h1>Wuhan plans headset parks</h1>{apart}<div>{paragraphs(*rest, LONG)}</div>"
    ) == "\n".join([WHOLE, LONG])


def test_a_standfirst_that_the_text_says_again_is_left_out() -> None:
    again = "<div class='standfirst'><p>Wuhan will set aside land and money for companies that build virtual reality equipment.</p></div>"
    again += MARGIN
    assert (
        text_of(f"<h1>Wuhan plans headset parks</h1>{again}<div>{paragraphs(*ENGLISH_TEXT)}</div>") == WHOLE
    )


def test_a_list_of_dates_at_the_end_stays_whole_but_for_its_edge() -> None:
    dates = [f"February {day} – Wuhan" for day in range(1, 21)]
    assert len(extract(page(english(text=(*ENGLISH_TEXT, *dates)))).text.split("\n")) >= 15
