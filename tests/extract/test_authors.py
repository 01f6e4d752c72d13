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
        pytest.param("<p class=byline>By Ann Lee | 22 November 2026, 09:00</p>", ("Ann Lee",), id="a date in the byline"),
        pytest.param("<p class=byline>By <span>Ann Lee</span> <time>Nov 22, 2026</time></p>", ("Ann Lee",), id="a date behind the byline"),
        pytest.param("<p>By Ann Lee November 22, 2026</p>", ("Ann Lee",), id="a month is no name"),
        pytest.param("<p>By Bo Chen and Ann Lee</p>", ("Bo Chen", "Ann Lee"), id="two in a line"),
        pytest.param("<p>By Bo Chen, Cy Poe and Ann Lee, Beijing</p>", ("Bo Chen", "Cy Poe", "Ann Lee"), id="three in a line"),
        pytest.param("<p>22 November 2026, filed by <b>Ann Lee</b></p>", ("Ann Lee",), id="behind a date"),
        pytest.param("<p>本报讯（记者 王小明 通讯员 李四）武汉发布方案。</p>", ("王小明", "李四"), id="Chinese reporters at the start"),
        pytest.param("<p>武汉发布虚拟现实产业方案，支持头戴设备、传感器和显示器件的研发生产。（记者王小明、李　四）</p>", ("王小明", "李四"), id="at the end"),
        pytest.param("<p>新华社武汉2月21日电（记者 王小明）武汉发布方案。</p>", ("王小明",), id="behind a dateline"),
        pytest.param("<p>本报记者：王小明 通讯员：李四</p>", ("王小明", "李四"), id="a line of reporters"),
        pytest.param("<p>武汉发布方案。（本报记者 王小明 摄）</p>", (), id="a photographer"),
        pytest.param("<p>武汉发布方案。（责任编辑：赵六）</p>", (), id="an editor"),
        pytest.param("<p>园区负责人在武汉会见了多家外地媒体的来访人员（记者 王小明 等）并介绍了方案的详细内容。</p>", (), id="within a paragraph"),
        pytest.param("<h1>武汉发布方案</h1><p><i class=name>王小明</i><i class=time>2026-11-22</i></p>", ("王小明",), id="a name beside a date"),
        pytest.param("<h1>武汉发布方案</h1><p>文</p><p><i class=name>路人甲</i><i class=time>2026-11-22</i></p>", (), id="a comment"),
        pytest.param("<p class=byline>by <a rel=author>River Daily</a></p>", ("River Daily",), id="the site in its byline"),
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


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<h1>A</h1><div><i class="who">Jo Ng</i><!-- c --></div>', id="beside-a-comment"),
        pytest.param('<h1>A</h1><div><i class="who">Jo Ng</i><?x y?></div>', id="beside-an-instruction"),
        pytest.param(
            '<!-- c --><div><i class="who">Jo Ng</i><i class="date">1</i></div>', id="under-a-comment"
        ),
    ],
)
def test_a_place_for_names_that_stands_oddly_names_nobody(html: str) -> None:
    assert found(html) == ()


def test_a_root_in_a_place_for_names_names_nobody() -> None:
    tree = parse('<html class="name"><body><p>Text.</p></body></html>')
    assert authors_of(tree, stated(tree), said=(), site=None) == ()
