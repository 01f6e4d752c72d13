"""What an article tells that was not sent before: a new stage, a new number, a new actor.

News stands in the title and the first sentences; what follows is background.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Article, Fact
from pipeline.quantities import Quantity
from pipeline.select.clauses import sentences_of
from pipeline.select.evidence import NEAR_ENOUGH
from pipeline.select.features import actors
from pipeline.select.figures import Figure, figures, was_by_itself, was_told
from pipeline.select.gloss import name_in
from pipeline.select.headlines import RATES
from pipeline.select.lexicon import Lexicon
from pipeline.select.stages import new_stage, stages_in
from pipeline.select.telling import bare
from pipeline.select.telling import told as told_number
from pipeline.text import han_count, simplified, words

START_CHARACTERS = 300
SENT_CHARACTERS = 1600
"""Of what was sent, as far as it is asked for its stage."""
MOST_SENT_CHARACTERS = 10_000
"""As far as it is asked for its numbers; a longer page is no news."""
MOST_FACTS = 2
"""As many as one line has room for."""
LARGE = 100
"""A bare count from here on is news by itself; a smaller one if what was sent counted the same otherwise."""


def new_facts(article: Article, told: str, lexicon: Lexicon) -> tuple[Fact, ...]:
    """Return what the article's start has and ``told`` (all that was sent, its headline first) has not, the weightiest first.

    A fact that cannot be said in a language is empty in it.
    """
    found = (
        *_new_stages(article.title[:START_CHARACTERS], told, lexicon),
        *_new_numbers(article, told, lexicon),
        *_new_actors(article, told, lexicon),
    )
    return found[:MOST_FACTS]


def _new_stages(title: str, told: str, lexicon: Lexicon) -> Iterator[Fact]:
    start = told[:SENT_CHARACTERS]
    about = _about(title, start, lexicon)
    if stage := new_stage(title, about if stages_in(about) else start):
        yield Fact(kind="stage", en=stage, zh=stage)


def _about(title: str, told: str, lexicon: Lexicon) -> str:
    """Return the headline sent, and the sentences at least half as near to the title in wording as the nearest."""
    headline, _, rest = told.partition("\n")
    mine = _terms(title, lexicon)
    near = [
        (len(mine & _terms(rest[start:end], lexicon)), rest[start:end]) for start, end in sentences_of(rest)
    ]
    nearest = max((shared for shared, _ in near), default=0)
    return "\n".join((headline, *(sentence for shared, sentence in near if 2 * shared >= nearest)))


def _terms(text: str, lexicon: Lexicon) -> frozenset[str]:
    return frozenset((*words(simplified(text)), *(mention.entry.id for mention in lexicon.mentions(text))))


def _new_numbers(article: Article, told: str, lexicon: Lexicon) -> Iterator[Fact]:
    """Yield the first new number of weight: an amount, a share, a count; dates and years alone are no news."""
    title = article.title[:START_CHARACTERS]
    own = figures(f"{title}\n{article.text[:START_CHARACTERS]}", lexicon)
    before = figures(told[:MOST_SENT_CHARACTERS], lexicon)
    known = frozenset(figure.key for figure in before)
    for figure in own:
        if any(_is_equal(figure.quantity, other.quantity) for other in before):
            continue
        was = was_by_itself(figure, own, known) or was_told(figure, before)
        is_in_title = figure.quantity.end <= len(title)
        if figure.quantity.unit or figure.quantity.value >= LARGE or (was and is_in_title):
            yield _number(figure, was)
            return


def _is_equal(one: Quantity, other: Quantity) -> bool:
    """Say whether two numbers are the same, whatever is counted, or one amount in two currencies."""
    if one.unit != other.unit and one.unit in RATES and other.unit in RATES:
        here, there = one.value * RATES[one.unit], other.value * RATES[other.unit]
        return abs(here - there) <= NEAR_ENOUGH * max(here, there)
    return f"{one.value:.12g}" == f"{other.value:.12g}"


def _number(figure: Figure, was: Figure | None) -> Fact:
    en, zh = (told_number(figure, to_english=to) for to in (True, False))
    return Fact(
        kind="number",
        en=en,
        zh=zh,
        was_en=_was(was, en, to_english=True) if was else "",
        was_zh=_was(was, zh, to_english=False) if was else "",
    )


def _was(was: Figure, told: str, *, to_english: bool) -> str:
    """Return the old number, unless the words for the new one are missing or hold it."""
    old = bare(was, to_english=to_english)
    return old if told and old not in told else ""


def _new_actors(article: Article, told: str, lexicon: Lexicon) -> Iterator[Fact]:
    known = actors(told, lexicon)
    new = [m for m in lexicon.mentions(article.title) if m.entry.id in actors(article.title, lexicon) - known]
    for mention in new[:1]:
        en, zh = (name_in(mention, lexicon, to_english=to) or mention.phrase for to in (True, False))
        yield Fact(kind="actor", en="" if han_count(en) else en, zh=zh)
