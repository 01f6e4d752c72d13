"""Closing sentences that recur under otherwise different articles: a site's words on itself, and no news of the event.

Where they stay, they are what short articles have most in common, and join what has nothing to do with each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Article
from pipeline.text import han_count, sentences, word_count, words

CLOSING_CHARACTERS = 1500
"""So much of an article's end is looked at; legal notices are hardly longer."""
OPENING_CHARACTERS = 400
ALIKE = 0.25
"""The share of words in common from which two openings may tell of one event."""
FEWEST_WORDS, FEWEST_HAN = 6, 12
"""Shorter sentences recur by chance."""


def without_refrains(articles: Sequence[Article], *, beside: Sequence[Article] = ()) -> list[Article]:
    """Return the articles without the closing sentences that other articles, those ``beside`` among them, close with too.

    Articles that open alike may tell of one event: what they share is no refrain.
    """
    holders: defaultdict[str, list[Article]] = defaultdict(list)
    closings = [_closing(article) for article in (*articles, *beside)]
    for article, closing in zip((*articles, *beside), closings, strict=True):
        for sentence in set(closing):
            holders[sentence].append(article)
    refrains = {sentence for sentence, held in holders.items() if _differ(held)}
    return [_cut(article, closing, refrains) for article, closing in zip(articles, closings, strict=False)]


def _differ(held: Sequence[Article]) -> bool:
    """Say whether one of the articles opens otherwise than the first."""
    first = _opening(held[0])
    return any(len(other & first) < ALIKE * len(other | first) for other in map(_opening, held[1:]))


def _opening(article: Article) -> frozenset[str]:
    """Return the words of the title and the first sentence."""
    first = sentences(article.text[:OPENING_CHARACTERS], article.language)[:1]
    return frozenset(words(" ".join((article.title, *first))))


def _closing(article: Article) -> list[str]:
    """Return the long sentences at an article's end, in order."""
    last = article.text[-CLOSING_CHARACTERS:]
    return [s for s in sentences(last, article.language) if _is_long(s)]


def _is_long(sentence: str) -> bool:
    han = han_count(sentence)
    return han >= FEWEST_HAN or word_count(sentence) - han >= FEWEST_WORDS


def _cut(article: Article, closing: Sequence[str], refrains: set[str]) -> Article:
    """Cut what stands at the end from the first refrain of an unbroken run on, unless hardly a sentence would remain."""
    end = len(article.text)
    for sentence in reversed(closing):
        if sentence not in refrains or (at := article.text.rfind(sentence, 0, end)) < 0:
            break
        end = at
    kept = article.text[:end].rstrip()
    return replace(article, text=kept) if end < len(article.text) and _is_long(kept) else article
