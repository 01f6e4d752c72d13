"""How alike two articles are, and what speaks against their telling of one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.select.evidence import evidence, translation, weighed, wording
from pipeline.select.features import Key
from pipeline.select.headlines import Headline, read_headline
from pipeline.select.index import Vector
from pipeline.select.lexicon import Lexicon

SAME_EVENT = 0.16
CERTAIN = 1.0
"""So much evidence makes two headlines twice as alike as is needed."""
SAME_EVENT_ACROSS = 0.5
FEWEST_SHARED = 2
"""One name in common is no event."""
FEWEST_SHARED_ACROSS = 3
"""So many names, numbers or dates that tell one event from another must agree between two languages; with fewer, the
titles must agree."""
TITLES_AGREE = 1.5
"""So much more alike two articles are whose titles surely tell of one event."""
DOUBTED = 0.6
"""What remains of the likeness of two articles where something speaks against it: their titles name firms or places
and none in common, or a title is hardly told, or on the same days they name other amounts."""
APART = 0.9
"""The most it may be when neither article so much as names a firm or place of the other's title, as two cities' plans in
like words: such a pair founds no story, but may meet in one that others founded. Where titles tell of other acts and of
other amounts, as a firm's order and its round of funding, they do not meet there either."""
DOUBTED_TOGETHER = 0.9
"""What remains of it in a story of several articles: each may tell of another side of the event, and agreement with
many is no chance. From 0.88 to 0.95 makes no difference; with 1.0 a district's fund joins a factory in that district."""
TITLE_TOLD = 0.2
"""The least share of each title that the other article must tell of: with less, one is the other's background."""
NAMESAKES = 0.7
"""What remains of it when besides the lexicon's names hardly a word agrees: one firm does many things."""
FEWEST_WORDS = 2


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An article's vector, its features at hand."""

    vector: Vector
    weights: Mapping[Key, float]
    lexicon: Lexicon

    @cached_property
    def headline(self) -> Headline:
        """Return what its title names."""
        return read_headline(self.vector.headline, self.lexicon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two articles are, by themselves and as members of a story; from 1.0 on they tell of one event."""

    alone: float
    together: float


def opened(vector: Vector, lexicon: Lexicon) -> Opened:
    """Open a vector for comparing."""
    return Opened(vector=vector, weights=vector.spread(), lexicon=lexicon)


def compare(one: Opened, other: Opened, *, is_later: bool = False) -> Likeness:
    """Compare two articles; ``is_later`` says that one may be later news of the other, which names other amounts."""
    if not (one.vector.has_lead and other.vector.has_lead):
        alike = _resemblance_by_title(one, other)
        return Likeness(alone=alike, together=alike)
    alike = _resemblance(one, other)
    if not alike:
        return Likeness(alone=0, together=0)
    are_other_amounts = _tell_other_amounts(one, other)
    is_doubtful = (
        (are_other_amounts and not is_later)
        or _are_strangers(one.vector, other.vector)
        or _tell_past_each_other(one, other)
    )
    alone = (DOUBTED if is_doubtful else 1.0) * alike
    if are_other_amounts and _tell_of_other_deals(one, other):
        return Likeness(alone=min(alone, APART), together=min(alone, APART))
    return Likeness(
        alone=min(alone, APART) if _have_nothing_to_do(one, other) else alone,
        together=(DOUBTED_TOGETHER if is_doubtful else 1.0) * alike,
    )


def _have_nothing_to_do(one: Opened, other: Opened) -> bool:
    """Say whether neither article names, anywhere in its lead, a firm or place of the other's title."""
    mine, theirs = set(one.vector.actors), set(other.vector.actors)
    return bool(mine and theirs) and not (mine & other.weights.keys() or theirs & one.weights.keys())


def _are_strangers(one: Vector, other: Vector) -> bool:
    return bool(one.actors and other.actors) and not set(one.actors).intersection(other.actors)


def _tell_other_amounts(one: Opened, other: Opened) -> bool:
    """Say whether both titles name amounts of one unit, and neither article tells of the other's."""
    mine, theirs = dict(one.vector.amounts), dict(other.vector.amounts)
    if not set(mine.values()).intersection(theirs.values()):
        return False
    return not (mine.keys() & other.weights.keys() or theirs.keys() & one.weights.keys())


def _tell_of_other_deals(one: Opened, other: Opened) -> bool:
    """Say whether the titles tell of acts that do not go together, as an order and a round of funding, on no one thing."""
    found = evidence(one.headline, other.headline)
    return bool(found["other_act"]) and not found["thing"]


def _tell_past_each_other(one: Opened, other: Opened) -> bool:
    if one.vector.language != other.vector.language or not (one.vector.has_lead and other.vector.has_lead):
        return False
    return min(_title_told(one, other), _title_told(other, one)) < TITLE_TOLD


def _title_told(one: Opened, other: Opened) -> float:
    """Return the share of the title's weight that stands anywhere in the other article, in [0, 1]; 1 without a title."""
    whole = sum(one.weights[key] for key in one.vector.title)
    told = sum(one.weights[key] for key in one.vector.title if key in other.weights)
    return told / whole if whole else 1.0


def _resemblance_by_title(one: Opened, other: Opened) -> float:
    found, across = evidence(one.headline, other.headline), one.vector.language != other.vector.language
    if across:
        chinese, english = (one, other) if one.vector.language == "zh" else (other, one)
        found |= translation(chinese.headline, english.headline)
    else:
        shared = one.weights.keys() & other.weights.keys()
        words = len(shared.difference(other.vector.keys[: other.vector.entries]))
        found |= wording(sum(one.weights[key] * other.weights[key] for key in shared), words)
    return max(0.0, 1 + weighed(found, across=across) / CERTAIN)


def _resemblance(one: Opened, other: Opened) -> float:
    mine, theirs = one.weights, other.vector
    if one.vector.language == theirs.language:
        shared = mine.keys() & other.weights.keys()
        if len(shared) < FEWEST_SHARED:
            return 0.0
        alike = sum(mine[key] * other.weights[key] for key in shared)
        entries = set(theirs.keys[: theirs.entries])
        return (NAMESAKES if len(shared - entries) < FEWEST_WORDS else 1.0) * alike / SAME_EVENT
    return _resemblance_across(one, other)


def _resemblance_across(one: Opened, other: Opened) -> float:
    """Compare by names and numbers; where few agree, the titles must say the same too."""
    mine, theirs = one.weights, other.vector
    named = [key for key in theirs.keys[: theirs.names] if key in mine]
    lengths = one.vector.names_length * theirs.names_length
    alike = sum(mine[key] * other.weights[key] for key in named) / (lengths or 1.0) / SAME_EVENT_ACROSS
    telling = len(set(named).difference(theirs.general))
    if telling >= FEWEST_SHARED_ACROSS:
        return alike
    if not telling or alike * TITLES_AGREE < 1:
        return 0.0
    return alike * min(TITLES_AGREE, _resemblance_by_title(one, other))
