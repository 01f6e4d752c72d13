"""The best first: a sum of four things between 0 and 1, each with its weight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model import Story
from pipeline.select.lexicon import Lexicon
from pipeline.text import is_mostly_han

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
"""What a name that belongs to one section says, against a cue; technology is what all news of the beat has in it, so its names and ambiguous cues count as one."""
OFFICE_WEIGHT = 3
"""A place's government or a court is the one that acts: policy, whatever it acts on."""
LEAD_CHARACTERS = 400
LEAD_HAN = 150
"""The first two or three sentences; Chinese says as much in fewer characters."""
_OFFICE_ACTS = re.compile(
    r"""
    \b(?:district|city|province|county|municipality|new\sarea|government|ministry|authorit(?:y|ies)|regulators?|watchdog
      |bureaus?|commission|council|customs|courts?|tribunal|judges?|prosecutors)
    (?:\s(?:in|of)\s\w+)?\s
    (?:will|plans?|drafts?|sets?\s(?:up|out)
      |(?:(?:to|would|may)\s)?(?:offer|launch|unveil|publish|issue|give|back|ban|adopt|approve|propose|pay|fund|subsidi[sz]e
        |require|order|rule|tell|find|fine|want|warn|caution|curb|limit|allow|make)(?:e?[sd])?)\b
  | \bchina\s(?:drafts|bans|orders|requires|tightens|sets\sout|proposes|adopts|approves|limits|curbs|warns|fines)\b
  | (?:新区|新區|开发区|開發區|高新区|高新區|政府|部门|部門|[省县縣州委]|(?<![上股超都门門])市|(?<![景园園专專社校街])[区區]
      |(?<![总總全内內业業乐樂])部|(?<![邮布格结結])局|(?<![举舉主承])[办辦])
    (?:近日|今日|日前|\d{1,2}日)?(?:宣布|联合|聯合|将|將|[对對][^，。]{2,20}?)?
    (?:上线|上線|推出|设立|設立|出台|印发|印發|发布|發布|提出|启动|啟動|出资|出資|发文|發文|拨款|撥款|资助|資助|补贴|補貼
      |给予|給予|公布|要求|规定|規定|整治|通报|通報|约谈|約談|处罚|處罰|叫停|禁止|拟|擬|计划|計劃)
  | 宣判|判令|判赔|判賠|裁定|法院(?:[:：]|[^，。]{0,6}[判裁认認])
    """,
    re.IGNORECASE | re.VERBOSE,
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
    lead = story.lead.text[: LEAD_HAN if is_mostly_han(story.lead.text) else LEAD_CHARACTERS]
    votes: Counter[str] = Counter()
    for text, weight in ((story.lead.title, TITLE_WEIGHT), (lead, 1)):
        votes.update(_votes(text, weight, lexicon))
    best = max(votes.values(), default=0)
    return next((section for section in SECTIONS if best and votes[section] == best), OTHER)


def _votes(text: str, weight: int, lexicon: Lexicon) -> Counter[str]:
    votes: Counter[str] = Counter()
    names = {mention.entry.id: mention.entry for mention in lexicon.mentions(text)}.values()
    cues = {mention.phrase: mention.entry for mention in lexicon.cues(text)}.values()
    for name in names:
        section = name.section or ("companies" if name.table == "company" else None)
        if section and section != TECHNOLOGY:
            votes[section] += weight * (NAME_WEIGHT if name.section and not name.ambiguous else 1)
    for cue in cues:
        if not cue.ambiguous:
            votes[cue.section or OTHER] += weight
    if any(name.section == TECHNOLOGY for name in names) or any(cue.ambiguous for cue in cues):
        votes[TECHNOLOGY] += weight
    if _OFFICE_ACTS.search(text):
        votes["policy"] += weight * OFFICE_WEIGHT
    return votes
