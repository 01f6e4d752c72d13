"""What the source denies, plans or tells the other way is not told as so; what it says in other words is."""

from __future__ import annotations

import pytest

from pipeline.summarise.faithfulness import check
from pipeline.summarise.stance import Mode, han_stance, stance, stem, tokens_of

PLAN = "The firm plans to open 20 stores in Shanghai next year. It may sell its old shop in Nanjing."
FACT = "The firm opened 20 stores in Shanghai last year, up 12 percent. The city adopted the rules on virtual hosts."
DENIAL = (
    "The firm did not sign the deal with Paperkite Capital on Monday. At least 50 people joined the talks."
)
PLAN_ZH = "该公司计划在上海开设二十家门店。市政府就虚拟主播管理办法草案征求意见，年内有望推广至二十个街道。"
FACT_ZH = "该公司已在上海开设二十家门店，营收同比增长12%。市政府审议通过虚拟主播管理办法，至少50家企业参加。"
DENIAL_ZH = "该公司表示，不裁员。项目未获批准在上海开工，此事与网络传言无关。"


@pytest.mark.parametrize(
    ("source", "summary", "kind"),
    [
        pytest.param(PLAN, "The firm has opened 20 stores in Shanghai.", "plan or fact", id="plan-as-fact"),
        pytest.param(
            "The city plans to set up a fund.", "The city has set up a fund.", "plan or fact", id="plan-as-done-in-one-form"
        ),
        pytest.param(
            "计划到2028年产值达到3500亿元。", "产值已达3500亿元。", "plan or fact", id="zh-plan-as-done-in-one-word"
        ),
        pytest.param(FACT, "The firm plans to open 20 stores in Shanghai.", "plan or fact", id="fact-as-plan"),
        pytest.param(PLAN, "The firm will sell its old shop in Nanjing.", "plan or fact", id="may-as-will"),
        pytest.param(
            DENIAL, "The firm signed the deal with Paperkite Capital.", "negation", id="denied-as-done"
        ),
        pytest.param(
            FACT, "The firm has not opened 20 stores in Shanghai.", "negation", id="done-as-denied"
        ),
        pytest.param(
            FACT, "The firm opened 20 stores in Shanghai, down 12 percent.", "direction", id="up-as-down"
        ),
        pytest.param(DENIAL, "At most 50 people joined the talks.", "bound", id="at-least-as-at-most"),
        pytest.param(FACT, "The city proposed the rules on virtual hosts.", "stage", id="adopted-as-proposed"),
        pytest.param(FACT, "营收下降12%。", "direction", id="up-as-down-in-another-language"),
        pytest.param(PLAN_ZH, "该公司已在上海开设二十家门店。", "plan or fact", id="zh-plan-as-fact"),
        pytest.param(FACT_ZH, "该公司将在上海开设二十家门店。", "plan or fact", id="zh-fact-as-plan"),
        pytest.param(PLAN_ZH, "年内将推广至二十个街道。", "plan or fact", id="zh-may-as-will"),
        pytest.param(DENIAL_ZH, "项目获批准在上海开工。", "negation", id="zh-denied-as-done"),
        pytest.param(DENIAL_ZH, "该公司将裁员。", "negation", id="zh-denied-elsewhere"),
        pytest.param(FACT_ZH, "该公司营收同比下降12%。", "direction", id="zh-up-as-down"),
        pytest.param(FACT_ZH, "不超过50家企业参加。", "bound", id="zh-at-least-as-at-most"),
        pytest.param(PLAN_ZH, "市政府审议通过虚拟主播管理办法。", "stage", id="zh-proposed-as-adopted"),
    ],
)  # fmt: skip
def test_what_is_turned_round_is_named(source: str, summary: str, kind: str) -> None:
    assert any(miss.startswith(f"{kind} “") for miss in check(source, summary).unsupported)


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        pytest.param(PLAN, "The firm will open 20 stores in Shanghai next year.", id="plans-as-will"),
        pytest.param(PLAN, "The firm might sell its old shop in Nanjing.", id="may-as-might"),
        pytest.param(DENIAL, "The firm failed to sign the deal with Paperkite Capital.", id="failed-to"),
        pytest.param(DENIAL, "More than 50 people joined the talks.", id="at-least-as-more-than"),
        pytest.param(FACT, "The firm opened 20 stores in Shanghai, a rise of 12 percent.", id="up-as-a-rise"),
        pytest.param(PLAN_ZH, "该公司将在上海开设二十家门店。", id="zh-plans-as-will"),
        pytest.param(DENIAL_ZH, "项目尚未获批准在上海开工。", id="zh-denied-otherwise"),
        pytest.param(FACT_ZH, "50多家企业参加虚拟主播管理办法审议。", id="zh-more-than"),
        pytest.param(FACT_ZH, "Revenue grew 12 percent.", id="another-language"),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_supported(source: str, summary: str) -> None:
    assert check(source, summary).unsupported == ()


@pytest.mark.parametrize(
    ("sentence", "word", "denied", "mode"),
    [
        ("The firm opened it.", "opened", False, Mode.DONE),
        ("The firm will not be opening it.", "opening", True, Mode.PLANNED),
        ("The firm may open it.", "open", False, Mode.POSSIBLE),
        ("The firm plans to quickly open it.", "open", False, Mode.PLANNED),
        ("The firm built it.", "built", False, Mode.DONE),
        ("It never denied that it had sold it.", "sold", False, Mode.DONE),
        ("Plans open doors.", "open", False, Mode.UNTOLD),
    ],
)
def test_a_word_has_its_stance(sentence: str, word: str, denied: bool, mode: Mode) -> None:
    tokens = tokens_of(sentence)
    found = stance(tokens, tokens.index(word))
    assert (found.denied, found.mode) == (denied, mode)


@pytest.mark.parametrize("word", ["open", "opens", "opened", "opening"])
def test_the_forms_of_a_word_have_one_stem(word: str) -> None:
    assert stem(word) == "open"


@pytest.mark.parametrize(
    ("clause", "denied", "mode"),
    [
        ("项目未获批准", {"批准"}, Mode.UNTOLD),
        ("公司不仅开店", set(), Mode.UNTOLD),
        ("公司将开店", set(), Mode.PLANNED),
        ("公司或将开店", set(), Mode.POSSIBLE),
        ("公司已经开店", set(), Mode.DONE),
        ("未来将开店", set(), Mode.PLANNED),
    ],
)
def test_a_chinese_clause_has_its_stance(clause: str, denied: set[str], mode: Mode) -> None:
    found = han_stance(clause)
    assert (set(found.denied_first), found.mode) == (denied, mode)
