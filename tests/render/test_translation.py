"""A machine's words are marked as such in every part, and stand where their reader needs them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Translation
from pipeline.render.variant import as_markdown, render
from tests.render.samples import CHINESE, ENGLISH, RETOLD, TEMPLATES, TOLD, filled, issue, masthead

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


def test_no_machine_writes_what_stands_in_the_inbox_where_no_mark_can() -> None:
    variant = render(WORDED, language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert ENGLISH.headline.startswith(variant.subject.removesuffix("…"))
    only = issue(replace(CHINESE, translations=(EN,)))
    variant = render(only, language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert variant.subject == "Yunmai · Hangzhou · mixed reality"
    assert EN.headline not in variant.preview


def test_the_list_at_the_top_marks_a_machines_headline() -> None:
    html, text = filled(issue(ENGLISH, replace(CHINESE, translations=(EN,)), ENGLISH, ENGLISH), "en")
    assert f"  4 {EN.headline} [machine-translated]" in text
    assert html.count("machine-translated") == text.count("machine-translated") == 2


RETELLING = issue(replace(RETOLD, translations=(TOLD,), why_it_matters="新头显更轻。"))


def test_an_item_is_told_by_an_outlet_in_the_readers_language_and_not_marked() -> None:
    html, text = filled(RETELLING, "en")
    markdown = as_markdown(RETELLING, language="en", masthead=masthead("en"), templates=TEMPLATES)
    for part in (html, text, markdown):
        assert TOLD.headline in part
        assert TOLD.summary in " ".join(part.split())
        assert part.index("Harbour Times") < part.index("外滩第一报")
        assert part.count("Harbour Times") == 1
        assert "New since" in part
        for absent in (RETOLD.headline, RETOLD.summary, "Named:", "in Chinese", "新头显", "machine"):
            assert absent not in part
    assert "Harbour Times · 22 Nov, 13:30 UTC+8" in text
    assert 'href="https://harbour.example/a/3"' in html
    variant = render(RETELLING, language="en", masthead=masthead("en"), templates=TEMPLATES)
    assert variant.subject == TOLD.headline


@pytest.mark.parametrize("language", ["zh", "both"])
def test_who_reads_the_items_own_language_gets_its_own_words(language: str) -> None:
    html, text = filled(RETELLING, language)
    assert RETOLD.headline in html
    assert "外滩第一报" in text
    assert TOLD.headline not in html + text


def test_a_line_on_why_it_matters_that_no_one_translated_is_not_printed_in_a_foreign_language() -> None:
    untranslated = issue(replace(CHINESE, why_it_matters="新头显更轻。"))
    html, text = filled(untranslated, "en")
    assert "新头显" not in html + text
    assert "Why it matters" not in html + text


def test_markup_in_a_machines_words_is_escaped() -> None:
    sly = Translation(
        language="en", headline="<b>x</b>", summary="<script>x</script>", why_it_matters="<img src=x>"
    )
    html, _ = filled(issue(replace(CHINESE, translations=(sly,))), "en")
    assert "&lt;script&gt;" in html
    assert not any(mark in html for mark in ("<script>x", "<b>x", "<img src=x"))
