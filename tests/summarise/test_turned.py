"""Acts are compared by what they mean, in one language and across two: denied, turned round, planned, or another's."""

from __future__ import annotations

import pytest

from pipeline.summarise.acts import acts
from pipeline.summarise.faithfulness import check

DEAL = "Example Cloud will buy Lathe Works for 30 million yuan. Hengyu did not confirm that it sold its plant in Wuxi."
DEAL_ZH = (
    "示例云将以3000万元收购车床厂。车床厂否认出售无锡工厂，也尚未决定是否关闭展厅。展厅由甲局运营，乙局参与。"
)
NAMES = {
    "Example Cloud": ("示例云",), "示例云": ("Example Cloud",), "Lathe Works": ("车床厂",), "车床厂": ("Lathe Works",),
    "Wuxi": ("无锡",), "无锡": ("Wuxi",),
}  # fmt: skip
ACTORS = ("Example Cloud", "示例云", "Lathe Works", "车床厂")


def unsupported(source: str, summary: str) -> tuple[str, ...]:
    return check(source, summary, names=NAMES, actors=ACTORS).unsupported


@pytest.mark.parametrize(
    ("source", "summary", "kind"),
    [
        pytest.param(DEAL, "Lathe Works will buy Example Cloud for 30 million yuan.", "name", id="swapped"),
        pytest.param(DEAL_ZH, "Lathe Works will buy Example Cloud for 30 million yuan.", "name", id="swapped-across"),
        pytest.param(DEAL, "车床厂将以3000万元收购示例云。", "name", id="swapped-across-the-other-way"),
        pytest.param(DEAL_ZH, "展厅由乙局运营。", "name", id="another-by"),
        pytest.param(DEAL, "Example Cloud will sell Lathe Works for 30 million yuan.", "negation", id="opposite"),
        pytest.param(DEAL, "示例云将以3000万元出售车床厂。", "negation", id="opposite-across"),
        pytest.param(DEAL_ZH, "Lathe Works confirmed the sale of the factory in Wuxi.", "negation", id="denial-across"),
        pytest.param(DEAL, "示例云已以3000万元收购车床厂。", "plan or fact", id="plan-across"),
    ],
)  # fmt: skip
def test_an_act_told_otherwise_is_named(source: str, summary: str, kind: str) -> None:
    assert any(miss.startswith(f"{kind} “") for miss in unsupported(source, summary))


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(DEAL, "Lathe Works will be acquired by Example Cloud for 30 million yuan.", id="passive"),
        pytest.param(DEAL, "Example Cloud plans to purchase Lathe Works.", id="other-word"),
        pytest.param(DEAL, "示例云拟以3000万元并购车床厂。", id="across"),
        pytest.param(DEAL_ZH, "Lathe Works denied that it is selling its factory in Wuxi.", id="denial-across"),
        pytest.param(DEAL_ZH, "Example Cloud is to take over Lathe Works for 30 million yuan.", id="is-to"),
    ],
)  # fmt: skip
def test_an_act_told_in_other_words_is_supported(source: str, summary: str) -> None:
    assert unsupported(source, summary) == ()


@pytest.mark.parametrize(
    ("text", "family", "side"),
    [
        ("The firm stopped issuing it.", "issue", -1),
        ("The firm has yet to sell it.", "buy", -1),
        ("公司不得不关闭展厅", "open", -1),
        ("公司未关闭展厅", "open", 1),
        ("平台未经授权发行藏品", "issue", 1),
        ("公司不再发行藏品", "issue", -1),
    ],
)
def test_an_act_has_a_side(text: str, family: str, side: int) -> None:
    sides = {act.side for act in acts(text, is_han=not text.isascii()) if act.family == family}
    assert sides == {side}


def test_virtual_is_no_plan() -> None:
    """The word for virtual (虚拟) ends in one for a plan (拟)."""
    assert unsupported("虚拟主播已上线。", "虚拟主播上线了。") == ()
