"""Under which heading a story stands: the one that most of its title's and lead's names and cues speak for."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pipeline.model import Story
from pipeline.select.beat import OTHER
from pipeline.select.lexicon import Lexicon
from pipeline.text import is_mostly_han

TITLE_WEIGHT = 3
NAME_WEIGHT = 2
"""What a name that belongs to one section says, against a cue; the background is what all news of the beat has in it, so its names and ambiguous cues count as one."""
OFFICE_WEIGHT = 3
"""A place's government or a court is the one that acts: that is its section, whatever it acts on."""
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
  | (?:新区|新區|开发区|開發區|高新区|高新區|政府|部门|部門|[省县縣州委]|(?<![上股超都门門])市|(?<![景园園专專社校街])[区區]
      |(?<![总總全内內业業乐樂])部|(?<![邮布格结結])局|(?<![举舉主承])[办辦])
    (?:近日|今日|日前|\d{1,2}日)?(?:宣布|联合|聯合|将|將|[对對][^，。]{2,20}?)?
    (?:上线|上線|推出|设立|設立|出台|印发|印發|发布|發布|提出|启动|啟動|出资|出資|发文|發文|拨款|撥款|资助|資助|补贴|補貼
      |给予|給予|公布|要求|规定|規定|整治|通报|通報|约谈|約談|处罚|處罰|叫停|禁止|拟|擬|计划|計劃)
  | 宣判|判令|判赔|判賠|裁定|法院(?:[:：]|[^，。]{0,6}[判裁认認])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_COUNTRY_ACTS = r"\s(?:drafts|bans|orders|requires|tightens|sets\sout|proposes|adopts|approves|limits|curbs|warns|fines)\b"


def section_of(story: Story, lexicon: Lexicon) -> str:
    """Choose the section that most of the title's and lead's names and cues speak for."""
    lead = story.lead.text[: LEAD_HAN if is_mostly_han(story.lead.text) else LEAD_CHARACTERS]
    votes: Counter[str] = Counter()
    for text, weight in ((story.lead.title, TITLE_WEIGHT), (lead, 1)):
        votes.update(_votes(text, weight, lexicon))
    best = max(votes.values(), default=0)
    return next((section for section in lexicon.beat.sections if best and votes[section] == best), OTHER)


def _votes(text: str, weight: int, lexicon: Lexicon) -> Counter[str]:
    beat = lexicon.beat
    votes: Counter[str] = Counter()
    names = {mention.entry.id: mention.entry for mention in lexicon.mentions(text)}.values()
    cues = {mention.phrase: mention.entry for mention in lexicon.cues(text)}.values()
    for name in names:
        section = name.section or (beat.firms if name.table == "company" else None)
        if section and section != beat.background:
            votes[section] += weight * (NAME_WEIGHT if name.section and not name.ambiguous else 1)
    for cue in cues:
        if not cue.ambiguous:
            votes[cue.section or OTHER] += weight
    if any(name.section == beat.background for name in names) or any(cue.ambiguous for cue in cues):
        votes[beat.background] += weight
    if _OFFICE_ACTS.search(text) or _country_acts(_country_names(lexicon)).search(text):
        votes[beat.offices] += weight * OFFICE_WEIGHT
    return votes


def _country_names(lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(name for e in lexicon.entries if e.table == "home" and e.kind == "country" for name in e.en)


@cache
def _country_acts(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds that the beat's own country rules something; nothing where it has no name."""
    named = "|".join(map(re.escape, names))
    return re.compile(rf"\b(?:{named}){_COUNTRY_ACTS}" if named else r"(?!)", re.IGNORECASE)
