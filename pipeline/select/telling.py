"""How a number is told in a line: with what it counts as its article prints it, and what of that the other language can say."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from pipeline.select.figures import Figure
from pipeline.select.gloss import amount_in
from pipeline.text import han_count, simplified, word_count

SHIPPED = Path(__file__).with_name("counted.toml")
_LONGEST = 14
"""Words of an English clause that still make a line."""
_LONGEST_HAN = 20
_MILLION = 1e6
_MYRIAD, _HUNDRED_MILLION = 1e4, 1e8


def told(figure: Figure, *, to_english: bool) -> str:
    """Tell a number and what it counts in a language; empty when that cannot be said."""
    return _as_printed(figure) if figure.is_han != to_english else converted(figure, to_english=to_english)


def bare(figure: Figure, *, to_english: bool) -> str:
    """Write a number beside one that says what is counted."""
    if figure.is_han != to_english:
        return figure.printed
    if figure.quantity.unit:
        return converted(figure, to_english=to_english)
    return _number(figure.quantity.value, to_english=to_english)


def converted(figure: Figure, *, to_english: bool) -> str:
    """Write a number in the other language with what it counts; empty when that is not known."""
    quantity = figure.quantity
    if quantity.unit == "%":
        return f"{quantity.value:.10g}%"
    if quantity.unit:
        return amount_in(quantity, to_english=to_english)
    number = _number(quantity.value, to_english=to_english)
    if to_english:
        return f"{number} {noun}" if (noun := _english(figure)) else ""
    return f"{number}{noun}" if (noun := _chinese(figure)) else ""


def _as_printed(figure: Figure) -> str:
    """Return the words around a number: in Chinese its clause, in English what follows it, either way the other if need be."""
    phrase = f"{figure.printed} {figure.phrase}" if figure.phrase else ""
    if not figure.is_han:
        return phrase or (figure.clause if word_count(figure.clause) <= _LONGEST else "")
    if han_count(figure.clause) <= _LONGEST_HAN:
        return figure.clause
    return re.sub(r"\s+", "", f"{figure.quantity.text}{figure.phrase}") if figure.phrase else ""


def _number(value: float, *, to_english: bool) -> str:
    if to_english:
        return f"{value / _MILLION:.10g} million" if value >= _MILLION else f"{value:,.10g}"
    scale, word = (_HUNDRED_MILLION, "亿") if value >= _HUNDRED_MILLION else (_MYRIAD, "万")
    return f"{value / scale:.10g}{word}" if value >= _MYRIAD else f"{value:.10g}"


@cache
def _counted() -> tuple[tuple[str, str, str], ...]:
    rows = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["counted"]
    return tuple((en, zh, measure) for en, zh, measure in rows)


def _english(figure: Figure) -> str:
    after = simplified(figure.text[figure.quantity.end : figure.end]).lstrip()
    fitting = (en for en, zh, _ in _counted() if re.match(rf"[多余]?[名家个位台件项所套副]?{zh}", after))
    return next(fitting, "")


def _chinese(figure: Figure) -> str:
    phrase = figure.phrase.lower()
    return next((f"{measure}{zh}" for en, zh, measure in _counted() if phrase == en), "")
