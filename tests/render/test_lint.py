"""Every rule fires on a mutant made for it, and stays silent on a good mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.render.lint import lint
from tests.render.samples import FULL, LEAVE_URL, filled, masthead

HTML, TEXT = filled(FULL, "en")
HEAD = masthead("en")
IMAGE = '<img src="https://a.example/i.png" alt="A map" width="10" height="10">'

GOOD_ELSEWHERE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"></head><body><p>以上内容不构成投资建议。任何投资都有风险，请自行研究。</p>
<p>您收到这封邮件，是因为您订阅了本刊。<a href="https://a.example/x">退订</a></p><p>上海市示例区灯笼路12号</p></body></html>"""


def put(addition: str) -> str:
    return HTML.replace("</body>", f"{addition}</body>")


def without(words: str, source: str = HTML) -> str:
    assert words in source
    return source.replace(words, "")


HTML_MUTANTS = [
    ("disclaimer", without("not investment advice")),
    ("disclaimer", without("not investment advice").replace("</body>", "<!-- not investment advice --></body>")),
    ("disclaimer", without("not investment advice").replace("</body>", '<p style="display:none">not investment advice</p></body>')),
    ("disclaimer-incomplete", without("do your own")),
    ("postal-address", without("12 Lantern Lane, Example District, Shanghai 200000")),
    ("leave-link", without("Unsubscribe").replace(LEAVE_URL, "https://news.lantern.example/x")),
    ("leave-link", HTML.replace(LEAVE_URL, "mailto:unsubscribe@news.lantern.example")),
    ("link-scheme", HTML.replace(LEAVE_URL, "mailto:unsubscribe@news.lantern.example")),
    ("why", without("You get this because you subscribed to")),
    ("size", put("<p>" + "word " * 20_000 + "</p>")),
    ("html-lang", HTML.replace('<html lang="en"', '<html lang="und"')),
    ("html-lang", HTML.replace('<html lang="en"', "<html")),
    ("title", without("<title>China Metaverse Daily</title>")),
    ("charset", without("charset=UTF-8")),
    ("viewport", without('name="viewport"')),
    ("forbidden-element", put("<script>1</script>")),
    ("forbidden-element", put('<form action="https://a.example/"></form>')),
    ("forbidden-element", put('<iframe src="https://a.example/"></iframe>')),
    ("forbidden-element", put('<meta http-equiv="Refresh" content="0;url=https://a.example/">')),
    ("event-handler", put('<p onclick="x()">x</p>')),
    ("remote-css", put('<link rel="stylesheet" href="https://a.example/s.css">')),
    ("remote-css", put("<style>@import 'https://a.example/s.css';</style>")),
    ("remote-css", put("<style>@font-face { font-family: x; }</style>")),
    ("css-url", put('<p style="background:url(https://a.example/p.gif)">x</p>')),
    ("image-alt", put(IMAGE.replace('alt="A map"', ""))),
    ("image-size", put(IMAGE.replace('height="10"', 'height="auto"'))),
    ("tracking-pixel", put(IMAGE.replace('"10"', '"1"'))),
    ("tracking-pixel", put('<img src="https://a.example/o" alt="" style="width:1px;height:1px">')),
    ("tracking-pixel", put(IMAGE.replace("<img", '<img style="display:none"'))),
    ("link-text", put('<a href="https://peak.example/court"> <b></b></a>')),
    ("link-scheme", put('<a href="javascript:alert(1)">x</a>')),
    ("link-scheme", put('<a href="">x</a>')),
    ("link-scheme", put('<a href="/relative">x</a>')),
    ("private-link", put('<a href="http://192.168.1.1/">x</a>')),
    ("private-link", put(IMAGE.replace("a.example", "localhost"))),
    ("leftover", put("<p>{{ name }}</p>")),
    ("leftover", put("<p>\ue000why\ue001</p>")),
    ("text-links", put('<a href="https://elsewhere.example/">x</a>')),
    ("long-line", put("<p>" + "x" * 999 + "</p>")),
]  # fmt: skip
TEXT_MUTANTS = [
    ("disclaimer", without("not investment advice", TEXT)),
    ("disclaimer-incomplete", without("do your own", TEXT)),
    ("postal-address", without("12 Lantern Lane, Example District, Shanghai 200000", TEXT)),
    ("leave-link", without(LEAVE_URL, TEXT)),
    ("why", without("You get this because you subscribed to", TEXT)),
    ("leftover", TEXT + "{{ name }}\n"),
    ("leftover", TEXT + "\ue000why\ue001\n"),
    ("text-links", without("https://peak.example/court", TEXT)),
    ("long-line", TEXT + "x" * 999),
]


@pytest.mark.parametrize(("rule", "html"), HTML_MUTANTS)
def test_a_rule_fires_on_its_html(rule: str, html: str) -> None:
    assert rule in {problem.rule for problem in lint(html, TEXT)}


@pytest.mark.parametrize(("rule", "text"), TEXT_MUTANTS)
def test_a_rule_fires_on_its_text_part(rule: str, text: str) -> None:
    assert rule in {problem.rule for problem in lint(HTML, text)}


def test_every_rule_has_a_mutant_and_is_told_in_the_docs() -> None:
    root = Path(__file__).parents[2]
    sources = "".join(
        (root / "pipeline" / "render" / f"{name}.py").read_text() for name in ("duties", "hygiene", "lint")
    )
    rules = set(re.findall(r'(?:error|warning)\(\s*"([a-z-]+)"', sources))
    told = set(
        re.findall(r"`([a-z-]+)`", (root / "docs" / "templates.md").read_text().split("## The lint")[1])
    )
    assert rules == {rule for rule, _ in HTML_MUTANTS} | {"empty"}
    assert rules <= told


STRICT: list[tuple[str, Callable[[], object]]] = [
    ("postal-address", lambda: lint(HTML, TEXT, postal_address="Elsewhere 1, 10115 Berlin")),
    ("postal-address", lambda: lint(HTML, TEXT, postal_address="")),
    ("leave-link", lambda: lint(HTML, TEXT, leave_url="https://news.lantern.example/leave/other")),
    ("why", lambda: lint(HTML, TEXT, why="Because a friend gave us your address.")),
    ("disclaimer", lambda: lint(HTML, TEXT, disclaimers=(*HEAD.disclaimers, "Ask your bank."))),
]


@pytest.mark.parametrize(("rule", "check"), STRICT)
def test_what_is_given_must_stand_in_both_parts(rule: str, check: Callable[[], tuple[object, ...]]) -> None:
    found = [(getattr(problem, "rule", ""), getattr(problem, "where", "")) for problem in check()]
    assert found == [(rule, "html"), (rule, "text")]


def test_a_good_mail_from_elsewhere_has_no_problem() -> None:
    assert lint(GOOD_ELSEWHERE) == ()


@pytest.mark.parametrize("source", ["", "  \n", "\x00"])
def test_nothing_to_read_is_a_problem(source: str) -> None:
    assert [problem.rule for problem in lint(source)] == ["empty"]


def test_a_problem_says_where_it_is() -> None:
    html = GOOD_ELSEWHERE.replace("</p></body>", "</p>\n<script>1</script></body>")
    (problem,) = lint(html)
    assert (problem.where, problem.severity) == ("html:4", "error")


def test_an_allowed_host_may_be_private() -> None:
    html = put('<a href="http://127.0.0.1:8080/x">x</a>')
    text = TEXT + "http://127.0.0.1:8080/x"
    assert lint(html, text, allowed_hosts=("127.0.0.1:8080",)) == ()


@pytest.mark.parametrize(
    "address",
    [
        "12 Lantern Lane, Hong Kong",
        "Lantern Press, 1600 Example Parkway, Springfield",
        "P.O. Box 42, Singapore",
        "Musterstraße 5, 10115 Berlin",
        "12 rue de la Paix, Paris",
        "Suite 4, Springfield, CA 94105",
        "Unit 3, London SW1A 1AA",
        "北京市海淀区示例大街1号",
        "上海市示例区 邮编：200000",
    ],
)
def test_a_postal_address_is_known_by_its_shape(address: str) -> None:
    html = GOOD_ELSEWHERE.replace("上海市示例区灯笼路12号", address)
    assert lint(html) == ()


@pytest.mark.parametrize(
    "words", ["November 2026 Shanghai", "5 items on 12 May", "工信部发布12号文件", "© 2026 Lantern Press"]
)
def test_other_numbers_are_no_postal_address(words: str) -> None:
    html = GOOD_ELSEWHERE.replace("上海市示例区灯笼路12号", words)
    assert [problem.rule for problem in lint(html)] == ["postal-address"]
