"""What is true of one thing or firm of the source, and told of another, is named."""

from __future__ import annotations

import pytest

from pipeline.summarise.faithfulness import check

CLOUD = (
    "Example Cloud will shut its hall on June 30, two years after it was built. Members can copy pictures until July 31. "
    "Lathe Works said the drill cut waste by 28 per cent, while a rival, Hengyu, saw nothing of the kind."
)


@pytest.mark.parametrize(
    ("summary", "miss"),
    [
        pytest.param(
            "Members of Example Cloud, shut soon, can copy pictures until June 30.",
            "June 30",
            id="another-date",
        ),
        pytest.param("Hengyu said the drill cut waste by 28 per cent.", "Hengyu", id="another-firm"),
    ],
)
def test_what_belongs_elsewhere_is_named(summary: str, miss: str) -> None:
    assert any(f"“{miss}”" in found for found in check(CLOUD, summary).unsupported)


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("Members can copy pictures from Example Cloud until July 31.", id="date"),
        pytest.param("Lathe Works said the drill cut waste by 28 per cent.", id="firm"),
    ],
)
def test_what_stands_where_it_belongs_is_supported(summary: str) -> None:
    assert check(CLOUD, summary).unsupported == ()


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param("The firm plans to open 20 shops.", "这家公司目前已有20家店。", id="plan-told-as-fact"),
        pytest.param("市民反对这一方案，方案不得实施。", "The plan was allowed.", id="opposite"),
    ],
)
def test_a_claim_is_turned_round_across_languages(source: str, summary: str) -> None:
    assert not check(source, summary).supported
