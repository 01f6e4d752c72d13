"""The beat: whether the lexicon can be read, and whether the mail has a name for each of its sections."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, warning
from pipeline.render.phrases import load_phrases
from pipeline.select.lexicon import FILE


def beat(newsroom: Newsroom) -> Iterator[Finding]:
    """Say what the newsroom's news is about, and which section its items would not stand under."""
    lexicon = newsroom.lexicon
    where = FILE if (newsroom.home / FILE).exists() else "the shipped lexicon"
    yield ok(f"{lexicon.beat.en}: {len(lexicon.entries)} names and terms in {where}")
    for language in sorted({each for letter in newsroom.settings.newsletter for each in letter.languages}):
        words = load_phrases(newsroom.templates, language).words
        for section in lexicon.beat.sections:
            if f"section_{section}" not in words:
                yield warning(
                    f"section {section!r} has no name in {language}: its items stand under “{words['section_other']}”",
                    remedy=f'write section_{section} = "…" into templates/phrases/{language}.toml',
                )
