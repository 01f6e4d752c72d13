"""Our own letters, set: to confirm, to say "you get it already", to fetch one's data, to be erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.render.masthead import Imprint, language_tag
from pipeline.render.mjml import to_html
from pipeline.render.phrases import load_phrases
from pipeline.render.plaintext import tidy
from pipeline.render.templates import Templates
from pipeline.render.variant import shorten
from pipeline.text import clean_line

_TITLES = 60
"""Columns: the titles stand in the subject too."""
_NAME = "mail/letter.mjml.j2"


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What a letter says in one language; none of it was chosen by whoever called for the letter."""

    lang: str
    subject: str
    heading: str
    body: str
    button: str
    lasts: str
    otherwise: str
    """What to do if it was not you."""
    why: str
    instead: str
    """Leads over to the bare address."""
    leave: str
    publisher: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class SetLetter:
    """A letter as it stands in its mail."""

    subject: str
    html: str
    text: str
    why: str


def set_letter(
    kind: str,
    *,
    language: str,
    titles: Sequence[str],
    url: str,
    leave_url: str,
    imprint: Imprint,
    templates: Templates,
) -> SetLetter:
    """Set the letter of a ``kind`` (``opt-in``, ``already``, ``download``, ``erase``) in ``en``, ``zh`` or ``both``.

    ``both`` says it in the publisher's language and then in the other. Raises ``TemplateError``.
    """
    first = imprint.publisher_language if language == "both" else language
    languages = sorted({"en", "zh"}, key=lambda each: each != first) if language == "both" else [language]
    passages = [
        _passage(kind, each, titles=titles, imprint=imprint, templates=templates) for each in languages
    ]
    subject = " · ".join(passage.subject for passage in passages)
    context = {
        "passages": passages,
        "subject": subject,
        "imprint": imprint,
        "url": url,
        "leave_url": leave_url,
    }
    return SetLetter(
        subject=subject,
        html=to_html(templates.render(_NAME, **context), name=_NAME),
        text=tidy(templates.render("mail/letter.txt.j2", **context)),
        why=passages[0].why,
    )


def _passage(
    kind: str, language: str, *, titles: Sequence[str], imprint: Imprint, templates: Templates
) -> Passage:
    phrases = load_phrases(templates, language)
    key = kind.replace("-", "_")
    joined = shorten(phrases.say("between_titles").join(map(clean_line, titles)), _TITLES)
    words = ("subject", "heading", "body", "button", "lasts", "otherwise", "why")
    said = {word: phrases.say(f"{key}_{word}", titles=joined) for word in words}
    return Passage(
        lang=language_tag(language),
        **said,
        instead=phrases.say("letter_instead"),
        leave=phrases.say("letter_leave"),
        publisher=phrases.say("published_by", publisher=imprint.publisher),
        contact=phrases.say("contact"),
    )
