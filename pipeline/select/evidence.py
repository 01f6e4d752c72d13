"""What speaks for and against two headlines telling of one event; ``links.toml`` says how much each weighs."""

from __future__ import annotations

from collections.abc import Iterable, Set

from pipeline.select.dictionary import spells, translated
from pipeline.select.headlines import LARGE, Headline
from pipeline.select.links import links

NEAR_ENOUGH = 0.12
"""Two amounts that differ by less are one, converted or rounded."""
ROUNDED = 30
"""Smaller counts are not rounded."""
ENOUGH_WORDS, MANY_WORDS = 0.2, 0.5
"""The likeness of wording that counts, and the one from which on more says no more; of translated words the first."""


def evidence(one: Headline, other: Headline) -> dict[str, float]:
    """Return how strongly each kind of evidence is there; what is not there is 0 or left out."""
    things, differing = one.things & other.things, one.things ^ other.things
    return {
        **_named("firm", one.firms, other.firms),
        **_named("place", one.places, other.places),
        "seat": not one.places & other.places and (_sits_in(one, other) or _sits_in(other, one)),
        **_shared("topic", one.topics, other.topics),
        **_done(one, other),
        "thing": len(things),
        "general_thing": min(2, len(one.general_things & other.general_things)),
        "other_thing": _is_other(one.things, other.things),
        "thing_of_one": min(4, len(differing)),
        **_paid(one, other),
        "count": any(a == b or _is_rounded(a, b) for a in one.counts for b in other.counts),
        "date": bool(one.dates & other.dates),
        "other_ordinal": _is_other(one.ordinals, other.ordinals),
        "other_proper": _is_other(one.proper, other.proper),
        "other_round": _is_other(one.rounds, other.rounds),
        "name": bool(one.names & other.names),
        "other_model": _is_other(one.models, other.models),
        "quoted": bool(one.quoted & other.quoted),
        "other_quoted": _is_other(one.quoted, other.quoted),
    }


def wording(alike: float, words: int) -> dict[str, float]:
    """Return the evidence of wording: how alike two titles of one language are, and how many words besides names agree."""
    return {
        "wording": min(1.0, alike / ENOUGH_WORDS),
        "much_wording": min(1.0, max(0.0, alike - ENOUGH_WORDS) / (MANY_WORDS - ENOUGH_WORDS)),
        "names_alone": words < 2,
    }


def translation(chinese: Headline, english: Headline) -> dict[str, float]:
    """Return the evidence of a dictionary, besides the names that the lexicon knows."""
    return {
        "translated": min(1.0, translated(chinese.rest, english.rest) / ENOUGH_WORDS),
        "name": bool(chinese.names & english.names) or spells(chinese.rest, english.rest),
    }


def weighed(found: dict[str, float], *, across: bool) -> float:
    """Return the weight of evidence; above 0 it says one event."""
    weights = links().weights["across" if across else "within"]
    return weights["start"] + sum(weights.get(kind, 0.0) * strength for kind, strength in found.items())


def _named(kind: str, one: frozenset[str], other: frozenset[str]) -> dict[str, float]:
    is_kin = bool(links().kin(one) & other)
    return {
        kind: min(2, len(one & other)),
        f"kindred_{kind}": is_kin and not one & other,
        f"other_{kind}": bool(one and other) and not is_kin,
    }


def _shared(kind: str, one: frozenset[str], other: frozenset[str]) -> dict[str, float]:
    return {kind: min(2, len(one & other)), f"other_{kind}": _is_other(one, other)}


def _sits_in(one: Headline, other: Headline) -> bool:
    """Say whether a firm of one title sits in a place of the other, which names no firm."""
    seats = (links().seats[firm] for firm in one.firms if firm in links().seats)
    return not other.firms and bool(links().kin(seats) & other.places)


def _is_other(one: Set[object], other: Set[object]) -> bool:
    return bool(one and other) and not one & other


def _done(one: Headline, other: Headline) -> dict[str, float]:
    """Compare what is done; planning, founding and opening may be one event told three ways."""
    senses, shared = links().senses, one.acts & other.acts
    agree = any(a in senses[b].goes_with or b in senses[a].goes_with for a in one.acts for b in other.acts)
    is_telling = any(not senses[act].is_general for act in shared)
    return {
        "act": is_telling,
        "general_act": bool(shared) and not is_telling,
        "agreeing_act": agree and not shared,
        "other_act": _is_other(one.acts, other.acts) and not agree,
    }


def _paid(one: Headline, other: Headline) -> dict[str, float]:
    """Compare amounts; a large number without a unit may agree with one."""
    bare = [[value for value, unit in each.counts if not unit and value >= LARGE] for each in (one, other)]
    agree = _is_near(one.money, other.money) or _is_near(one.money, bare[1]) or _is_near(bare[0], other.money)
    return {"money": agree, "other_money": bool(one.money and other.money) and not agree}


def _is_rounded(one: tuple[float, str], other: tuple[float, str]) -> bool:
    return one[1] == other[1] and min(one[0], other[0]) >= ROUNDED and _is_near([one[0]], [other[0]])


def _is_near(one: Iterable[float], other: Iterable[float]) -> bool:
    return any(abs(a - b) <= NEAR_ENOUGH * max(a, b) for a in one for b in other)
