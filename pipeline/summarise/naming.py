"""Names as a sentence's own form gives them away: capitals in English, a family name before “says” in Chinese."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.summarise.spelled import MONTHS
from pipeline.text import HAN

_WORD = r"[A-Z][A-Za-z0-9\u00c0-\u024f'’&.-]*[A-Za-z0-9\u00c0-\u024f]"
NAME = re.compile(rf"(?<![A-Za-z0-9\u00c0-\u024f'’]){_WORD}(?:\s{_WORD})*")
_LONG = re.compile(r"\b[A-Za-z][a-z]{3,}\b")
FEWEST_LONG, TITLE_CASE = 4, 0.8
"""Words of four letters and more, and the share of them in capitals, from which on a sentence is a headline in capitals."""
LONGEST_TERM = 3
TERMS = frozenset(("AI", "AR", "VR", "XR", "MR", "NFT", "NFTs", "IP", "3D", "IPO"))
"""Words of capitals that name no one."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_NAMES = frozenset((*MONTHS, *TERMS, *_WEEKDAYS))
EMPTY_WORDS = frozenset(
    (
        "the", "a", "an", "of", "to", "in", "on", "for", "and", "or", "is", "are", "was", "were", "be", "been", "has", "have", "had",
        "that", "this", "it", "its", "as", "at", "by", "with", "from", "but", "not", "he", "she", "they", "their", "his", "her", "who",
        "which", "will", "would", "after", "also", "into", "than", "said", "says",
    )
)  # fmt: skip
_OPENERS = frozenset(
    (
        "another", "both", "every", "each", "former", "local", "new", "late", "now", "then", "here", "there", "one", "two", "three", "four",
        "five", "six", "seven", "eight", "nine", "ten", "mr", "mrs", "ms", "dr", "president", "minister", "professor", "mayor", "chairman",
        "whether", "if", "when", "while", "although", "though", "since", "because", "once", "unless", "despite", "under", "before",
        "during", "until", "only", "even", "nobody", "all", "some", "its", "founder", "firm", "company", "city", "state", "nearby", "rival", "fellow", "investor", "maker",
    )
)  # fmt: skip
"""Words that have their capital from the sentence they open, though a name follows."""
_UNNAMED = frozenset(
    (
        "police", "parliament", "government", "management", "staff", "trading", "construction", "work", "production",
        "demand", "revenue", "everyone", "everybody", "someone", "nobody", "it", "one", "research", "industry", "business", "data",
        "evidence", "press", "media", "state", "court", "congress", "half", "most", "much", "some",
    )
)  # fmt: skip
"""Words that act without an article and are no names."""
_ACT = re.compile(
    r"\s(?:said|told|raised|opened|launched|announced|unveiled|signed|won|lost|joined|bought|sold|hired|released|led|leads|plans|planned"
    r"|wants|invested|built|founded|acquired|reported|sued|fined|argued|added|agreed)\b"
)
FAMILY_NAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾譚鄒陸顧龍萬錢湯賀賴龔"
)
_SPEAKER = re.compile(
    rf"(?:^|[，。；：、！？“”「」\s]|负责人|負責人|总经理|總經理|经理|教授|主任|董事长|董事長|市民|记者|記者|创始人|創始人)([{FAMILY_NAMES}][\u4e00-\u9fff]{{1,2}}?)"
    r"(?:说|說|表示|称|稱|介绍|介紹|指出|认为|認為|透露|强调|強調)"
)


def is_title_case(sentence: str) -> bool:
    """Say whether an English sentence has its words in capitals throughout, as some headlines do."""
    long = _LONG.findall(sentence)
    return len(long) >= FEWEST_LONG and sum(word[0].isupper() for word in long) >= TITLE_CASE * len(long)


def is_term(word: str) -> bool:
    """Say whether a Latin word within Chinese is a term of two or three letters, as VR or NFT, rather than a name."""
    return word.isupper() and len(word) <= LONGEST_TERM


def words_of_name(match: re.Match[str], sentence: str) -> list[str]:
    """Return the words of a capitalised run that are names; the first of a sentence may have its capital from that."""
    run = match.group().split()
    is_first = not sentence[: match.start()].strip("“\"'‘(*- ")
    named = run[1:] if is_first and not _is_name(run, sentence[match.end() :]) else run
    return [word for word in named if word.lower() not in EMPTY_WORDS]


def _is_name(run: list[str], rest: str) -> bool:
    """Say whether the word that opens a sentence is a name: another follows it, or it acts without an article."""
    first = run[0].rstrip(".").lower()
    if len(run) > 1:
        return first not in _OPENERS
    return _ACT.match(rest) is not None and not first.endswith("s") and first not in _UNNAMED


def speakers(sentence: str) -> Iterator[str]:
    """Return the full Chinese names of those whom a sentence quotes."""
    return (match[1] for match in _SPEAKER.finditer(sentence))


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name as it stands."""

    name: str
    start: int
    end: int
    can_act: bool


def named(text: str, known: Mapping[str, bool]) -> list[Named]:
    """Return the names of a text in order: the known ones, of which it is said whether they can act, and what else has capitals."""
    found = [
        Named(name=name, start=match.start(), end=match.end(), can_act=can_act)
        for name, can_act in known.items()
        if name in text and name not in _NO_NAMES
        for match in _spelled(name).finditer(text)
    ]
    taken = {place for each in found for place in range(each.start, each.end)}
    found += (each for each in _in_capitals(text) if each.start not in taken)
    return sorted(found, key=lambda each: (each.start, -each.end))


@lru_cache(maxsize=2_000)
def _spelled(name: str) -> re.Pattern[str]:
    """Return what finds a name, a Latin one as whole words."""
    if HAN.search(name):
        return re.compile(re.escape(name))
    return re.compile(rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![A-Za-z0-9]|-(?!based))")


def _in_capitals(text: str) -> Iterator[Named]:
    for match in NAME.finditer(text):
        for word in words_of_name(match, text):
            start = text.index(word, match.start())
            if word not in _NO_NAMES and not word[-1:].isdigit():
                name = word.removesuffix("'s").removesuffix("’s")
                yield Named(name=name, start=start, end=start + len(word), can_act=True)


def is_same(one: str, other: str, names: Mapping[str, Collection[str]]) -> bool:
    """Say whether two names are of one thing, as far as their spellings are known."""
    return one in other or other in one or other in names.get(one, ()) or one in names.get(other, ())
