"""A machine's words are marked as such in every part, and stand where their reader needs them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Translation
from pipeline.render.variant import as_markdown, render
from tests.render.samples import CHINESE, ENGLISH, TEMPLATES, filled, issue, masthead

EN = Translation(
    language="en",
    headline="Yunmai releases a lighter headset",
    summary="Yunmai released a headset of 280 grams in Hangzhou.",
    why_it_matters="It weighs less than the last one.",
)
ZH = Translation(language="zh", headline="五部门发布三年计划", summary="五部门发布了工业元宇宙计划。")
WORDED = issue(
    replace(ENGLISH, why_it_matters="Three cities are to try it first.", translations=(ZH,)),
    replace(CHINESE, why_it_matters="新头显更轻。", translations=(EN,)),
)


def parts(language: str) -> tuple[str, str, str]:
    """Return an issue's HTML, its text on one line, and its Markdown."""
    html, text = filled(WORDED, language)
    markdown = as_markdown(WORDED, language=language, masthead=masthead(language), templates=TEMPLATES)
    return html, " ".join(text.split()), markdown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_translation_stands_in_the_place_of_the_items_words_and_is_marked(language: str) -> None:
    put, item, mark = (EN, CHINESE, "machine-translated") if language == "en" else (ZH, ENGLISH, "机器翻译")
    for part in parts(language):
        assert put.headline in part
        assert put.summary in part
        assert part.count(mark) == 1
        assert item.summary not in part
        assert "Named:" not in part
        assert "涉及：" not in part
    html, text, _ = parts(language)
    assert item.headline in html
    assert item.headline in text


@pytest.mark.parametrize(
    ("language", "lines", "mark"),
    [
        ("en", ("Three cities are to try it first.", EN.why_it_matters), "machine-written"),
        ("zh", ("新头显更轻。",), "机器撰写"),
        ("both", ("Three cities are to try it first.", "新头显更轻。"), "machine-written"),
    ],
)
def test_a_line_on_why_it_matters_is_marked(language: str, lines: tuple[str, ...], mark: str) -> None:
    for part in parts(language):
        assert all(line in part for line in lines)
        assert part.count(mark) == len(lines)


def test_readers_of_both_languages_get_each_item_in_its_own() -> None:
    for part in parts("both"):
        assert EN.headline not in part
        assert ZH.headline not in part
        assert "云脉科技在杭州发布" in part


def test_a_translated_headline_may_stand_in_the_inbox() -> None:
    only = issue(replace(CHINESE, translations=(EN,)))
    variant = render(only, language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert variant.subject == EN.headline


def test_markup_in_a_machines_words_is_escaped() -> None:
    sly = Translation(
        language="en", headline="<b>x</b>", summary="<script>x</script>", why_it_matters="<img src=x>"
    )
    html, _ = filled(issue(replace(CHINESE, translations=(sly,))), "en")
    assert "&lt;script&gt;" in html
    assert not any(mark in html for mark in ("<script>x", "<b>x", "<img src=x"))
