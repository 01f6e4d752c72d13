"""What a sentence needs of those about it: what it takes up, whom its pronoun means, and what the next one takes back."""

from __future__ import annotations

import re

from pipeline.summarise.naming import speakers

_TAKES_UP = re.compile(
    r"^(?:he|she|they|it|that|this|these|those|but|and|however|meanwhile|also|moreover|still|instead|so|then|yet)\b"
    r"|^(?:他|她|它|他们|她们|但|但是|然而|不过|而且|此外|另外|同时|因此|所以|其中|对此|这|该|据悉|据了解)",
    re.IGNORECASE,
)
_TELLER = re.compile(
    r"[”\"’」]\s?[^”\"“「]{0,40}\b(?:said|says|told|added|noted)\b[^”\"]{0,40}$|^[\u4e00-\u9fff]{1,8}(?:说|表示|称|道|指出|介绍)[。！]?$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^[“\"]?(?:he|she|his|her)\b|^[“「]?[他她](?!们)", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:mr|mrs|ms|dr|director|founder|executive|president|chair(?:man|woman)?|manager|minister|mayor|professor|researcher|engineer|designer"
    r"|artist|painter|writer|author|actor|actress|singer|doctor|nurse|student|teacher|resident|visitor|worker|farmer|curator|lawyer|judge|official"
    r"|analyst|spokes(?:man|woman|person)|owner|collector|player|buyer|woman|man|girl|boy|mother|father|widow)\b"
    r"|负责人|经理|主任|长官|主席|总统|总理|[部省市县区局院馆校厂社会]长|选手|名将|明星|冠军|教练|教授|市民|居民|学生|老师|教师|艺术家|画家|作家|作者|导演|演员|歌手|创始人|总裁|董事长|发言人|医生|记者"
    r"|研究员|工程师|设计师|玩家|买家|游客|观众|工人|农户|律师|法官|老人|男子|女子|女士|先生|姑娘|小伙",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b[A-Z][\w'’.-]+(?:\s[A-Z][\w'’-]+)+(?:,|\s(?:who|said|says|told|has|had|was|is|\w+ed)\b)"
)
_TAKES_BACK = re.compile(
    r"^(?:but|however|yet|still|instead)\b|\b(?:did not agree|disagreed|(?:was|were) not persuaded)\b"
    r"|^(?:但|然而|不过|可是)|未予采纳|不予支持|未采信|予以驳回",
    re.IGNORECASE,
)
_SETS_SCENE = re.compile(
    r"[?？!！:：…]$|^[“\"「`]"
    r"|^(?:伴随|随着|隨著|近年来|近年來|长期以来|長期以來|一直以来|一直以來|不久前|如果|面对|面對|作为|作為|对于|對於)"
    r"|^(?:在|当|當)[^，。]{2,40}?(?:背景下|之际|之際|之下|的情况下|的情況下|的今天|时|時)，"
)


def sets_scene(sentence: str) -> bool:
    """Say whether a sentence leads up to the news: a question, somebody's words, the state of the world."""
    return _SETS_SCENE.search(sentence) is not None


def leans(sentence: str, before: str, *, is_next: bool) -> bool:
    """Say whether a sentence makes no sense after ``before``, which is what it follows in the article if it ``is_next``."""
    if not (before and is_next) and (_TAKES_UP.search(sentence) or tells_who(sentence)):
        return True
    return _PRONOUN.search(sentence) is not None and not _has_person(before)


def tells_who(sentence: str) -> bool:
    """Say whether a sentence only tells who said the words before it."""
    return _TELLER.search(sentence) is not None


def takes_back(sentence: str) -> bool:
    """Say whether a sentence takes back, wholly or in part, what the one before it says."""
    return _TAKES_BACK.search(sentence) is not None


def _has_person(text: str) -> bool:
    named = _PERSON.search(text) or _NAMED.search(text)
    return named is not None or any(True for _ in speakers(text))
