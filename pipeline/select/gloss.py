"""The known names, terms and amounts of a text in the other language, for those who do not read this one."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.quantities import Quantity, quantities
from pipeline.select.lexicon import Lexicon, LexiconEntry, Mention
from pipeline.select.places import places
from pipeline.text import han_count, primary_language

_TABLES = ("topic", "home", "company", "event")
_NAMING = ("home", "company", "event", "foreign")
_ALIKE = 3
"""First letters that a country shares with its adjective: Sweden, Swedish."""
_SILENT_KINDS = ("role", "currency", "hint")
_ACTING_KINDS = frozenset(("ministry", "university", "body", "person", "museum"))
_COUNTRY = "country"
_PLACES = frozenset(("province", "city", "district", "region", "sar"))
_CURRENCIES = {
    "CNY": ("yuan", "元"),
    "USD": ("US dollars", "美元"),
    "HKD": ("HK dollars", "港元"),
    "EUR": ("euros", "欧元"),
    "JPY": ("yen", "日元"),
    "GBP": ("pounds", "英镑"),
}
_SIGN = r"\s?(?:[$¥€£]|RMB)?\s?#"
"""Here and below, # stands on both sides of the amount."""
_RANGE = re.compile(
    r"\d[\d.,]*\s?(?:[万萬亿億千百]+|[mb]illion)?\s?(?:元|yuan|dollars)?\s?(?:[-–—~～至到]|to)\s?[$¥€£]?#"
    r"|#\s?(?:[-–—~～至到]|to)\s?\d"
)
_DEGREES = {
    (
        "up to ",
        "不超过",
    ): rf"(?:不(?:超过?|超過|高于)|至多|最[高多][^\d，。；#]{{0,5}}|up to|at most|no more than){_SIGN}|#以[下内內]",
    ("under ", "不足"): rf"(?:不[足到]|低于|少于|under|below|less than){_SIGN}",
    (
        "over ",
        "超",
    ): rf"(?:超过?|超過|逾|突破|(?<![通经經])[过過]|over|more than|above){_SIGN}|上#(?!\d)|[多余餘几幾][^#]*#|#以上",
    ("nearly ", "近"): rf"(?:近|nearly|almost|close to){_SIGN}",
}
"""What says that an amount is not all: how it is told, by what says so, the first that fits."""
_ENGLISH_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_CHINESE_SCALES = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))


def gloss(text: str, lexicon: Lexicon, *, language: str) -> tuple[str, ...]:
    """Return the names of a text in the other language (English for ``zh``, else Chinese).

    They come in the order of the text, each once; names that both languages write alike, or that stand within a
    longer one shown, are left out. Of the amounts only the first stands: without its sentence a second says nothing.
    """
    to_english = primary_language(language) == "zh"
    named = _without_country(_outermost(lexicon.mentions(text)))
    named = [*_cities(named, lexicon), *named]
    found = [(m.start, name_in(m, lexicon, to_english=to_english)) for m in named]
    amounts = ((q.start, _amount_told(q, text, to_english=to_english)) for q in quantities(text))
    found += [pair for pair in amounts if pair[1]][:1]
    ordered = (name for _, name in sorted(found, key=lambda pair: pair[0]))
    shown = tuple(dict.fromkeys(name for name in ordered if name and name not in text))
    return tuple(name for name in shown if not any(name != other and name in other for other in shown))


def known_names(text: str, lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """Return the places, bodies, firms and events of a text as it spells them, each with all spellings of its name.

    A province or city has the names of the places within it as well, for who tells of these may name it. The country of the beat is left out: its news need not say where it is from.
    """
    mentions = {(m.phrase, m.entry.id): m for m in lexicon.mentions(text)}.values()
    named = (m for m in mentions if m.entry.table in _NAMING and not _is_understood(m.entry))
    shown = (m for m in named if lexicon.glosses.get(m.phrase) != "")
    glosses = frozenset(lexicon.glosses.values())
    return {m.phrase: _same_names(m, lexicon, glosses) | _names_within(m.entry, lexicon) for m in shown}


def actors(names: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    """Return those of some known names that can act: firms, ministries, universities, people."""
    return frozenset(name for name in names if any(map(_is_actor, lexicon.mentions(name))))


def _is_actor(mention: Mention) -> bool:
    entry = mention.entry
    if entry.table == "foreign":
        return entry.id not in places().abroad
    return entry.table == "company" or (entry.table == "home" and entry.kind in _ACTING_KINDS)


def _is_understood(entry: LexiconEntry) -> bool:
    return entry.kind in _SILENT_KINDS or (entry.table == "home" and entry.kind == _COUNTRY)


def _names_within(entry: LexiconEntry, lexicon: Lexicon) -> frozenset[str]:
    """Return the names of the places that lie in a province or city of home."""
    within = places().within(entry.id) if entry.table == "home" else ()
    held = (lexicon.by_id.get(("home", id_)) for id_ in within)
    return frozenset(name for each in held if each for name in each.names)


def _same_names(mention: Mention, lexicon: Lexicon, glosses: Container[str]) -> frozenset[str]:
    """Return an entry's names but for those of other things that it holds, as Taobao beside Alibaba."""
    name, entry = mention.phrase, mention.entry
    own = _own_name(name, entry, lexicon, glosses)
    same = (other for other in entry.names if _own_name(other, entry, lexicon, glosses) == own)
    return frozenset(other for other in same if entry.table != "foreign" or not _is_neighbour(name, other))


def _own_name(name: str, entry: LexiconEntry, lexicon: Lexicon, glosses: Container[str]) -> str:
    """Return the name that stands for all spellings of one thing: its gloss, else the entry's first."""
    if name in glosses:
        return name
    return lexicon.glosses.get(name) or entry.names[0]


def _is_neighbour(name: str, other: str) -> bool:
    """Say whether two names of a group of countries are of one script and begin unlike, as Spain and Italy do."""
    return bool(han_count(name)) == bool(han_count(other)) and name[:_ALIKE] != other[:_ALIKE]


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out names inside longer ones, as a city in the name of its museum."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.end > kept[-1].end:
            kept.append(mention)
    return kept


def _cities(mentions: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """Yield the cities in the names of districts, as Shenzhen in 深圳南山."""
    for district in mentions:
        within = lexicon.mentions(district.phrase[:2]) if district.entry.kind == "district" else ()
        yield from (replace(city, start=district.start) for city in within if city.entry.kind == "city")


def _without_country(mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Leave the country out where places in it are named: they tell it, and more."""
    kinds = {mention.entry.kind for mention in mentions if mention.entry.table == "home"}
    return [m for m in mentions if m.entry.kind != _COUNTRY] if kinds & _PLACES else mentions


def name_in(mention: Mention, lexicon: Lexicon, *, to_english: bool) -> str:
    """Return a name in English, else in Chinese; empty when it is in that language already, or has none."""
    entry = mention.entry
    if entry.table not in _TABLES or entry.kind in _SILENT_KINDS:
        return ""
    if mention.phrase in (entry.zh_hans if not to_english else entry.en):
        return ""
    if to_english and mention.phrase in lexicon.glosses:
        return lexicon.glosses[mention.phrase]
    if not to_english and (back := _glossed_by(mention.phrase, lexicon)):
        return back
    return next(iter(entry.en if to_english else entry.zh_hans), "")


def _glossed_by(phrase: str, lexicon: Lexicon) -> str:
    return next((chinese for chinese, english in lexicon.glosses.items() if english == phrase), "")


def _amount_told(quantity: Quantity, text: str, *, to_english: bool) -> str:
    """Write an amount with the word that says it is more, less, or nearly so much; of a range neither end says enough."""
    before, after = text[max(quantity.start - 24, 0) : quantity.start], text[quantity.end : quantity.end + 5]
    around = f"{before}#{quantity.text}#{after}"
    amount = "" if _RANGE.search(around) else amount_in(quantity, to_english=to_english)
    told = (
        words[not to_english] for words, sign in _DEGREES.items() if re.search(sign, around, re.IGNORECASE)
    )
    return f"{next(told, '')}{amount}" if amount else ""


def amount_in(quantity: Quantity, *, to_english: bool) -> str:
    """Write an amount of money the other language's way; empty for a bare count, which says nothing without what it counts."""
    scales = _ENGLISH_SCALES if to_english else _CHINESE_SCALES
    scale, word = next((pair for pair in scales if quantity.value >= pair[0]), (1.0, ""))
    currency = _CURRENCIES.get(quantity.unit, ("", ""))[0 if to_english else 1]
    if not currency:
        return ""
    number = f"{quantity.value / scale:,.6g}" if word else f"{quantity.value:,.6g}"
    return (
        " ".join(part for part in (number, word, currency) if part)
        if to_english
        else f"{number}{word}{currency}"
    )
