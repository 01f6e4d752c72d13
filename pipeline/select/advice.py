"""Does a text tell its reader to buy, sell or hold, or to expect a gain? We give no advice, and pass none on.

``advice.toml`` holds the phrases. What a text quotes, or warns of, is no advice of its own; but a summary that consisted
of nothing else would repeat it, so such a sentence never stands alone.
"""

from __future__ import annotations

from pipeline.select.pitch import first_said, phrases
from pipeline.text import sentences

OPENING_CHARACTERS = 400
"""What stands here is what the article is about; further down one phrase alone may be a call to subscribe."""
FEWEST_SENTENCES = 2


def advice(text: str) -> str:
    """Return the first phrase by which a text advises its reader on money; empty when it does not."""
    return first_said("advice", text)


def repeats_advice(text: str) -> bool:
    """Say whether a text has such a phrase at all, be it quoted or warned of."""
    return phrases("advice").find(text) is not None


def advice_of(title: str, text: str, *, language: str) -> str:
    """Return the phrase by which an article advises: in its headline or its opening, or else in two sentences."""
    early = advice(title) or advice(text[:OPENING_CHARACTERS])
    if early or not repeats_advice(text):
        return early
    found = [said for said in map(advice, sentences(text, language)) if said]
    return found[0] if len(found) >= FEWEST_SENTENCES else ""
