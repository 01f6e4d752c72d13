"""The numbers of a text with what each counts, who counts it, and what a text says that it was before."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.quantities import Quantity, quantities
from pipeline.select.clauses import clauses_of
from pipeline.select.features import named_in
from pipeline.select.lexicon import Lexicon
from pipeline.select.stages import PLANNED, stages_in
from pipeline.text import HAN, simplified

_TIMES = ("date", "year")
_MODEL = 1000
"""A bare number below it that follows a capitalised name is part of the name: Quest 3, Series 300."""
_WORD = re.compile(r"[A-Za-z][\w’'-]*")
_TAIL = re.compile(r"[ -]([A-Za-z][\w’'-]*)")
_TAIL_WORDS = 4
_REACH = 80
"""Characters of a clause on either side that say what a number counts."""
_MEASURE = re.compile(r"[多余]?[名家个位款件台套座项所种次起条间场副份]")
_HAN_NOUN = re.compile(r"人|(?:(?![增扩升提降减涨到至为的了在和与并可将被已])[\u4e00-\u9fff]){1,6}")
_INTENDED = re.compile(
    r"\b(?:planned|targets?|goals?|expected|projected|forecast)\b|目标|规划|预计|计划", re.IGNORECASE
)
_NO_COUNT = re.compile(r"[届号期版月日时点岁代层年周轮成折倍比:：]|季度")
_LINKS = re.compile(
    r"an?|the|to|from|on|by|at|and|or|with|as|is|was|are|were|been?|into|over|than|after|before|this|last|next|since"
    r"|goes|has|does|says|its|who|that|which|while"
)
_JOINING = frozenset(("in", "of", "for"))
_NOT_PLURAL = frozenset(("plus", "versus", "across", "perhaps", "less", "thus", "always"))
_IRREGULAR = frozenset(("people", "staff", "men", "women", "children", "personnel", "police"))
_FILLERS = re.compile(
    r"an?|the|to|of|for|about|over|nearly|some|more|than|up|at|least|now|already|another|around|almost|roughly|total|as|many"
    r"|its|new|only|just|further|currently"
)
_HAN_FILLERS = re.compile(
    r"(?:扩大|增加|增长|提高|提升|上升|下降|减少|缩减|扩|增|升|涨|降|减|达|多|高)?(?:到|至|为)$|(?:达到|突破|超过|约|近|超|逾|已|有|共|由|从|向|给|了|达|的|等|第)$"
)
_DAYS = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August"
    r"|(?:Septem|Octo|Novem|Decem)ber"
)
_CHANGE = re.compile(
    r"[增升扩提涨减降缩调]|\b(?:rais|widen|ris|rose|grow|grew|increas|expand|cut|lower|fell|fall|drop|jump|climb|doubl|trebl|tripl|reduc|extend|lift|boost|swell|shr[iau]nk)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:\bfrom|[由从自])\s?(?:about|some|around|约|原来的|原定的|此前的|原先的)?\s?$", re.IGNORECASE
)
_TO = re.compile(r"(?:\bto|[至到为成达])\s?(?:about|some|around|over|nearly|约|近|超)?\s?$", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:\bup|\bdown|\bincreased|\bcompared|\binstead)\s(?:from|with|of)\s(?:about|some)?\s?$|\(was\s$|(?:此前|原来|原先|原定|之前|上次|原)(?:的|为|仅|是)?$",
    re.IGNORECASE,
)
_BEFORE_REACH = 30


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with the clause it stands in."""

    quantity: Quantity
    text: str
    """The whole text, as printed."""
    start: int
    """Where its clause starts and ends."""
    end: int
    phrase: str
    """The words after it that say what it counts, as printed; may be empty."""
    counted: str
    """The noun of it, to compare."""
    lead: str
    """The word that governs it, to compare: what is done, or has so many."""
    is_planned: bool
    names: frozenset[str]
    """Whom its clause names; else whom the clauses before it name last."""

    @property
    def key(self) -> str:
        """Return one spelling for equal numbers."""
        return self.quantity.key

    @property
    def clause(self) -> str:
        """Return its clause as printed."""
        return self.text[self.start : self.end].strip()

    @property
    def is_han(self) -> bool:
        """Say whether it is told in Chinese."""
        return bool(HAN.search(self.text, self.start, self.end))

    @property
    def printed(self) -> str:
        """Return the number as printed, with its measure word."""
        measure = (
            _MEASURE.match(self.text, self.quantity.end) if self.is_han and not self.quantity.unit else None
        )
        person = (
            self.text[self.quantity.end : self.quantity.end + 1]
            if not measure and self.counted == "人"
            else ""
        )
        return self.quantity.text + (measure[0] if measure else person)


def figures(text: str, lexicon: Lexicon) -> tuple[Figure, ...]:
    """Return the amounts, shares and counts of a text in order: no dates, no years, no numbers of names."""
    plain = simplified(text)
    counts = (_trimmed(q) for q in quantities(plain) if q.unit not in _TIMES)
    found = [q for q in counts if not _is_label(plain, q)]
    return tuple(_figures(text, plain, found, lexicon)) if found else ()


def _trimmed(quantity: Quantity) -> Quantity:
    """Leave out the space or hyphen that joins a number to what follows."""
    printed = quantity.text.rstrip(" -")
    return replace(quantity, text=printed, end=quantity.start + len(printed))


def _figures(text: str, plain: str, found: list[Quantity], lexicon: Lexicon) -> Iterator[Figure]:
    names: frozenset[str] = frozenset()
    left = deque(found)
    for start, end in clauses_of(plain):
        if not left:
            return
        clause = plain[start:end]
        names = _names(clause, lexicon) or names
        is_planned = bool(left[0].start < end and (PLANNED in stages_in(clause) or _INTENDED.search(clause)))
        while left and left[0].start < end:
            quantity = left.popleft()
            phrase = _phrase(plain[quantity.end : min(end, quantity.end + _REACH)])
            after = quantity.end + len(phrase)
            yield Figure(
                quantity=quantity,
                text=text,
                start=start,
                end=end,
                phrase=text[quantity.end : after].strip(" -"),
                counted=_noun(phrase),
                lead=_lead(
                    plain[max(start, quantity.start - _REACH) : quantity.start],
                    plain[after : min(end, after + _REACH)],
                ),
                is_planned=is_planned,
                names=names,
            )


def _is_label(text: str, quantity: Quantity) -> bool:
    """Say whether a bare number names or orders a thing and counts nothing: Quest 3, 5G, 第12届, 3:2."""
    if quantity.unit:
        return False
    before, after = text[max(0, quantity.start - 30) : quantity.start], text[quantity.end : quantity.end + 2]
    name = re.search(r"(?<![.!?]\s)\b([A-Z][\w’'-]*)[ -]$", before)
    is_named = bool(name and not _FILLERS.fullmatch(name[1].lower()) and quantity.value < _MODEL)
    is_joined = bool(re.match(r"[A-Za-z]", after) or re.search(r"[A-Za-z\d.:：/-]$|第$", before))
    return is_joined or is_named or bool(_NO_COUNT.match(after))


def _names(clause: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the ids of the known names of a clause, and its other capitalised words but the first."""
    mentions = [m for m in named_in(clause, lexicon) if m.entry.table in ("home", "company", "foreign")]
    taken = {at for m in mentions for at in range(m.start, m.end)}
    words = (w for w in _WORD.finditer(clause) if w.start() not in taken and clause[: w.start()].strip())
    own = (w[0].removesuffix("'s").removesuffix("’s") for w in words if w[0][0].isupper())
    known = (m.entry.id for m in mentions if m.entry.kind not in ("country", "role", "currency"))
    return frozenset((*known, *(word for word in own if not _DAYS.fullmatch(word))))


def _phrase(rest: str) -> str:
    """Return the words after a number that say what it counts."""
    han = re.match(r"\s?[\u4e00-\u9fff]", rest)
    if han:
        measure = _MEASURE.match(rest.lstrip())
        at = len(rest) - len(rest.lstrip()) + (measure.end() if measure else 0)
        noun = _HAN_NOUN.match(rest, at)
        return rest[: noun.end()] if noun else rest[:at]
    end, last = 0, 0
    for _ in range(_TAIL_WORDS):
        found = _TAIL.match(rest, end)
        if (
            not found
            or _LINKS.fullmatch(found[1].lower())
            or found[1][0].isupper()
            or found[1].endswith("ed")
        ):
            break
        end = found.end()
        last = last if found[1].lower() in _JOINING else end
        if _is_plural(found[1].lower()):
            break
    return rest[:last]


def _noun(phrase: str) -> str:
    """Return what a phrase counts: an English plural or last noun without its ending, a Chinese noun's first two characters."""
    if HAN.search(phrase):
        measure = _MEASURE.match(phrase.lstrip())
        return phrase.lstrip()[measure.end() if measure else 0 :][:2] or phrase.strip()
    words = [word.lower() for word in _WORD.findall(phrase)]
    return _stem(words[-1]) if words else ""


def _is_plural(word: str) -> bool:
    return word in _IRREGULAR or (
        word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _NOT_PLURAL
    )


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ing|ed|es|s|e)$", "", word.lower())


def _lead(before: str, after: str) -> str:
    """Return the last word before a number that is no filler; where there is none, the first after what it counts."""
    if HAN.search(before[-6:]) or (not before.strip() and HAN.match(after)):
        return _han_lead(before) or after.strip()[:2]
    words = [word for word in _WORD.findall(before) if not _FILLERS.fullmatch(word.lower())]
    words = words[-1:] or _WORD.findall(after)[:1]
    return _stem(words[0]) if words else ""


def _han_lead(before: str) -> str:
    while (shorter := _HAN_FILLERS.sub("", before.rstrip())) != before:
        before = shorter
    return before[-2:]


def was_told(figure: Figure, told: tuple[Figure, ...]) -> Figure | None:
    """Return the number sent of the same unit, thing, doing and actor, if there is one and no other."""
    same = [other for other in told if _is_same_thing(figure, other)]
    return same[0] if len({other.key for other in same}) == 1 and same[0].key != figure.key else None


def _is_same_thing(one: Figure, other: Figure) -> bool:
    return (
        one.quantity.unit == other.quantity.unit
        and one.counted == other.counted
        and one.lead == other.lead != ""
        and one.is_planned == other.is_planned
        and (one.names <= other.names or other.names <= one.names)
    )


def was_by_itself(figure: Figure, own: tuple[Figure, ...], known: frozenset[str]) -> Figure | None:
    """Return what a text itself says a number was: from X to Y, Y (up from X).

    ``known`` are the numbers sent: without a word of change, ``from X to Y`` with a new X may be a range.
    """
    for at, one in enumerate(own):
        if one.key != figure.key or one.quantity.unit != figure.quantity.unit:
            continue
        if at and _is_from_to(own[at - 1], one, known):
            return own[at - 1]
        if at + 1 < len(own) and _is_before(one, own[at + 1]):
            return own[at + 1]
    return None


def _is_from_to(old: Figure, new: Figure, known: frozenset[str]) -> bool:
    text = simplified(new.text)
    between = text[old.quantity.end : new.quantity.start]
    return (
        (old.start, old.quantity.unit) == (new.start, new.quantity.unit)
        and bool(_FROM.search(text[new.start : old.quantity.start]) and _TO.search(between))
        and (old.key in known or bool(_CHANGE.search(text[new.start : new.quantity.start])))
    )


def _is_before(new: Figure, old: Figure) -> bool:
    between = simplified(new.text)[new.quantity.end : old.quantity.start]
    return (
        old.quantity.unit == new.quantity.unit
        and len(between) <= _BEFORE_REACH
        and bool(_BEFORE.search(between))
    )
