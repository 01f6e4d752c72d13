"""What the disclaimer promises."""

from __future__ import annotations

import pytest

from pipeline.compose.disclaimer import LANGUAGES, disclaimer

STATEMENTS = {
    "en": (
        "hope",
        "not investment advice",
        "Every investment carries risk",
        "this industry",
        "do your own research",
    ),
    "zh": ("希望", "不构成投资建议", "任何投资都有风险", "这一行业", "自行研究"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fixed_text_makes_every_statement(language: str) -> None:
    for statement in STATEMENTS[language]:
        assert statement in disclaimer(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_addition_follows_on_a_line_of_its_own(language: str) -> None:
    assert disclaimer(language, " Ask your bank.\x00 ") == disclaimer(language) + "\nAsk your bank."


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        disclaimer("fr")
