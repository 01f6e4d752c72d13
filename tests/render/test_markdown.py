"""Outside text in Markdown."""

from __future__ import annotations

import pytest

from pipeline.render.markdown import escaped, linked


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain, with 中文。", "plain, with 中文。"),
        (
            "*a* _b_ `c` [d](e) <f> #g |h| ~i~ &amp; !",
            r"\*a\* \_b\_ \`c\` \[d\](e) \<f\> \#g \|h\| \~i\~ \&amp; \!",
        ),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("a\n+ b", "a\n\\+ b"),
        ("\\", r"\\"),
    ],
)
def test_markup_characters_are_escaped(text: str, safe: str) -> None:
    assert escaped(text) == safe


def test_text_without_an_address_is_not_linked() -> None:
    assert linked("a]b", "") == r"a\]b"
    assert linked("a]b", "https://a.example/") == r"[a\]b](<https://a.example/>)"
