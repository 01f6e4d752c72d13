"""What is named only to say that somebody has no part in it is not named; what is merely said with a "not" is."""

from __future__ import annotations

import pytest

from pipeline.select.denial import is_denied

DENIED = [
    "Unlike the metaverse, chips have customers.",
    "A maker of memory says it has no plans for the metaverse.",
    "The carmaker is not involved in the metaverse.",
    "The bank denies plans to enter the metaverse.",
    "The retailer has never invested in the metaverse.",
    "The bank says it won’t enter the metaverse.",
    "公司未涉及元宇宙业务。",
    "公司尚未布局虚拟现实、元宇宙。",
    "公司目前没有元宇宙相关业务。",
    "该公司不会进军元宇宙。",
    "此举与元宇宙无关。",
    "公司未涉及元宇宙業務。",
    "此舉與元宇宙無關。",
]
NAMED = [
    "The city has not given up on the metaverse.",
    "The firm has no plans to close its metaverse unit.",
    "There is no metaverse law yet.",
    "上海未来布局元宇宙。",
    "杭州不断布局元宇宙。",
    "百度不再投入元宇宙。",
    "没有元宇宙标准怎么办？",
    "公司否认关闭元宇宙部门。",
]


def _denied(text: str) -> bool:
    name = next(name for name in ("metaverse", "元宇宙") if name in text)
    start = text.index(name)
    return is_denied(text, start, start + len(name))


@pytest.mark.parametrize("text", DENIED)
def test_a_denial_is_known(text: str) -> None:
    assert _denied(text)


@pytest.mark.parametrize("text", NAMED)
def test_another_negation_is_no_denial(text: str) -> None:
    assert not _denied(text)
