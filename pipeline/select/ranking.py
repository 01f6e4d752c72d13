"""The best first: a sum of four things between 0 and 1, each with its weight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model import Story
from pipeline.select.lexicon import Lexicon

RELEVANCE_WEIGHT = 0.4
OUTLETS_WEIGHT = 0.25
STANDING_WEIGHT = 0.2
RECENCY_WEIGHT = 0.15
MANY_OUTLETS = 5
"""From so many independent outlets on, more add nothing."""
HALF_LIFE = timedelta(hours=24)
SECTIONS = ("policy", "companies", "technology", "collectibles")
OTHER = "other"
TECHNOLOGY = "technology"
TITLE_WEIGHT = 3
NAME_WEIGHT = 2
"""What a name that belongs to one section says, against a cue; technology is what all news of the beat has in it, so it counts once."""
OFFICE_WEIGHT = 3
"""A place's government is the one that acts: policy, whatever it acts on."""
LEAD_CHARACTERS = 400


_OFFICE_ACTS = re.compile(
    r"\b(?:district|city|province|county|municipality|new area|government|ministry|authorit(?:y|ies)|regulators?)\s"
    r"(?:will|plans?|offers?|sets? up|launches|publishes|issues?|gives?|backs?|bans?|drafts?|adopts?|approves?|proposes?)\b"
    r"|(?:新区|开发区|高新区|[省市区县州]|政府|[部委局办])(?:近日|今日|日前|\d{1,2}日)?(?:宣布)?"
    r"(?:上线|推出|设立|出台|印发|发布|提出|启动|将出资|拟|计划)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A story with its score in [0, 1] and what it is made of."""

    story: Story
    score: float
    why: tuple[str, ...]


def rank(stories: Sequence[Story], *, relevance: Mapping[str, float], now: datetime) -> tuple[Ranked, ...]:
    """Order stories, the best first; ``relevance`` has the score of each article by its address.

    ``now`` is the slot of the issue. Equal stories stand in the order of their leads' addresses.
    """
    ranked = (_ranked(story, relevance, now) for story in stories)
    return tuple(sorted(ranked, key=lambda each: (-each.score, each.story.lead.url)))


def _ranked(story: Story, relevance: Mapping[str, float], now: datetime) -> Ranked:
    on_beat = max(relevance.get(article.url, 0.0) for article in story.articles)
    outlets = len({article.source for article in story.articles})
    standing = max(article.standing for article in story.articles)
    age = _age(story, now)
    score = (
        RELEVANCE_WEIGHT * on_beat
        + OUTLETS_WEIGHT * min(outlets - 1, MANY_OUTLETS - 1) / (MANY_OUTLETS - 1)
        + STANDING_WEIGHT * standing
        + RECENCY_WEIGHT * 0.5 ** (age / HALF_LIFE)
    )
    why = (
        f"relevance {on_beat:.2f}",
        "1 outlet" if outlets == 1 else f"{outlets} outlets",
        f"standing {standing:.2f}",
        f"newest {age / timedelta(hours=1):.0f} h before the slot",
    )
    return Ranked(story=story, score=round(score, 4), why=why)


def _age(story: Story, now: datetime) -> timedelta:
    """Return how long before the slot the newest article came; dates from the future count as none."""
    told = (a.published if a.published and a.published <= now else a.first_seen for a in story.articles)
    return max(now - max(told), timedelta(0))


def section_of(story: Story, lexicon: Lexicon) -> str:
    """Choose the section that most of the title's and lead's names and cues speak for."""
    votes: Counter[str] = Counter()
    for text, weight in ((story.lead.title, TITLE_WEIGHT), (story.lead.text[:LEAD_CHARACTERS], 1)):
        votes.update(_votes(text, weight, lexicon))
    best = max(votes.values(), default=0)
    return next((section for section in SECTIONS if best and votes[section] == best), OTHER)


def _votes(text: str, weight: int, lexicon: Lexicon) -> Counter[str]:
    votes: Counter[str] = Counter()
    for entry in {mention.entry.id: mention.entry for mention in lexicon.mentions(text)}.values():
        section = entry.section or ("companies" if entry.table == "company" else None)
        if section:
            votes[section] += weight * (
                1 if entry.ambiguous or section == TECHNOLOGY or not entry.section else NAME_WEIGHT
            )
    if _OFFICE_ACTS.search(text):
        votes["policy"] += weight * OFFICE_WEIGHT
    for cue in {mention.phrase: mention.entry for mention in lexicon.cues(text)}.values():
        votes[cue.section or OTHER] += weight
    return votes
