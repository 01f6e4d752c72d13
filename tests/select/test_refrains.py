"""What a site says under all of its articles joins none of them, and copies keep what they have in common."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest

from pipeline.model import Article
from pipeline.select.lexicon import load
from pipeline.select.refrains import without_refrains
from pipeline.select.stories import group
from tests.select.builders import article

NOTICE = "The information on this page is provided for general purposes only. Readers should make their own enquiries before they rely on it."
NOTICE_ZH = "本页面所载信息仅供一般参考之用。读者在采信之前应当自行核实。"
PARK = "Wuhan opened a metaverse park of 12 hectares by the Yangtze on Monday. It has room for 80 start-ups."
BANK = (
    "Reedbank, a maker of digital humans in Chengdu, raised 20 million yuan on Monday. It has 45 employees."
)
BELLS = "A museum in Xi'an gave away 3,000 digital collectibles on Monday. They show nine bronze bells."
PARK_ZH = "武汉周一启用占地12公顷的元宇宙产业园。园区可容纳80家初创企业。"
BANK_ZH = "成都数字人企业芦岸科技周一完成2000万元融资。企业现有员工45人。"


def texts(*articles: Article, beside: tuple[Article, ...] = ()) -> list[str]:
    return [each.text for each in without_refrains(articles, beside=beside)]


@pytest.mark.parametrize(
    ("notice", "own"),
    [
        pytest.param(NOTICE, (PARK, BANK, BELLS), id="en"),
        pytest.param(NOTICE_ZH, (PARK_ZH, BANK_ZH), id="zh"),
    ],
)
def test_what_recurs_under_different_articles_is_cut(notice: str, own: tuple[str, ...]) -> None:
    articles = [article(text[:12], f"{text}\n{notice}") for text in own]
    assert texts(*articles) == list(own)
    assert len(group(without_refrains(articles), load())) == len(own)


def test_a_refrain_of_what_was_sent_is_known() -> None:
    sent = article("Bank", f"{BANK}\n{NOTICE}")
    assert texts(article("Park", f"{PARK}\n{NOTICE}"), beside=(sent,)) == [PARK]


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(article("Park", f"{PARK} {NOTICE}", source="mole"), id="the-same"),
        pytest.param(article("Park opens", f"{PARK} {NOTICE}", source="mole"), id="another-title"),
        pytest.param(article("Park", f"In brief: {PARK} {NOTICE}", source="mole"), id="another-opening"),
    ],
)
def test_a_copy_makes_no_refrain(copy: Article) -> None:
    assert texts(article("Park", f"{PARK} {NOTICE}"), copy) == [f"{PARK} {NOTICE}", copy.text]


def test_what_would_leave_hardly_anything_is_left_as_it_is() -> None:
    short = article("Bank", f"Reedbank raised money.\n{NOTICE}")
    assert texts(short, article("Park", f"{PARK}\n{NOTICE}")) == [short.text, PARK]


def test_a_shared_sentence_that_closes_neither_stays() -> None:
    first, second = f"{NOTICE} {PARK}", f"{NOTICE} {BANK}"
    assert texts(article("Park", f"X. {first}"), article("Bank", f"Y. {second}")) == [
        f"X. {first}",
        f"Y. {second}",
    ]


def test_many_and_odd_texts_are_read_in_reasonable_time() -> None:
    long = replace(article("Long", "Words of a hall. " * 12_000), title="Long")
    odd = [article(f"{n}", f"{n} {NOTICE * 20}") for n in range(300)]
    start = process_time()
    without_refrains([long, *odd, article("Empty", "")])
    assert process_time() - start < 3
