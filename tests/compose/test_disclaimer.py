"""What the disclaimer promises."""

from __future__ import annotations

import textwrap

import pytest

from pipeline.compose.disclaimer import LANGUAGES, disclaimer, holds_disclaimer

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_found_however_lines_are_broken(language: str) -> None:
    text = disclaimer(language)
    words_wrapped = textwrap.fill(text, 30)
    characters_wrapped = "\r\n  ".join(text[i : i + 17] for i in range(0, len(text), 17))
    assert holds_disclaimer(f"News.\n{words_wrapped}\nBye.", language)
    assert holds_disclaimer(characters_wrapped, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", range(1, 5))
def test_it_is_missed_when_a_statement_is_gone(language: str, missing: int) -> None:
    text = disclaimer(language).replace(STATEMENTS[language][missing], "")
    assert not holds_disclaimer(text, language)


def test_one_language_does_not_stand_for_the_other() -> None:
    assert not holds_disclaimer(disclaimer("en"), "zh")
    assert not holds_disclaimer(disclaimer("zh"), "en")
