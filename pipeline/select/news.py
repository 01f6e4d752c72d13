"""What an article tells that was not sent before: a new stage, a new number, a new actor.

News stands in the title and the first sentences; what follows is background.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model import Article, Fact
from pipeline.select.features import actors
from pipeline.select.gloss import amount_in, name_in
from pipeline.select.lexicon import Lexicon
from pipeline.text import Quantity, han_count, quantities

START_CHARACTERS = 300
MOST_FACTS = 2
"""As many as one line has room for."""
LARGE = 100
"""A bare count from here on is news by itself; a smaller one if what was sent counted the same otherwise."""
_STAGES = {
    "planned": r"\b(?:plans?|planned|proposes?|proposed|to launch|mulls?|considers?)\b|[拟擬]|[计計][划劃]|[将將]推出|[筹籌][备備]",
    "draft": r"\b(?:drafts?|consultation|seeks? comments?|public comment)\b|[征徵]求意[见見]|意[见見]稿|草案",
    "adopted": r"\b(?:adopts?|adopted|approves?|approved|passes|passed|issues|issued|enact(?:s|ed)|takes? effect|c[oa]mes? into force)\b|印[发發]|正式[发發]布|通[过過]|[获獲]批|施行|生效",
    "launched": r"\b(?:launches|launched|unveils|unveiled|opens|opened|goes live|released?)\b|上[线線]|[发發]布|推出|[开開][业業]|揭牌|[启啟]用|[开開]售|投[产產]",
    "funded": r"\b(?:raise[sd]?\s(?:(?:about|over|nearly|up to|more than)\s)?[^\w\s]{0,3}\d+|closes? .{0,20}round|completes? .{0,20}funding)\b|完成.{0,12}融[资資]|[获獲].{0,12}融[资資]",
    "listed": r"\b(?:goes public|begins trading|debuts? on)\b|[挂掛]牌上市|敲[钟鐘]|登[陆陸].{0,6}(?:交易所|板)",
    "denied": r"\b(?:denies|denied|refutes?|refuted)\b|否[认認]|[辟闢][谣謠]|回[应應][称稱]",
    "stopped": r"\b(?:halts?|halted|suspends?|suspended|shuts?|closed?|scraps?|cancels?|ends)\b|停止|[暂暫]停|[关關][闭閉]|下[线線]|取消|[终終]止|叫停",
    "sued": r"\b(?:sues|sued|arrested|charged with)\b|起[诉訴]|逮捕|立案",
    "ruled": r"\b(?:ruled|rules that|fined|convicted|sentenced)\b|判[决決]|宣判|[罚罰]款|被[罚罰]",
}  # fmt: skip
STAGES = {stage: re.compile(pattern, re.IGNORECASE) for stage, pattern in _STAGES.items()}
"""How far a thing has come, by the words that tell it."""
_WAY = ("planned", "draft", "adopted", "launched")
"""One after another: what has come further is not told again from its start."""
_WORD = re.compile(r"[ -]?([a-z][a-z-]+)")
_HAN_TAIL = re.compile(r" ?[\u4e00-\u9fff]{1,6}")
_MEASURE = re.compile(r"[名家个個人位款件台臺套座项項所种種次起条條间間场場]")
_LINKS = frozenset(
    ("a", "the", "to", "from", "of", "in", "on", "by", "for", "at", "and", "or", "with", "as", "is", "into")
)
_TAIL_WORDS = 3
_DATES = ("date", "year")


def new_facts(article: Article, told: str, lexicon: Lexicon) -> tuple[Fact, ...]:
    """Return what the article's start has and ``told`` (all that was sent, its headline first) has not, the weightiest first."""
    found = (
        *_new_stages(article.title, told),
        *_new_numbers(article, told),
        *_new_actors(article, told, lexicon),
    )
    return found[:MOST_FACTS]


def _new_stages(title: str, told: str) -> Iterator[Fact]:
    before = _stages(told)
    reached = max((_WAY.index(stage) for stage in before if stage in _WAY), default=-1)
    for stage in _stages(title):
        if stage not in before and not (stage in _WAY and _WAY.index(stage) < reached):
            yield Fact(kind="stage", en=stage, zh=stage)
            return


def _stages(text: str) -> list[str]:
    return [stage for stage, pattern in STAGES.items() if pattern.search(text)]


def _new_numbers(article: Article, told: str) -> Iterator[Fact]:
    """Yield the first new number of weight: an amount, a share, a count; dates and years alone are no news."""
    start = f"{article.title}\n{article.text[:START_CHARACTERS]}"
    before = [quantity for quantity in quantities(told) if quantity.unit not in _DATES]
    known = {quantity.value for quantity in before}
    for quantity in quantities(start):
        was = _same_thing(quantity, start, before, told)
        is_in_title = quantity.end <= len(article.title)
        is_weighty = quantity.unit or quantity.value >= LARGE or (was and is_in_title)
        if is_weighty and quantity.unit not in _DATES and quantity.value not in known:
            yield _number(quantity, start, was, told)
            return


def _same_thing(one: Quantity, text: str, before: list[Quantity], told: str) -> Quantity | None:
    """Return the first quantity sent that counted the same: of one unit, and followed by the same words."""
    counted = _counted(text, one)
    same = (q for q in before if q.unit == one.unit and counted & _counted(told, q))
    return next(same, None)


def _counted(text: str, quantity: Quantity) -> frozenset[str]:
    """Return what a number counts, as words to compare: English up to the first plural, Chinese as pairs of characters."""
    rest = text[quantity.end : quantity.end + 60]
    if found := _HAN_TAIL.match(rest):
        han = found[0].strip()
        return frozenset(han[at : at + 2] for at in range(max(1, len(han) - 1)))
    words = _tail(rest)
    plural = [word for word in words if _is_plural(word)]
    return frozenset(plural[:1] or [word for word in words if word not in _LINKS])


def _tail(rest: str) -> list[str]:
    words: list[str] = []
    at = 0
    while len(words) < _TAIL_WORDS and (found := _WORD.match(rest, at)):
        words.append(found[1])
        at = found.end()
    return words


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and word not in _LINKS


def _number(quantity: Quantity, text: str, was: Quantity | None, told: str) -> Fact:
    return Fact(
        kind="number",
        en=_as_said(quantity, text, to_english=True),
        zh=_as_said(quantity, text, to_english=False),
        was_en=_bare(was, told, to_english=True) if was else "",
        was_zh=_bare(was, told, to_english=False) if was else "",
    )


def _as_said(quantity: Quantity, text: str, *, to_english: bool) -> str:
    """Write a number in one of the languages; an English count keeps the word for what it counts in both."""
    number = _bare(quantity, text, to_english=to_english)
    words = _tail(text[quantity.end : quantity.end + 60])
    plural = next((at for at, word in enumerate(words) if _is_plural(word)), None)
    if quantity.unit or plural is None:
        return number
    return " ".join((number, *words[: plural + 1]))


def _bare(quantity: Quantity, text: str, *, to_english: bool) -> str:
    is_han = han_count(text[quantity.start : quantity.end + 1]) > 0
    printed = quantity.text.strip(" -")
    if quantity.unit:
        return printed if is_han != to_english else amount_in(quantity, to_english=to_english) or printed
    measure = _MEASURE.match(text, quantity.end)
    if is_han and not to_english:
        return printed + (measure[0] if measure else "")
    return f"{quantity.value:,.10g}" if is_han else printed


def _new_actors(article: Article, told: str, lexicon: Lexicon) -> Iterator[Fact]:
    known = actors(told, lexicon)
    new = [m for m in lexicon.mentions(article.title) if m.entry.id in actors(article.title, lexicon) - known]
    for mention in new[:1]:
        en, zh = (name_in(mention, lexicon, to_english=to) or mention.phrase for to in (True, False))
        yield Fact(kind="actor", en=en, zh=zh)
