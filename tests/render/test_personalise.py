"""What filling a variant promises."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import TemplateError
from pipeline.render.personalise import FIELDS, compile, fill, hour_of, marker, plain, reader_values
from pipeline.render.phrases import load_phrases
from tests.render.samples import TEMPLATES

VALUES = {name: f"<{name}>" for name in FIELDS}
pieces = st.lists(
    st.one_of(
        st.text(alphabet=st.characters(exclude_characters="\ue000\ue001")),
        st.sampled_from([marker(name) for name in FIELDS]),
    )
)


@given(pieces)
def test_filling_is_replacing_each_field_once(texts: list[str]) -> None:
    values = {marker(name): value for name, value in VALUES.items()}
    expected = "".join(values.get(text, text) for text in texts)
    assert fill(compile("".join(texts)), VALUES, escape=plain) == expected


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(), min_size=len(FIELDS)))
def test_a_value_is_never_read_again(values: dict[str, str]) -> None:
    values["reader_name"] = marker("why") + "{{ why }}"
    filled = fill(compile(f"a{marker('reader_name')}b{marker('why')}c"), values, escape=plain)
    assert filled == f"a{marker('why')}{{{{ why }}}}b{values['why']}c"


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    parts = compile(marker("greeting"))
    values = {"greeting": '<b>"&'}
    assert fill(parts, values) == "&lt;b&gt;&quot;&amp;"
    assert html.unescape(fill(parts, values)) == fill(parts, values, escape=plain)


def test_a_text_without_fields_stays_as_it_is() -> None:
    assert fill(compile("as it is"), {}) == "as it is"


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="leave_url"):
        fill(compile(marker("leave_url")), {"why": ""})


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match=re.escape("'nme'")):
        compile(marker("nme"))


@pytest.mark.parametrize(
    ("language", "name", "greeting"),
    [
        ("en", "", "Hello,"),
        ("en", " Mei\r\nBcc: x ", "Hello Mei Bcc: x,"),
        ("zh", "小梅", "小梅，您好！"),
        ("zh", "\u202e", "您好！"),
    ],
)
def test_a_reader_is_greeted_by_a_clean_name_or_none(language: str, name: str, greeting: str) -> None:
    phrases = load_phrases(TEMPLATES, language)
    values = reader_values(phrases, title="T", name=name, leave_url="https://a", preferences_url="https://b")
    assert values["greeting"] == greeting
    assert set(values) == set(FIELDS)


@pytest.mark.parametrize(
    ("language", "send_at", "said"),
    [
        ("en", "07:30", "Its hour is 07:30, America/New York time; your preferences let you choose another."),
        ("zh", "07:30", "送达时间：07:30（America/New York）；您可在订阅设置中修改。"),
        ("en", None, "It comes as soon as the issue is out; your preferences let you choose an hour."),
        ("zh", None, "刊出后即送达；您可在订阅设置中选择自己的时间。"),
    ],
)
def test_a_reader_is_told_their_hour_or_that_they_can_choose_one(
    language: str, send_at: str | None, said: str
) -> None:
    assert hour_of(load_phrases(TEMPLATES, language), send_at, "America/New_York") == said
