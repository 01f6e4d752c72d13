"""The known names, terms and amounts of a text in the other language, for those who do not read this one."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.select.lexicon import Lexicon, Mention
from pipeline.text import Quantity, han_count, quantities

_TABLES = ("topic", "china", "company", "event")
_SILENT_KINDS = ("role", "currency")
_CURRENCIES = {
    "CNY": ("yuan", "元"),
    "USD": ("US dollars", "美元"),
    "HKD": ("HK dollars", "港元"),
    "EUR": ("euros", "欧元"),
    "JPY": ("yen", "日元"),
    "GBP": ("pounds", "英镑"),
}
_ENGLISH_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_CHINESE_SCALES = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))


def gloss(text: str, lexicon: Lexicon, *, language: str) -> tuple[str, ...]:
    """Return the names of a text in the other language (English for ``zh``, else Chinese).

    They come in the order of the text, each once; names that both languages write alike, or that stand within a
    longer one shown, are left out. Of the amounts only the first stands: without its sentence a second says nothing.
    """
    to_english = language.startswith("zh")
    found = [(m.start, _name(m, lexicon, to_english=to_english)) for m in _outermost(lexicon.mentions(text))]
    amounts = ((q.start, _amount(q, to_english=to_english)) for q in quantities(text))
    found += [pair for pair in amounts if pair[1]][:1]
    ordered = (name for _, name in sorted(found, key=lambda pair: pair[0]))
    shown = tuple(dict.fromkeys(name for name in ordered if name and name not in text))
    return tuple(name for name in shown if not any(name != other and name in other for other in shown))


def chinese_names(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the known names that a text writes in Chinese, which no capital letter gives away."""
    return frozenset(mention.phrase for mention in lexicon.mentions(text) if han_count(mention.phrase))


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out names inside longer ones, as China in China Mobile."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.end > kept[-1].end:
            kept.append(mention)
    return kept


def _name(mention: Mention, lexicon: Lexicon, *, to_english: bool) -> str:
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


def _amount(quantity: Quantity, *, to_english: bool) -> str:
    """Write an amount of money the other language's way; a bare count says nothing without what it counts."""
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
