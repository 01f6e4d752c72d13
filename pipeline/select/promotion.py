"""Is it news, or does it sell? An advertisement dressed as news says so somewhere, or speaks to its reader as a buyer.

``promotion.toml`` holds the phrases. What a text quotes, or warns of, does not count against it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.text import HAN, QUOTED

_PHRASES = Path(__file__).with_name("promotion.toml")
_LONGEST_LABEL = 16
"""Characters of a paragraph, or of what stands in brackets or before a colon at the head, that is but a label."""
_SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]|\.\s|$)")
_HEADING = re.compile(rf"\s*[\[【(（]?(.{{1,{_LONGEST_LABEL}}}?)(?:[\]】)）:：|｜]|$)")


def salesmanship(title: str, text: str) -> tuple[str, ...]:
    """Return what gives an article away as an advertisement, in words; empty for news.

    A label is enough. Else it must call on its reader to act *and* hold out an offer or a gain.
    """
    label = _label(title, text.split("\n"))
    if label:
        return (f"it is labelled “{label}”",)
    told = QUOTED.sub(lambda match: " " * len(match.group()), f"{title}\n{text}")
    found = {kind: _first(kind, told) for kind in ("call", "offer", "gain")}
    sells = found["call"] and (found["offer"] or found["gain"])
    return tuple(f"{kind}: “{phrase}”" for kind, phrase in found.items() if phrase) if sells else ()


def _label(title: str, paragraphs: list[str]) -> str:
    """Return what an article says of itself: before its title, or in its first or last paragraph."""
    ends = paragraphs[0], paragraphs[-1]
    declared = next(filter(None, map(_phrases()["declared"].search, (title, *ends))), None)
    if declared:
        return declared.group()
    marks = _HEADING.match(title), _HEADING.match(paragraphs[0]), _HEADING.fullmatch(paragraphs[-1])
    heads = (match[1].strip() for match in marks if match)
    return next((head for head in heads if _phrases()["label"].fullmatch(head)), "")


def _first(kind: str, told: str) -> str:
    """Return the first phrase of a kind that no warning stands before in its sentence."""
    for sentence in _SENTENCE.findall(told):
        phrase = _phrases()[kind].search(sentence)
        warning = _phrases()["warning"].search(sentence)
        if phrase and not (warning and warning.start() < phrase.start()):
            return phrase.group()
    return ""


@cache
def _phrases() -> Mapping[str, re.Pattern[str]]:
    tables = tomllib.loads(_PHRASES.read_text(encoding="utf-8"))
    return {
        kind: re.compile("|".join(_bounded(phrase) for phrase in [*table["en"], *table["zh"]]), re.IGNORECASE)
        for kind, table in tables.items()
    }


def _bounded(phrase: str) -> str:
    """Let a Latin phrase stand for whole words only."""
    is_latin = not HAN.search(phrase)
    return rf"(?<!\w)(?:{phrase})(?!\w)" if is_latin else f"(?:{phrase})"
