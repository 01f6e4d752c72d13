"""Another place, another day, and all instead of a part are named; where a firm is at home says nothing of either."""

from __future__ import annotations

import pytest

from pipeline.summarise.faithfulness import check

SOURCE = (
    "Lathe Works, based in Wuxi, will close its hall on June 30 and open a studio on July 31. "
    "A pilot in Dalian found that two-thirds of the visitors came back within a week."
)
SOURCE_ZH = (
    "车床厂总部位于无锡。该厂在大连的试点显示，三分之二的游客一周内再次到访。下次会议将于6月在无锡举行。"
)
NAMES = {"Wuxi": ("无锡",), "无锡": ("Wuxi",), "Dalian": ("大连",), "大连": ("Dalian",)}


@pytest.mark.parametrize(
    ("source", "summary", "kind"),
    [
        pytest.param(SOURCE, "A pilot in Wuxi found that two-thirds of the visitors came back within a week.", "place", id="place"),
        pytest.param(SOURCE_ZH, "下次会议将于6月在大连举行。", "place", id="zh-place"),
        pytest.param(SOURCE, "Lathe Works, based in Wuxi, will close its hall on July 31.", "date", id="date"),
        pytest.param(SOURCE, "The pilot found that all of the visitors came back within a week.", "extent", id="all"),
        pytest.param(SOURCE_ZH, "该厂在大连的试点显示，全部游客一周内再次到访。", "extent", id="zh-all"),
    ],
)  # fmt: skip
def test_other_circumstances_are_named(source: str, summary: str, kind: str) -> None:
    assert any(miss.startswith(f"{kind} “") for miss in check(source, summary, names=NAMES).unsupported)


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(SOURCE, "Wuxi-based Lathe Works will close its hall on June 30.", id="at-home"),
        pytest.param(
            SOURCE, "In the pilot two-thirds of all visitors came back within a week.", id="part-of-all"
        ),
        pytest.param(SOURCE_ZH, "下次会议将于6月在无锡举行。", id="zh-place"),
    ],
)
def test_the_same_circumstances_are_supported(source: str, summary: str) -> None:
    assert check(source, summary, names=NAMES).unsupported == ()
