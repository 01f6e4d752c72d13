from __future__ import annotations

import pytest

from pipeline.extract.authors import authors_of
from pipeline.extract.tree import parse, stated


def found(
    html: str, *, head: str = "", said: tuple[str, ...] = (), site: str | None = "River Daily"
) -> tuple[str, ...]:
    tree = parse(f"<html><head>{head}</head><body>{html}</body></html>")
    return authors_of(tree, stated(tree), said=said, site=site)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<a rel=author>Ann Example</a>", ("Ann Example",), id="rel"),
        pytest.param("<div class=byline>By <a>Ann Example</a> and <a>Bo Sample</a></div>", ("Ann Example", "Bo Sample"), id="links of a byline"),
        pytest.param("<p class=byline>By Ann Example</p>", ("Ann Example",), id="byline without links"),
        pytest.param("<p class=byline>By Ann Example, Senior Reporter</p>", ("Ann Example",), id="role cut"),
        pytest.param("<span id=author>沈知白</span>", ("沈知白",), id="named place"),
        pytest.param("<p>2022年2月21日　来源：江城日报　作者：李样文　【字体：大】</p>", ("李样文",), id="Chinese line"),
        pytest.param("<p>Ann Example · 21 Feb 2022 · 2 min read</p>", ("Ann Example",), id="line with a date"),
        pytest.param("<div>Posted by <b>Ann Example</b> on February 21, 2022 10:05 AM | Printable</div>", ("Ann Example",), id="posted by"),
        pytest.param("<div>Words: Ann Example</div>", ("Ann Example",), id="words"),
        pytest.param("<p>By Friday the park will be open to all.</p>", (), id="a sentence"),
        pytest.param("<script>x = '作者：李样文'</script>", (), id="script"),
        pytest.param("<template><p>作者：李样文</p></template>", (), id="template"),
        pytest.param("<p class=byline>By admin</p>", (), id="nobody"),
        pytest.param("", (), id="none"),
    ],
)  # fmt: skip
def test_a_byline_is_read(html: str, expected: tuple[str, ...]) -> None:
    assert found(html) == expected


def test_bylines_of_other_articles_are_not_taken() -> None:
    others = "<div><div class=byline><a>Cy Other</a></div></div>" * 3
    assert found(f"<header><div class=byline><a>Ann Example</a></div></header>{others}") == ("Ann Example",)


def test_one_name_in_two_spellings_is_one_author() -> None:
    head = "<meta name=author content='Ann Example, ann-example'>"
    assert found("", head=head) == ("Ann Example",)


def test_a_meta_element_wins_over_the_next() -> None:
    head = "<meta name=author content='Ann Example'><meta name=parsely-author content='River Desk'>"
    assert found("", head=head) == ("Ann Example",)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<a rel=author>Ann Example</a>", ("Ann Example",), id="a person is named too"),
        pytest.param("<p>nobody else</p>", ("River Daily",), id="nobody else"),
    ],
)
def test_the_site_is_the_author_only_when_it_says_so_and_nobody_else_is(
    html: str, expected: tuple[str, ...]
) -> None:
    assert found(html, said=("River Daily",)) == expected
    assert "River Daily" not in found(html)
