"""The news begins where the headline, or what the article says again and again, is told."""

from __future__ import annotations

import pytest

from pipeline.summarise.extractive import summarise
from pipeline.summarise.opening import is_portrait, news_begins

SCENE = "Blossoms fell on the steps as the last visitors went home."
NEWS = "The city museum said on Friday that it would scan 40 halls for headsets."
MORE = "Headsets for the museum are lent by the city."
ZH_SCENE = "花瓣落在台阶上，最后一批观众慢慢走远。"
ZH_NEWS = "市博物馆19日宣布，将为四十个展厅制作元宇宙影像。"
ZH_MORE = "元宇宙影像由博物馆与三家企业共同制作。"


@pytest.mark.parametrize("told", [(SCENE, NEWS, MORE), (ZH_SCENE, ZH_NEWS, ZH_MORE)], ids=["en", "zh"])
def test_without_a_headline_the_words_that_come_again_stand_in_for_it(told: tuple[str, ...]) -> None:
    assert news_begins(told, "") == 1
    assert summarise("", "\n".join(told), sentences=1).text == told[1]


def test_of_like_sentences_the_first_opens() -> None:
    assert news_begins((NEWS, MORE, NEWS), "") == 0
    assert news_begins((SCENE, SCENE), "") == 0


def test_what_leans_opens_no_summary() -> None:
    assert news_begins((MORE, "But the city museum said on Friday that headsets cost 40 yuan."), "") == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "Kestrel is a leading maker of headsets in China.",
        "Kestrel is committed to a better life for all.",
        "宏遠為全球電源供應器龍頭，創立於1971年。",
        "宏远科技成立于2015年，总部位于武汉。",
        "宏远科技致力于提供环保的解决方案。",
    ],
)
def test_a_portrait_is_known(sentence: str) -> None:
    assert is_portrait(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Kestrel, which is a leading maker of headsets, announced a hall.",
        "Wuhan is leading the way with three halls.",
        "宏远科技宣布，致力于提供环保的解决方案。",
        "双方致力于深化合作。",
        "武汉启用首个虚拟展厅。",
    ],
)
def test_an_act_is_no_portrait(sentence: str) -> None:
    assert not is_portrait(sentence)
