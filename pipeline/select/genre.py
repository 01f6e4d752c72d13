"""What names the beat and yet is no news of it: reports on prices, tables of them, and columns told in the first person."""

from __future__ import annotations

import re
from functools import cache

from pipeline.text import QUOTED, simplified, word_count

SHARE_MOVES = 6
"""Fewest price moves that make a table …"""
WORDS_A_MOVE = 40
"""… when there is one at least every so many words."""
SELF = 4
"""Fewest times a column says I, and once in its first words …"""
WORDS_A_SELF = 90
"""… and at least once in so many words; one whose title says I needs one more."""
FIRST_CHARACTERS = 200
_MOVE = re.compile(
    r"(?:[涨跌升降挫扬]|\b(?:up|down|gain(?:s|ed)?|los[et]s?|rose|fell|add(?:s|ed)|shed)\b)[^\d\n，,。;；]{0,12}\d+(?:\.\d+)?\s?(?:[%％]|percent\b|per cent\b)",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"(?<![自忘唯])我(?![国國们們省市县縣区區校院司方军軍])|\b(?:I|I['’](?:m|ve|d|ll)|my|me)\b"
)
_MARKET = r"\b(?:stocks?|(?:a-|(?:tech|gam(?:e|ing)|concept|related|asian?{of})\s)shares?|equities|tokens?|(?:alt|meme)?coins?|bitcoin|ethereum|crypto(?:currenc(?:y|ies))?|hang seng|nasdaq)\b"
_MOVES = (
    r"(?:(?:jump|surge|soar|climb|plunge|slide|slump|tumble|crash|sink|spike|leap|dip|rebound|skyrocket|rise|drop|fall)(?:s|es|ed|d|ing)?"
    r"|rall(?:y|ies|ied)|rose|fell|sank|slid|(?:close|end|trade|open)(?:s|d|ed)? (?:up|down|higher|lower|mixed|flat)|lead(?:s|ing)? (?:the )?(?:gains|gainers|losses|losers|rally|rise|decline)|hits? (?:a |an )?(?:record|limit|\S+ high|\S+ low))"
)


def other_genre(title: str, text: str, *, share_words: tuple[str, ...] = ()) -> str:
    """Return what kind of text it is when it is no news, in words; empty for news. Quotations do not count.

    ``share_words`` are those of the beat before *shares*, as in tech shares.
    """
    told, title = QUOTED.sub(" ", text), QUOTED.sub(" ", title)
    report = _price_report(share_words).search(simplified(title))
    if report:
        return f"a report on prices (“{title[report.start() : report.end()]}” in the title)"
    words = word_count(told)
    moves = len(_MOVE.findall(told))
    if moves >= SHARE_MOVES and words <= moves * WORDS_A_MOVE:
        return f"a table of prices ({moves} moves)"
    selves = len(_SELF.findall(told))
    opens = _SELF.search(told[:FIRST_CHARACTERS]) and selves >= SELF and words <= selves * WORDS_A_SELF
    if selves and (opens or _SELF.search(title)):
        return f"a column in the first person ({selves} times)"
    return ""


@cache
def _price_report(share_words: tuple[str, ...]) -> re.Pattern[str]:
    market = _MARKET.replace("{of}", "".join(f"|{re.escape(word)}" for word in share_words))
    return re.compile(
        rf"{market}(?:\W+[\w’'-]+){{0,4}}?\W+{_MOVES}\b|^(?:{_MOVES}) in\b.{{0,30}}{market}"
        r"|\b(?:most actively traded|(?:top|among(?: the)?) (?:gainers|losers)|gainers and losers|concept (?:gainers|losers))\b|(?:触及|封|集体)涨停|(?:[午收开早盘]评|龙虎榜|[早午尾]盘)(?:[：:|｜ ]|$)"
        r"|概念(?:股|板块)?(?:[早午尾盘今昨][后盘日间]?|再度|持续|集体|局部|大幅|强势){0,2}(?:[上下领]?[涨跌挫]|拉升|走[强高低弱]|飙升|跳水|异动|活跃)"
        r"|(?:板块|概念股|股价|[AＡ]股|港股|美股|币价|代币|比特币)[^，。：:；;！!]{0,8}?(?:[涨跌挫]|拉升|走[强高低弱]|飙升|跳水|异动)",
        re.IGNORECASE,
    )
