"""The whole way of an issue in one language setting: view, subject, HTML, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from pipeline.model import Issue, Variant
from pipeline.render.masthead import Masthead
from pipeline.render.mjml import to_html
from pipeline.render.personalise import FIELDS, marker
from pipeline.render.phrases import Phrases, load_phrases
from pipeline.render.plaintext import columns, tidy
from pipeline.render.templates import Templates
from pipeline.render.view import IssueView, issue_view
from pipeline.text import clean_line

_SUBJECT = 60
"""Columns: about what a phone shows of a subject in two lines, 30 Chinese characters."""
_PREVIEW = 120
_DANGLING = re.compile(
    r"(?:\s+(?:an?|the|of|for|to|in|on|and|or|at|by|with|from|as)|[\s,;:，、；：（(“‘–—·-])+$"
)
"""What a cut line does not end on."""


def render(issue: Issue, *, language: str, masthead: Masthead, templates: Templates) -> Variant:
    """Set an issue in ``en``, ``zh`` or ``both``, fields open; raises ``TemplateError`` and nothing else."""
    phrases = _phrases(language, masthead, templates)
    view = issue_view(issue, language=language, masthead=masthead, phrases=phrases)
    told = _told(view, language)
    preview = _preview(told[1:], view, phrases)
    context = _context(view, masthead, phrases)
    mjml = templates.render("issue/issue.mjml.j2", **context, preview=preview)
    return Variant(
        language=language,
        subject=_subject(told, view, phrases),
        preview=preview,
        html=to_html(mjml, name="issue/issue.mjml.j2 with what it includes"),
        text=tidy(templates.render("text/issue.txt.j2", **context)),
    )


def as_markdown(issue: Issue, *, language: str, masthead: Masthead, templates: Templates) -> str:
    """Set an issue as Markdown for exports: the items and disclaimers, nothing that is filled per reader."""
    phrases = _phrases(language, masthead, templates)
    view = issue_view(issue, language=language, masthead=masthead, phrases=phrases)
    return tidy(templates.render("text/issue.md.j2", **_context(view, masthead, phrases)))


def shorten(text: str, width: int) -> str:
    """Cut one line to ``width`` columns, at a word where there is one, with ``…`` at the cut."""
    if columns(text) <= width:
        return text
    kept = text[:width]
    while columns(kept) > width - 1:
        kept = kept[:-1]
    at_word, _, cut = kept.rpartition(" ")
    if at_word and cut.isascii() and text[len(kept)] != " ":
        kept = at_word
    return _DANGLING.sub("", kept) + "…"


def _phrases(language: str, masthead: Masthead, templates: Templates) -> Phrases:
    return load_phrases(templates, masthead.publisher_language if language == "both" else language)


def _context(view: IssueView, masthead: Masthead, phrases: Phrases) -> dict[str, object]:
    return {
        "view": view,
        "masthead": masthead,
        "say": partial(phrases.say, beat=masthead.beat),
        "count": phrases.count,
        "field": {name: marker(name) for name in FIELDS},
    }


def _told(view: IssueView, language: str) -> list[str]:
    """Return what may stand in the inbox, the first item first: headlines the reader reads, else glosses.

    As printed by an outlet: nothing there could say that a machine translated.
    """
    readable = [item.printed for item in view.items if language == "both" or not item.printed_lang]
    return readable or [" · ".join(item.gloss) or item.headline for item in view.items]


def _subject(told: Sequence[str], view: IssueView, phrases: Phrases) -> str:
    """Return the lead alone: the newsletter's title stands beside it as the sender."""
    lead = told[0] if told else phrases.say(f"{view.empty}_subject", date=view.date)
    return clean_line(shorten(lead, _SUBJECT))


def _preview(told: Sequence[str], view: IssueView, phrases: Phrases) -> str:
    first = view.items[0].summary if view.items else phrases.say(f"{view.empty}_body")
    return shorten(clean_line(" · ".join(told) or first), _PREVIEW)
