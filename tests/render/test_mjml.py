"""What the way from MJML to HTML refuses, and what it keeps."""

from __future__ import annotations

import pytest

from pipeline.errors import TemplateError
from pipeline.render.mjml import to_html

FRAME = '<mjml lang="en">\n<mj-head><mj-title>T</mj-title></mj-head>\n<mj-body><mj-section><mj-column>\n{}\n</mj-column></mj-section></mj-body></mjml>'


def framed(inner: str) -> str:
    return FRAME.replace("{}", inner)


def text(inner: str) -> str:
    return framed(f"<mj-text>{inner}</mj-text>")


REFUSED = [
    pytest.param(framed("<mj-foo>x</mj-foo>"), "line 4 .*unknown tag <mj-foo>", id="unknown tag"),
    pytest.param(
        framed('<mj-text colour="red">x</mj-text>'), "line 4 .*no attribute 'colour'", id="unknown attribute"
    ),
    pytest.param(
        framed('<mj-text font-size="12">x</mj-text>'), "line 4 .*no length", id="length without unit"
    ),
    pytest.param(
        framed('<mj-text color="a" color="b">x</mj-text>'), "line 4 .*stands twice", id="attribute twice"
    ),
    pytest.param(framed("lost words"), "line 4 .*text outside mj-text", id="text in a column"),
    pytest.param(framed("<p>lost</p>"), "<p> stands outside mj-text", id="HTML in a column"),
    pytest.param(
        "<mjml><mj-body><mj-text>x</mj-text></mj-body></mjml>", "<mj-text> inside <mj-body>", id="misplaced"
    ),
    pytest.param("<mjml><mj-head></mj-head></mjml>", "0 mj-body", id="no body"),
    pytest.param(text("a</b> lost"), "line 4 .*closing tag that does not fit", id="stray closing tag"),
    pytest.param(text("<b><i>x</b></i>"), "closing tag that does not fit", id="misnested"),
    pytest.param(text("<p>x"), "closing tag that does not fit", id="unclosed"),
    pytest.param("<mjml><mj-body>", "never closed", id="unclosed at the end"),
    pytest.param(text("1 < 2"), "write < in a text as", id="bare less-than"),
    pytest.param(text("""<a title='"x'>y</a>"""), "single-quoted", id="quote in single quotes"),
    pytest.param(text("<a href=x>y</a>"), "quote attributes", id="attribute without quotes"),
    pytest.param(text("<![CDATA[x]]>"), "CDATA is lost", id="CDATA"),
    pytest.param(framed('<mj-include path="x.mjml"/>'), "unknown tag <mj-include>", id="include"),
]


@pytest.mark.parametrize(("source", "message"), REFUSED)
def test_what_the_compiler_would_lose_is_refused_with_its_line(source: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        to_html(source, name="issue/own.mjml.j2")
    assert str(caught.value).startswith("issue/own.mjml.j2: line ")


KEPT = [
    pytest.param("<a>A</a> <b>B</b>", id="space between elements"),
    pytest.param("a &amp; b &lt;c&gt; &#34; &nbsp; &copy;", id="entities"),
    pytest.param("]]&gt; &lt;!-- &lt;script&gt;", id="escaped markup"),
    pytest.param("中文 😀 𠮷 é", id="characters"),
    pytest.param('<h3 lang="zh-CN" id="x">x</h3>', id="language"),
    pytest.param("x\ue000why\ue001y", id="field in text"),
    pytest.param('<a href="\ue000leave_url\ue001">x</a>', id="field in an attribute"),
    pytest.param('<a href="https://a.example/?a=1&amp;b=2&c=3">x</a>', id="address"),
]


@pytest.mark.parametrize("inner", KEPT)
def test_what_stands_in_a_text_is_kept(inner: str) -> None:
    made = to_html(text(inner), name="x").replace('"\nhref', '" href')
    assert inner in made


@pytest.mark.parametrize("character", ["\\", "\u200d", "\u00a0", "\u0301"])
def test_characters_that_the_compiler_spells_out_are_kept_in_attributes(character: str) -> None:
    made = to_html(text(f'<a title="x{character}y">z</a>'), name="x")
    assert f'title="x&#{ord(character)};y"' in made


def test_a_line_break_in_an_attribute_becomes_a_space() -> None:
    assert 'style="a:b; c:d"' in to_html(text('<p style="a:b;\n\tc:d">z</p>'), name="x")


def test_no_web_font_is_asked_for() -> None:
    made = to_html(text("x"), name="x")
    assert "fonts.googleapis" not in made
    assert "@import" not in made
