"""Which articles tell of the same event, across outlets and across the two languages.

Articles may come all at once or one after another: each is compared with those of the last days that share its rarest
features, the most alike pair first. Two articles found a story when nothing speaks against it; what joins a story is
measured by its middle. A day's work grows with the number of likely pairs and not with the square of the articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from itertools import islice, product
from math import sqrt
from zlib import crc32

from pipeline.model import Article, Story
from pipeline.select.features import LEAD_CHARACTERS, features
from pipeline.select.index import Index
from pipeline.select.lexicon import Lexicon
from pipeline.select.likeness import SAME_EVENT, Likeness, compare, opened

GATE = timedelta(days=3)
"""Articles further apart in time tell of different events."""
FAINTEST = 0.3
"""A pair less alike than this calls no article into a story; down to 0.1 it changed nothing, from 0.4 on stories split."""
AT_ONCE = 500
"""So many articles are read before the most alike of them are joined."""
SPEAKERS = 20
"""So many articles of a story, its latest, are what a further one is compared with; from 12 on it made no difference."""
MANY, WELCOME = 4, 1.2
"""A story of so many articles takes in what is that much less like it: its middle is surer than that of two."""
_NEVER = datetime(1, 1, 5, tzinfo=UTC)
_Wording = tuple[int, int]
"""Checksums of a title and a lead."""


def group(
    articles: Sequence[Article], lexicon: Lexicon, *, earlier: Sequence[Article] = ()
) -> tuple[Story, ...]:
    """Group articles into stories, in the order of their first articles; each article is in one story.

    What was told ``earlier`` stands in a story behind the articles that join it, and makes none by itself.
    """
    every = [*articles, *earlier]
    order = sorted(range(len(every)), key=lambda index: _plausible_date(every[index]) or _NEVER)
    stories = Stories(lexicon)
    numbers = dict(zip(order, stories.add([every[index] for index in order]), strict=True))
    members: dict[int, list[int]] = {}
    for index in range(len(every)):
        members.setdefault(stories.story_of(numbers[index]), []).append(index)
    return tuple(_story(every, each, len(articles)) for each in members.values() if each[0] < len(articles))


def _story(articles: Sequence[Article], members: Sequence[int], fresh: int) -> Story:
    ranked = sorted(members, key=lambda index: (index >= fresh, _best_first(articles[index])))
    return Story(articles=tuple(articles[index] for index in ranked))


def _best_first(article: Article) -> tuple[float, int, float, str]:
    told_at = _plausible_date(article) or article.first_seen
    return -article.standing, -min(len(article.text), 3000), told_at.timestamp(), article.url


def _plausible_date(article: Article) -> datetime | None:
    """Return when it was published, unless it claims to come from after it was read."""
    published = article.published
    return published if published and published <= article.first_seen + timedelta(days=1) else None


def _are_near(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two articles are near enough in time; one without a date may belong anywhere."""
    return one is None or other is None or abs(one - other) <= GATE


@dataclass(slots=True, kw_only=True)
class _Group:
    """A story so far."""

    members: list[int]
    speakers: list[int] = field(default_factory=list)
    """The members that stand for it, in order."""
    likeness: float = 0.0
    """The sum over the pairs of its members."""

    @property
    def middle(self) -> float:
        """Return the length of its members' mean: 1 for one article, and the less the more they differ."""
        squared = len(self.members) + 2 * SAME_EVENT * self.likeness
        return sqrt(squared) / len(self.members)


class Stories:
    """The stories of a stream of articles: what comes today joins what was told in the last days.

    Articles are numbered from 0 as they come; a story has the number of one of its articles. No text is kept.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._index = Index()
        self._home: list[_Group] = []
        self._dates: dict[int, datetime | None] = {}
        self._held: list[tuple[datetime, int, _Wording]] = []
        """A heap of what may still meet something new, the oldest first."""
        self._latest = _NEVER
        self._twins: dict[_Wording, int] = {}
        self._silent: list[int] = []
        self._opened = lru_cache(maxsize=2 * AT_ONCE)(lambda number: opened(self._index[number], lexicon))
        self._compared = lru_cache(maxsize=1 << 16)(self._compare)

    def add(self, articles: Iterable[Article]) -> list[int]:
        """Take articles, those of one day before those of the next, and return the number of each."""
        start, rest = len(self._home), iter(articles)
        while some := list(islice(rest, AT_ONCE)):
            self._merge(
                self._likely_pairs([each for each in self._numbered(some) if not self._has_twin(*each)])
            )
            self._forget()
        return list(range(start, len(self._home)))

    @property
    def held(self) -> int:
        """Return how many articles may still meet something new."""
        return len(self._held)

    def story_of(self, number: int) -> int:
        """Return the story of an article; later articles may join two stories into one."""
        return self._home[number].members[0]

    def _numbered(self, articles: Sequence[Article]) -> list[tuple[int, Article]]:
        start = len(self._home)
        self._home += (_Group(members=[start + index]) for index in range(len(articles)))
        return list(enumerate(articles, start))

    def _has_twin(self, number: int, article: Article) -> bool:
        """Put an article that repeats another of these days word for word into its story; of others note when they came."""
        wording = crc32(article.title.encode()), crc32(article.text[:LEAD_CHARACTERS].encode())
        date, twin = _plausible_date(article), self._twins.get(wording)
        if twin is not None and (article.title or article.text) and _are_near(date, self._dates[twin]):
            self._take_in(self._home[twin], self._home[number])
            return True
        self._dates[number] = date
        self._twins[wording] = number
        self._latest = max(self._latest, date or _NEVER)
        heappush(self._held, (date or article.first_seen, number, wording))
        return False

    def _likely_pairs(self, articles: Sequence[tuple[int, Article]]) -> list[tuple[int, int]]:
        read = [features(a.title, a.text, language=a.language, lexicon=self._lexicon) for _, a in articles]
        for each in read:
            self._index.count(each)
        pairs: list[tuple[int, int]] = []
        for (number, _), each in zip(articles, read, strict=True):
            vector = self._index.weigh(each)
            pairs += [
                (other, number) for other in self._index.near(vector) if self._could_meet(other, number)
            ]
            self._index.add(number, vector)
            self._home[number].speakers.append(number)
        return pairs

    def _could_meet(self, one: int, other: int) -> bool:
        return _are_near(self._dates[one], self._dates[other])

    def _compare(self, one: int, other: int) -> Likeness:
        return compare(self._opened(one), self._opened(other))

    def _merge(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Join the most alike first."""
        ranked = sorted((-self._compared(*pair).alone, pair) for pair in pairs)
        for alike, (one, other) in ranked:
            first, second = self._home[one], self._home[other]
            if first is not second and self._may_join(first, second, one, other, -alike):
                self._join(first, second)

    def _may_join(self, first: _Group, second: _Group, one: int, other: int, alike: float) -> bool:
        """Say whether a pair is alike enough to compare its groups.

        A lone article may join a story for less than 1, unless there are only headlines, which hold too few words.
        """
        if alike >= 1:
            return True
        is_one_alone = (len(first.members) == 1) != (len(second.members) == 1)
        have_leads = self._index[one].has_lead and self._index[other].has_lead
        return is_one_alone and have_leads and alike >= FAINTEST

    def _join(self, one: _Group, other: _Group) -> None:
        """Join two groups if one is on average as like the other's middle as two articles of one event are.

        The middle of many articles has what they agree in and little of what each has for itself. So an article that is
        somewhat like all of a large story belongs to it, though it is not like enough to any one of them.
        """
        pairs = [(min(pair), max(pair)) for pair in product(one.speakers, other.speakers)]
        across = sum(self._compared(*pair).together for pair in pairs if self._could_meet(*pair)) / len(pairs)
        welcome = WELCOME if max(len(one.members), len(other.members)) >= MANY else 1.0
        if across * welcome >= min(one.middle, other.middle):
            larger, smaller = sorted((one, other), key=lambda each: -len(each.members))
            larger.likeness += smaller.likeness + across * len(one.members) * len(other.members)
            self._take_in(larger, smaller)

    def _take_in(self, larger: _Group, smaller: _Group) -> None:
        speakers = sorted((*larger.speakers, *smaller.speakers))
        larger.speakers = speakers[-SPEAKERS:]
        self._silent += speakers[:-SPEAKERS]
        larger.members += smaller.members
        for number in smaller.members:
            self._home[number] = larger

    def _forget(self) -> None:
        """Forget what is too old to meet anything new, and of large stories all but the speakers."""
        while self._held and self._held[0][0] < self._latest - GATE:
            _, number, wording = heappop(self._held)
            del self._dates[number]
            if self._twins[wording] == number:
                del self._twins[wording]
            speakers = self._home[number].speakers
            speakers[:] = [each for each in speakers if each != number]
            self._silent.append(number)
        self._index.drop(self._silent)
        self._silent = []
