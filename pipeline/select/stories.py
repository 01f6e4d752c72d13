"""Which articles tell of the same event, across outlets and across the two languages.

Pairs that share rare features are compared, the most alike first. Two articles found a story when nothing speaks
against it; what joins a story is measured by its middle. What no rare feature joins is never compared, so a
day's work grows with the number of likely pairs and not with the square of the articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, product
from math import sqrt

from pipeline.model import Article, Story
from pipeline.select.features import Vector, cosine, features, rarity
from pipeline.select.lexicon import Lexicon

Pair = tuple[int, int]
"""The smaller index of two articles, and the greater."""
GATE = timedelta(days=3)
"""Articles further apart in time tell of different events."""
SAME_EVENT = 0.16
SAME_EVENT_BY_TITLE = 0.2
"""Titles alone hold few words, so chance agreements weigh more."""
SAME_EVENT_ACROSS = 0.5
FEWEST_SHARED_ACROSS = 3
"""So many names, numbers or dates must agree between two languages."""
DOUBTED = 0.6
"""What remains of the likeness of two articles where something speaks against it: their titles name firms or places
and none in common, or a title is hardly told, or on the same days they name other amounts."""
DOUBTED_TOGETHER = 0.9
"""What remains of it in a story of several articles: each may tell of another side of the event, and agreement with
many is no chance. From 0.88 to 0.95 makes no difference; with 1.0 a district's fund joins a factory in that district."""
TITLE_TOLD = 0.2
"""The least share of each title that the other article must tell of: with less, one is the other's background."""
NAMESAKES = 0.7
"""What remains of it when besides the lexicon's names hardly a word agrees: one firm does many things."""
FEWEST_WORDS = 2
FAINTEST = 0.3
"""A pair less alike than this calls no article into a story; down to 0.1 it changed nothing, from 0.4 on stories split."""
MOST_POSTINGS = 60
"""A feature of more articles than this is common, and proposes no pairs."""
FEWEST_RARE = 2


def group(articles: Sequence[Article], lexicon: Lexicon) -> tuple[Story, ...]:
    """Group articles into stories, in the order of their first articles; each article is in one story."""
    read = [features(a.title, a.text, language=a.language, lexicon=lexicon) for a in articles]
    weigh = rarity(read).weigh
    groups = _merge(len(articles), _compared(articles, [weigh(each) for each in read]))
    return tuple(
        Story(articles=tuple(sorted((articles[i] for i in members), key=_best_first))) for members in groups
    )


def _best_first(article: Article) -> tuple[float, int, float, str]:
    return -article.standing, -min(len(article.text), 3000), _told_at(article).timestamp(), article.url


def _told_at(article: Article) -> datetime:
    return _plausible_date(article) or article.first_seen


def _plausible_date(article: Article) -> datetime | None:
    """Return when it was published, unless it claims to come from after it was read."""
    published = article.published
    return published if published and published <= article.first_seen + timedelta(days=1) else None


def _could_meet(one: Article, other: Article) -> bool:
    """Say whether two articles are near enough in time; one without a date may belong anywhere."""
    first, second = _plausible_date(one), _plausible_date(other)
    return first is None or second is None or abs(first - second) <= GATE


def likeness(one: Vector, other: Vector) -> float:
    """Return how alike two articles are; from 1.0 on they tell of the same event."""
    return (DOUBTED if _is_doubtful(one, other) else 1.0) * _resemblance(one, other)


def _is_doubtful(one: Vector, other: Vector) -> bool:
    return _are_strangers(one, other) or _tell_past_each_other(one, other)


def _are_strangers(one: Vector, other: Vector) -> bool:
    return bool(one.actors and other.actors) and not one.actors & other.actors


def _tell_other_amounts(one: Vector, other: Vector) -> bool:
    """Say whether both titles name amounts of one unit, and neither article tells of the other's.

    This counts for articles of the same days alone: later news of an event may well name other amounts.
    """
    if not _units(one.amounts) & _units(other.amounts):
        return False
    return not (one.amounts & other.whole.keys() or other.amounts & one.whole.keys())


def _units(amounts: Iterable[str]) -> set[str]:
    return {amount.rpartition(" ")[2] for amount in amounts}


def _tell_past_each_other(one: Vector, other: Vector) -> bool:
    if one.language != other.language or not (one.has_lead and other.has_lead):
        return False
    return min(one.title_told_by(other), other.title_told_by(one)) < TITLE_TOLD


def _resemblance(one: Vector, other: Vector) -> float:
    if one.language == other.language:
        enough = SAME_EVENT if one.has_lead and other.has_lead else SAME_EVENT_BY_TITLE
        return (
            (NAMESAKES if _agree_in_names_alone(one, other) else 1.0)
            * cosine(one.whole, other.whole)
            / enough
        )
    telling = [name for name in one.shared.keys() & other.shared.keys() if not _is_general(name)]
    if len(telling) < FEWEST_SHARED_ACROSS:
        return 0.0
    return cosine(one.shared, other.shared) / SAME_EVENT_ACROSS


def _is_general(name: str) -> bool:
    return name == "e:china:china" or name.endswith(" year")


def _agree_in_names_alone(one: Vector, other: Vector) -> bool:
    shared = one.whole.keys() & other.whole.keys()
    return sum(not name.startswith("e:") for name in shared) < FEWEST_WORDS


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """How alike two articles are, by themselves and as members of a story."""

    alone: float
    together: float
    have_leads: bool


def _compared(articles: Sequence[Article], read: Sequence[Vector]) -> dict[Pair, _Compared]:
    """Compare the likely pairs."""
    likely = (pair for pair in _candidates(read) if _could_meet(articles[pair[0]], articles[pair[1]]))
    return {(one, other): _compare(read[one], read[other]) for one, other in likely}


def _compare(one: Vector, other: Vector) -> _Compared:
    alike = _resemblance(one, other)
    is_doubtful = _is_doubtful(one, other) or _tell_other_amounts(one, other)
    return _Compared(
        alone=(DOUBTED if is_doubtful else 1.0) * alike,
        together=(DOUBTED_TOGETHER if is_doubtful else 1.0) * alike,
        have_leads=one.has_lead and other.has_lead,
    )


def _candidates(read: Sequence[Vector]) -> Iterable[Pair]:
    """Propose the pairs that share at least two features which are not common."""
    holders: dict[str, list[int]] = {}
    for index, vector in enumerate(read):
        for name in vector.whole:
            holders.setdefault(name, []).append(index)
    rare = (row for row in holders.values() if 2 <= len(row) <= MOST_POSTINGS)
    shared = Counter(pair for row in rare for pair in combinations(row, 2))
    return (pair for pair, count in shared.items() if count >= FEWEST_RARE)


@dataclass(frozen=True, kw_only=True)
class _Group:
    members: tuple[int, ...]
    likeness: float = 0.0
    """The sum over the pairs of its members."""

    @property
    def middle(self) -> float:
        """Return the length of its members' mean: 1 for one article, and the less the more they differ."""
        squared = len(self.members) + 2 * SAME_EVENT * self.likeness
        return sqrt(squared) / len(self.members)


def _merge(total: int, compared: Mapping[Pair, _Compared]) -> list[list[int]]:
    """Join the most alike first."""
    home = {index: _Group(members=(index,)) for index in range(total)}
    for (one, other), found in sorted(compared.items(), key=lambda item: (-item[1].alone, item[0])):
        first, second = home[one], home[other]
        if first is second or not _may_join(first, second, found):
            continue
        if joined := _joined(first, second, compared):
            home |= dict.fromkeys(joined.members, joined)
    return sorted({id(each): sorted(each.members) for each in home.values()}.values())


def _may_join(one: _Group, other: _Group, pair: _Compared) -> bool:
    """Say whether a pair is alike enough to compare its groups.

    A lone article may join a story for less than 1, unless there are only headlines, which hold too few words.
    """
    if pair.alone >= 1:
        return True
    is_one_alone = (len(one.members) == 1) != (len(other.members) == 1)
    return is_one_alone and pair.have_leads and pair.alone >= FAINTEST


def _joined(one: _Group, other: _Group, compared: Mapping[Pair, _Compared]) -> _Group | None:
    """Join two groups if one is on average as like the other's middle as two articles of one event are.

    The middle of many articles has what they agree in and little of what each has for itself. So an article that is
    somewhat like all of a large story belongs to it, though it is not like enough to any one of them.
    """
    pairs = [(min(pair), max(pair)) for pair in product(one.members, other.members)]
    across = sum(compared[pair].together for pair in pairs if pair in compared)
    if across < len(pairs) * min(one.middle, other.middle):
        return None
    return _Group(members=one.members + other.members, likeness=one.likeness + other.likeness + across)
