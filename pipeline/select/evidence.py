"""What speaks for and against two headlines telling of one event; ``links.toml`` says how much each weighs."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.select.headlines import Headline
from pipeline.select.links import links

NEAR_ENOUGH = 0.12
"""Two amounts that differ by less are one, converted or rounded."""
ENOUGH_WORDS, MANY_WORDS = 0.2, 0.5
"""The likeness of wording that counts, and the one from which on more says no more."""


def evidence(one: Headline, other: Headline) -> dict[str, float]:
    """Return how strongly each kind of evidence is there; what is not there is 0 or left out."""
    things, differing = one.things & other.things, one.things ^ other.things
    return {
        **_named("firm", one.firms, other.firms),
        **_named("place", one.places, other.places),
        **_shared("topic", one.topics, other.topics),
        **_done(one, other),
        "thing": len(things),
        "general_thing": min(2, len(one.general_things & other.general_things)),
        "other_thing": _is_other(one.things, other.things),
        "thing_of_one": min(4, len(differing)),
        "money": _is_near(one.money, other.money),
        "other_money": bool(one.money and other.money) and not _is_near(one.money, other.money),
        "count": bool(one.counts & other.counts),
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


def _is_other(one: frozenset[str], other: frozenset[str]) -> bool:
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


def _is_near(one: Iterable[float], other: Iterable[float]) -> bool:
    return any(abs(a - b) <= NEAR_ENOUGH * max(a, b) for a in one for b in other)
