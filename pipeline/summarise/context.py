"""What a sentence needs of those about it: what it takes up, whom its pronoun means, and what the next one takes back.

Chinese is matched as simplified text, so that its traditional forms need no patterns of their own.
"""

from __future__ import annotations

import re

from pipeline.summarise.naming import speakers
from pipeline.text import simplified

_LINKS = (
    r"he|she|they|it|its|their|that|this|these|those|such|the latter|but|and|or|nor|however|nevertheless|nonetheless|meanwhile|also|moreover|furthermore|besides(?=,)"
    r"|additionally|likewise|similarly|still|otherwise|so|thus|therefore|hence|consequently|accordingly|then|yet|indeed"
    r"|even so|as a result|as such|in other words|in fact|at the same time|by (?:contrast|comparison)|on the other hand"
    r"|for (?:example|instance|(?:that|this) reason)|(?:instead|in (?:addition|response|return|turn|reply|contrast|comparison))(?! (?:to|of|for|with)\b)|(?:since|until|by|after|before) (?:then|that)"
    r"|according to (?:him|her|them|it)|to (?:this|that) end|(?:(?:one|some|most|all|none|many|each) )?of (?:these|those|them)|among (?:these|those|them)"
    r"|there(?! (?:is|are|was|were|will|has|have|had|can|may)\b)|(?:first|second|third|last)ly"
)
_LINKS_ZH = (
    "他|她|它|这|该|此|其|但|然而|不过|可是|而|并(?![购列网轨])|也(?!门)|还(?!原)|又|因此|因而|为此|由此|对此|据此|所以|于是|同时|与此同时|另外|另据|另一方面|除此|相比之下|相反"
    "|尽管如此|虽然如此|即便如此|反之|总之|例如|比如|譬如|前者|后者|两者|二者|双方|上述|前述|随后|之后|后来|同日|当[日天]|届时|至此|据悉|据了解|据介绍"
)
_TAKES_UP = re.compile(rf"^(?:{_LINKS})\b|^(?:{_LINKS_ZH})", re.IGNORECASE)
_TELLS = r"(?:said|says|told|added|noted)"
_SAID_AFTER = re.compile(rf"[”\"」]\s?[^”\"“「]{{0,40}}\b{_TELLS}\b[^”\"]{{0,40}}$", re.IGNORECASE)
_TELLER = re.compile(
    r"^(?!.{0,60}(?:未(?!来)|没有|拒绝|不愿))[^，。；：“”「」\"]{1,60}"
    r"(?:(?<![小学传据])说|(?<![名简职俗人号昵统通])称|[写问答笑]道|表示|指出|介绍|透露|强调|坦言|解释|补充|认为|回忆|告诉记者)[。！]?$"
    rf"|^[^,;:“”\"]{{1,60}}\s{_TELLS}[.!]?$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^[“\"]?(?:he|she|his|her)\b|[”\"] (?:he|she)\b|^[“「]?[他她](?!们)|[”」][他她](?!们)", re.IGNORECASE
)
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
_WITHDRAWN = re.compile(
    r"\bhad(?: \w+){0,2} (?:put|guessed|spoken of)\b[^.]{0,40}\d|\b(?:wrongly|mistakenly|erroneously|misprint|typo|typing error|rumou?rs? had|word had gone round)\b"
    r"|\bdigits (?:had|were)\b|\b(?:was|were) (?:an error|a mistake|wrong)\b"
    r"|(?:此前|早前|先前|曾|误)[^。]{0,20}(?:误[报传称写作为]|有误|笔误|更正)|网传|(?:早前|一度|网上|网络)[^。]{0,8}(?:流传|传出|传闻|盛传)|误传|误写|误植|谣传|(?:不实|不属实|有误)[。，]|数字(?:写反|颠倒)",
    re.IGNORECASE,
)
_SETS_SCENE = re.compile(
    r"[?？!！:：…]$|^[“\"「`]"
    r"|^(?:伴随|随着|近年来|长期以来|一直以来|不久前|如果|面对|作为|对于)"
    r"|^(?:在|当)[^，。]{2,40}?(?:背景下|之际|之下|的情况下|的今天|时)，"
)


def sets_scene(sentence: str) -> bool:
    """Say whether a sentence leads up to the news: a question, somebody's words, the state of the world."""
    return _SETS_SCENE.search(simplified(sentence)) is not None


def withdraws(sentence: str) -> bool:
    """Say whether a sentence gives a figure or a claim only to tell that it was wrong."""
    return _WITHDRAWN.search(simplified(sentence)) is not None


def leans(sentence: str, before: str, *, is_next: bool) -> bool:
    """Say whether a sentence makes no sense after ``before``, which is what it follows in the article if it ``is_next``."""
    plain = simplified(sentence)
    if not (before and is_next) and (
        _TAKES_UP.search(plain) or _SAID_AFTER.search(plain) or is_teller(plain)
    ):
        return True
    return _PRONOUN.search(plain) is not None and not _has_person(simplified(before))


def is_teller(sentence: str) -> bool:
    """Say whether a sentence only tells who said the words before it."""
    return _TELLER.search(simplified(sentence)) is not None


def takes_back(sentence: str) -> bool:
    """Say whether a sentence takes back, wholly or in part, what the one before it says."""
    return _TAKES_BACK.search(simplified(sentence)) is not None


def _has_person(text: str) -> bool:
    named = _PERSON.search(text) or _NAMED.search(text)
    return named is not None or any(True for _ in speakers(text))
