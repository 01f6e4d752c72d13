"""The best first, by a formula that can be read: what a story is worth is the sum of five parts, each with its weight.

    score = relevance + outlets + standing + recency + size, each in [0, 1] and times its share of all weights

The weights are data: ``[ranking]`` in ``lexicon.toml``. So that an issue is varied, what is on a firm, or in a section, that
has its part already waits until nothing else is left.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model import Article, Story
from pipeline.select.beat import Weights
from pipeline.select.lexicon import Lexicon, LexiconEntry
from pipeline.select.sections import section_of

LARGEST = 3
"""The greatest ``size`` of an entry."""
_OPENING_WORD = re.compile(r"[A-Z][\w&-]{2,}")
_OPENING_HAN = re.compile(r"[\u4e00-\u9fff]{4}")


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A story with its score in [0, 1] and what it is made of."""

    story: Story
    score: float
    why: tuple[str, ...]
    """The formula with its numbers, and where they come from."""
    section: str
    firms: frozenset[str]
    """Names of the firms its headline is on."""


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What is weighed, each in [0, 1]; the names are those of the weights."""

    relevance: float
    outlets: float
    standing: float
    recency: float
    size: float


def rank(
    stories: Sequence[Story],
    *,
    relevance: Mapping[str, float],
    lexicon: Lexicon,
    now: datetime,
    copies: Collection[str] = (),
) -> tuple[Ranked, ...]:
    """Order stories, the best first; ``relevance`` has the score of each article by its address.

    ``now`` is the slot of the issue; ``copies`` are addresses of articles that print another's text, so that their
    outlets are not counted. Equal stories stand in the order of their leads' addresses.
    """
    ranked = (_ranked(story, relevance, lexicon, now=now, copies=copies) for story in stories)
    return tuple(sorted(ranked, key=lambda each: (-each.score, each.story.lead.url)))


def next_best(waiting: Sequence[Ranked], chosen: Sequence[Ranked], *, weights: Weights, most: int) -> int:
    """Return the place of the story to take next: the best that leaves the issue varied, else the best of all."""
    fitting = (at for at, each in enumerate(waiting) if not crowds(each, chosen, weights=weights, most=most))
    return next(fitting, 0)


def crowds(one: Ranked, chosen: Sequence[Ranked], *, weights: Weights, most: int) -> str:
    """Say what an issue of ``most`` items has enough of for a story to wait; empty when it fits."""
    for firm in sorted(one.firms):
        if sum(firm in each.firms for each in chosen) >= weights.per_firm:
            return f"{weights.per_firm} on “{firm}” stand already"
    room = max(1, math.ceil(weights.per_section * most))
    if sum(one.section == each.section for each in chosen) >= room:
        return f"{room} of its section stand already"
    return ""


def _ranked(
    story: Story, relevance: Mapping[str, float], lexicon: Lexicon, *, now: datetime, copies: Collection[str]
) -> Ranked:
    weights = lexicon.weights
    told_by = {article.source for article in story.articles if article.url not in copies}
    outlets = max(1, len(told_by))
    age = _age(story, now)
    actor = _largest_actor(story, lexicon)
    parts = _Parts(
        relevance=max(relevance.get(article.url, 0.0) for article in story.articles),
        outlets=min(outlets - 1, weights.many_outlets - 1) / (weights.many_outlets - 1),
        standing=max(article.standing for article in story.articles),
        recency=0.5 ** (age / timedelta(hours=weights.half_life_hours)),
        size=actor.size / LARGEST if actor else 0.0,
    )
    score, formula = _weighed(parts, weights)
    copied = len({article.source for article in story.articles}) - outlets
    why = (
        formula,
        ("1 outlet" if outlets == 1 else f"{outlets} outlets")
        + (f", and {copied} with a copy" if copied > 0 else ""),
        f"newest {age / timedelta(hours=1):.0f} h before the slot",
        *((f"largest in its headlines: “{actor.names[0]}”",) if actor else ()),
    )
    return Ranked(
        story=story,
        score=score,
        why=why,
        section=section_of(story, lexicon),
        firms=_firms(story.lead, lexicon),
    )


def _weighed(parts: _Parts, weights: Weights) -> tuple[float, str]:
    """Return the sum, and the formula as one reads it."""
    total = weights.total or 1.0
    terms = [(getattr(weights, name) / total, name, value) for name, value in vars(parts).items()]
    score = round(sum(weight * value for weight, _, value in terms), 4)
    told = " + ".join(f"{weight:.2f} × {name} {value:.2f}" for weight, name, value in terms)
    return score, f"{told} = {score:.2f}"


def _age(story: Story, now: datetime) -> timedelta:
    """Return how long before the slot the newest article came; dates from the future count as none."""
    told = (a.published if a.published and a.published <= now else a.first_seen for a in story.articles)
    return max(now - max(told), timedelta(0))


def _largest_actor(story: Story, lexicon: Lexicon) -> LexiconEntry | None:
    """Return the largest firm or body that a headline of the story names."""
    titles = dict.fromkeys(article.title for article in story.articles)
    named = (mention.entry for title in titles for mention in lexicon.mentions(title))
    return max((entry for entry in named if entry.size), key=lambda entry: entry.size, default=None)


def _firms(article: Article, lexicon: Lexicon) -> frozenset[str]:
    """Return the firms that a headline names, and the name unknown to the lexicon that it opens with."""
    mentions = lexicon.mentions(article.title)
    known = {mention.entry.names[0] for mention in mentions if mention.entry.table == "company"}
    opens_known = any(mention.start == 0 for mention in mentions)
    return frozenset(known | (set() if opens_known else _opening_name(article)))


def _opening_name(article: Article) -> set[str]:
    """Return the name that a headline opens with: a word that its text never writes small, or four characters that recur."""
    word = _OPENING_WORD.match(article.title)
    if (
        word
        and article.text
        and not re.search(rf"\b{re.escape(word[0].lower())}\b", f"{article.title} {article.text}")
    ):
        return {word[0]}
    han = _OPENING_HAN.match(article.title)
    return {han[0]} if han and han[0] in article.text else set()
