"""Each measure gives what its source works out by hand."""

from __future__ import annotations

import pytest

from bench.measures import (
    Rates,
    b_cubed,
    balanced_accuracy,
    pairwise,
    rates,
    rouge_l,
    rouge_n,
    rouge_tokens,
    shingle_overlap,
)

GOLD = dict(zip("123456789ABC", "aaaaabbccccc", strict=True))
"""The example of Bagga and Baldwin (1998): three events of five, two and five."""
SMALL_JOINED = dict(zip("123456789ABC", "xxxxxyyyyyyy", strict=True))
LARGE_JOINED = dict(zip("123456789ABC", "xxxxxyyxxxxx", strict=True))


def both(found: Rates) -> tuple[float, float]:
    return found.precision, found.recall


def test_precision_and_recall_count_what_is_common() -> None:
    found = rates({"a", "b", "c"}, {"b", "c", "d", "e"})
    assert (found.precision, found.recall, found.f1) == pytest.approx((2 / 3, 1 / 2, 4 / 7))


def test_f1_of_nothing_right_is_nothing() -> None:
    assert rates({"a"}, {"b"}).f1 == 0


@pytest.mark.parametrize(("found", "precision"), [(SMALL_JOINED, 16 / 21), (LARGE_JOINED, 7 / 12)])
def test_b_cubed_makes_a_wrong_join_of_large_events_cost_more(
    found: dict[str, str], precision: float
) -> None:
    assert both(b_cubed(found, GOLD)) == pytest.approx((precision, 1))


def test_b_cubed_of_singletons_is_precise_and_misses_company() -> None:
    assert both(b_cubed({each: each for each in GOLD}, GOLD)) == pytest.approx((1, 3 / 12))


def test_pairs_count_company_alone() -> None:
    assert both(pairwise(SMALL_JOINED, GOLD)) == pytest.approx((21 / 31, 1))
    assert pairwise({each: each for each in GOLD}, GOLD).recall == 0


def test_balanced_accuracy_is_a_half_for_whoever_always_says_the_same() -> None:
    assert balanced_accuracy({"a", "b", "c"}, {"a"}, total=3) == 0.5
    assert balanced_accuracy({"a", "b"}, {"a"}, total=3) == 0.75


@pytest.mark.parametrize(
    ("candidate", "longest"), [("police kill the gunman", 3 / 4), ("the gunman kill police", 2 / 4)]
)
def test_rouge_l_sees_the_order_that_rouge_2_does_not(candidate: str, longest: float) -> None:
    """The example of Lin (2004)."""
    found, reference = candidate.split(), ["police", "killed", "the", "gunman"]
    assert rouge_n(found, reference, n=2) == pytest.approx(1 / 3)
    assert rouge_l(found, reference) == pytest.approx(longest)


def test_rouge_counts_a_repeated_word_as_often_as_it_stands_in_both() -> None:
    assert rouge_n(["the", "the", "the"], ["the", "cat"], n=1) == pytest.approx(
        2 * (1 / 3) * (1 / 2) / (5 / 6)
    )


def test_rouge_of_nothing_is_nothing() -> None:
    assert rouge_n([], ["a"], n=1) == rouge_l([], ["a"]) == 0


@pytest.mark.parametrize(
    ("text", "language", "tokens"),
    [("It's 5 Apples", "en", ["it", "s", "5", "apples"]), ("退 1.5亿，", "zh", list("退1.5亿，"))],
)
def test_rouge_reads_words_or_chinese_characters(text: str, language: str, tokens: list[str]) -> None:
    assert rouge_tokens(text, language=language) == tokens


@pytest.mark.parametrize(
    ("found", "truth", "precision", "recall"),
    [
        pytest.param("a b c d e", "a b c d x", 1 / 2, 1 / 2, id="half agrees"),
        pytest.param("a, b. C d", "a b C d e f g", 1.0, 1 / 4, id="signs do not count"),
        pytest.param("a b", "a b", 1.0, 1.0, id="shorter than a run"),
        pytest.param("元宇宙基金会", "元宇宙基金", 2 / 3, 1.0, id="Chinese by character"),
        pytest.param("", "a b c d", 0.0, 0.0, id="nothing found"),
        pytest.param("", " \n", 1.0, 1.0, id="nothing to find"),
    ],
)
def test_shingles_are_runs_of_four(found: str, truth: str, precision: float, recall: float) -> None:
    assert both(shingle_overlap(found, truth)) == pytest.approx((precision, recall))
