"""Which articles tell of the same event, across outlets and across the two languages.

Pairs that share rare features are compared, the most alike first; two groups become one story while their
articles are alike on average. What no rare feature joins is never compared, so a day's work grows with the
number of likely pairs and not with the square of the articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product

from pipeline.model import Article, Story
from pipeline.select.features import Vector, cosine, features, rarity
from pipeline.select.lexicon import Lexicon

GATE = timedelta(days=3)
"""Articles further apart in time tell of different events."""
SAME_EVENT = 0.16
SAME_EVENT_BY_TITLE = 0.2
"""Titles alone hold few words, so chance agreements weigh more."""
SAME_EVENT_ACROSS = 0.5
FEWEST_SHARED_ACROSS = 3
"""So many names, numbers or dates must agree between two languages."""
STRANGERS = 0.6
"""What remains of the likeness when both titles name firms or places, and none in common, or a title is hardly told."""
TITLE_TOLD = 0.2
"""The least share of each title that the other article must tell of: with less, one is the other's background."""
NAMESAKES = 0.7
"""What remains of it when besides the lexicon's names hardly a word agrees: one firm does many things."""
FEWEST_WORDS = 2
LINK = 0.65
"""How alike two groups must be on average, once one pair of them is alike."""
MOST_POSTINGS = 60
"""A feature of more articles than this is common, and proposes no pairs."""
FEWEST_RARE = 2


def group(articles: Sequence[Article], lexicon: Lexicon) -> tuple[Story, ...]:
    """Group articles into stories, in the order of their first articles; each article is in one story."""
    read = [features(a.title, a.text, language=a.language, lexicon=lexicon) for a in articles]
    weigh = rarity(read).weigh
    groups = _merge(len(articles), _likeness(articles, [weigh(each) for each in read]))
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
    are_strangers = bool(one.actors and other.actors) and not one.actors & other.actors
    factor = STRANGERS if are_strangers or _tell_past_each_other(one, other) else 1.0
    return factor * _bare_likeness(one, other)


def _tell_past_each_other(one: Vector, other: Vector) -> bool:
    if one.language != other.language or not (one.has_lead and other.has_lead):
        return False
    return min(one.title_told_by(other), other.title_told_by(one)) < TITLE_TOLD


def _bare_likeness(one: Vector, other: Vector) -> float:
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


def _likeness(articles: Sequence[Article], read: Sequence[Vector]) -> dict[tuple[int, int], float]:
    """Compare the likely pairs; a pair is (smaller index, greater index)."""
    pairs = (pair for pair in _candidates(read) if _could_meet(articles[pair[0]], articles[pair[1]]))
    compared = ((pair, likeness(read[pair[0]], read[pair[1]])) for pair in pairs)
    return {pair: alike for pair, alike in compared if alike > 0}


def _candidates(read: Sequence[Vector]) -> Iterable[tuple[int, int]]:
    """Propose the pairs that share at least two features which are not common."""
    holders: dict[str, list[int]] = {}
    for index, vector in enumerate(read):
        for name in vector.whole:
            holders.setdefault(name, []).append(index)
    rare = (row for row in holders.values() if 2 <= len(row) <= MOST_POSTINGS)
    shared = Counter(pair for row in rare for pair in combinations(row, 2))
    return (pair for pair, count in shared.items() if count >= FEWEST_RARE)


def _merge(total: int, alike: Mapping[tuple[int, int], float]) -> list[list[int]]:
    """Join the most alike first, while the members of both groups are alike on average."""
    groups = {index: [index] for index in range(total)}
    home = list(range(total))
    for (one, other), strength in sorted(alike.items(), key=lambda item: (-item[1], item[0])):
        first, second = sorted((home[one], home[other]))
        if strength < 1 or first == second or _average(groups[first], groups[second], alike) < LINK:
            continue
        groups[first] += groups.pop(second)
        for member in groups[first]:
            home[member] = first
    return [sorted(members) for _, members in sorted(groups.items())]


def _average(one: Sequence[int], other: Sequence[int], alike: Mapping[tuple[int, int], float]) -> float:
    pairs = [(min(pair), max(pair)) for pair in product(one, other)]
    return sum(alike.get(pair, 0.0) for pair in pairs) / len(pairs)
