"""Our own letters, shown on golden mails one can open in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest

from pipeline.render.letter import SetLetter, set_letter
from pipeline.render.lint import lint
from pipeline.render.masthead import Imprint
from pipeline.render.plaintext import columns
from tests.render.samples import LEAVE_URL, PREFERENCES_URL, TEMPLATES, masthead

GOLDEN = Path(__file__).parent / "golden"
SIGNED = "1.aBcDeF.k8sJ2hQm4nVx7yZ0rT5pLw3uE9i"
LINKS = {
    "opt-in": f"https://news.lantern.example/confirm/{SIGNED}",
    "already": PREFERENCES_URL,
    "download": f"https://news.lantern.example/download/{SIGNED}",
    "erase": f"https://news.lantern.example/erase/{SIGNED}",
}
CASES = [("opt-in", "en"), ("opt-in", "both"), ("already", "zh"), ("download", "en"), ("erase", "zh")]
EVERY = pytest.mark.parametrize(("kind", "language"), [*product(LINKS, ("en", "zh", "both"))])


def imprint(language: str, publisher_language: str = "en") -> Imprint:
    head = masthead(language, publisher_language)
    return Imprint(**{field.name: getattr(head, field.name) for field in fields(Imprint)})


def letter(
    kind: str,
    language: str,
    *,
    titles: Sequence[str] = ("China Metaverse Daily",),
    about: Imprint | None = None,
) -> SetLetter:
    return set_letter(
        kind,
        language=language,
        titles=titles,
        url=LINKS[kind],
        leave_url=LEAVE_URL,
        imprint=about or imprint(language),
        templates=TEMPLATES,
    )


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_a_letter_is_as_its_golden_file(kind: str, language: str, pytestconfig: pytest.Config) -> None:
    made = letter(kind, language)
    for suffix, part in (("html", made.html), ("txt", f"Subject: {made.subject}\n\n{made.text}")):
        path = GOLDEN / f"letter-{kind}-{language}.{suffix}"
        if pytestconfig.getoption("--update-golden"):
            path.write_text(part, encoding="utf-8")
        assert part == path.read_text(encoding="utf-8"), f"{path.name} differs; see it, then --update-golden"


@EVERY
def test_a_letter_has_no_problem(kind: str, language: str) -> None:
    made, about = letter(kind, language), imprint(language)
    assert not lint(
        made.html,
        made.text,
        postal_address=about.postal_address,
        leave_url=LEAVE_URL,
        why=made.why,
        disclaimers=about.disclaimers,
    )
    assert [line for line in made.text.splitlines() if columns(line) > 78 and "https://" not in line] == []


@EVERY
def test_a_letter_leads_to_what_it_is_about_and_out_and_nowhere_else(kind: str, language: str) -> None:
    made = letter(kind, language)
    passages = 2 if language == "both" else 1
    assert made.html.count('href="') == 2 * passages
    for link in (LINKS[kind], LEAVE_URL):
        assert made.html.count(f'href="{link}"') == made.text.splitlines().count(link) == passages
    assert f">{LINKS[kind]}<" in made.html, "for who cannot press the button"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("opt-in", ("7 days", "7 天")),
        ("download", ("one hour", "一小时")),
        ("erase", ("one hour", "一小时")),
    ],
)
def test_a_letter_says_how_long_its_link_lasts(kind: str, words: tuple[str, str]) -> None:
    made = letter(kind, "both")
    for said in words:
        assert said in made.html
        assert said in made.text


@pytest.mark.parametrize(
    ("publisher", "first", "then"), [("en", "One step", "还差"), ("zh", "还差", "One step")]
)
def test_both_languages_stand_one_under_the_other_the_publishers_first(
    publisher: str, first: str, then: str
) -> None:
    made = letter("opt-in", "both", about=imprint("both", publisher))
    for part in (made.html, made.text):
        assert 0 < part.index(first) < part.index(then)


def test_several_newsletters_are_named_each() -> None:
    made = letter("opt-in", "en", titles=("Daily", "Weekly"))
    assert made.subject == "Please confirm: Daily and Weekly"
    assert "《Daily》、《Weekly》" in letter("opt-in", "zh", titles=("Daily", "Weekly")).text


def test_a_title_is_no_markup_no_field_and_no_header() -> None:
    made = letter("opt-in", "en", titles=('<a href="https://x.example">{heading}</a>\r\nBcc: a@b.example',))
    assert '<a href="https://x.example' not in made.html
    assert "{heading}" in made.text
    assert "\n" not in made.subject


def test_a_subject_stays_short_whatever_it_is_about() -> None:
    assert columns(letter("opt-in", "en", titles=["A newsletter of some length"] * 40).subject) < 80
