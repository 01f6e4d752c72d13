"""A stream of news of our own making: invented words in Zipf's proportions, the lexicon's names, events told by several outlets.

Words are made of syllables and mean nothing; what matters for speed and memory is how often each comes, how many articles
tell one event, and in which of the two languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from pipeline.model import Article
from pipeline.select.lexicon import Lexicon, LexiconEntry

DAY_ARTICLES = 1000
VOCABULARY = 30_000
MOST_OUTLETS = 40
OWN_WORDS = 40
"""So many words are an event's own; each report uses some of them."""
LEAD_WORDS = 180
_START = datetime(2026, 1, 5, tzinfo=UTC)
_SYLLABLES = [
    c + v + e
    for c in "bcdfghklmnprstvw"
    for v in ("a", "e", "i", "o", "u", "ea")
    for e in ("", "n", "r", "st")
]
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]


@dataclass(frozen=True, kw_only=True)
class Told:
    """An article, and the event it tells of."""

    article: Article
    event: int


@dataclass(frozen=True, kw_only=True)
class _Event:
    number: int
    names: tuple[LexiconEntry, ...]
    words: dict[str, list[str]]
    amount: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The general words of both languages, the commonest first, with their weights summed up."""

    by_language: dict[str, list[str]]
    weights: list[float]

    def draw(self, language: str, count: int, random: Random) -> list[str]:
        return random.choices(self.by_language[language], cum_weights=self.weights, k=count)


def stream(total: int, *, lexicon: Lexicon, seed: int = 1) -> Iterator[Told]:
    """Yield so many articles, a thousand to a day, those of one event within two days of another."""
    random = Random(seed)  # noqa: S311
    words = _words(random)
    names = [
        entry
        for entry in lexicon.entries
        if entry.table in ("topic", "company", "home") and entry.en and entry.zh_hans
    ]
    for day in range(-(-total // DAY_ARTICLES)):
        told: list[Told] = []
        while len(told) < DAY_ARTICLES:
            event = _event(day * DAY_ARTICLES + len(told), names, words, random)
            told += (
                _told(event, words, random) for _ in range(min(int(random.paretovariate(1.1)), MOST_OUTLETS))
            )
        told = sorted(told[:DAY_ARTICLES], key=lambda each: each.article.published or _START)
        yield from told[: total - day * DAY_ARTICLES]


def _words(random: Random) -> _Words:
    latin = {"".join(random.choices(_SYLLABLES, k=random.randint(2, 3))) for _ in range(2 * VOCABULARY)}
    han = {"".join(random.choices(_HAN, k=2)) for _ in range(2 * VOCABULARY)}
    return _Words(
        by_language={"en": sorted(latin)[:VOCABULARY], "zh": sorted(han)[:VOCABULARY]},
        weights=list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY))),
    )


def _event(number: int, names: Sequence[LexiconEntry], words: _Words, random: Random) -> _Event:
    at = _START + timedelta(days=number // DAY_ARTICLES, seconds=random.randint(0, 60_000))
    own = {language: random.sample(known, OWN_WORDS) for language, known in words.by_language.items()}
    return _Event(
        number=number, names=tuple(random.sample(names, 3)), words=own, amount=random.randint(10, 9000), at=at
    )


def _told(event: _Event, words: _Words, random: Random) -> Told:
    language = random.choice(("en", "zh"))
    names = [entry.en[0] if language == "en" else entry.zh_hans[0] for entry in event.names]
    amount = f"{event.amount} million yuan" if language == "en" else f"{event.amount / 100:g}亿元"
    title = _line([names[0], *random.sample(event.words[language], 5), amount], language)
    lead = [*names, amount, *random.sample(event.words[language], OWN_WORDS // 2)] * 2
    lead += words.draw(language, LEAD_WORDS - len(lead), random)
    random.shuffle(lead)
    published = event.at + timedelta(seconds=random.randint(0, 20_000))
    number = f"{event.number}-{random.randint(0, 10**9)}"
    return Told(
        article=Article(
            url=f"https://press.example/{number}", source=f"outlet{random.randint(1, 200)}", title=title, text=_line(lead, language),
            language=language, published=published, first_seen=published, fetched_at=published, digest="",
        ),
        event=event.number,
    )  # fmt: skip


def _line(words: Sequence[str], language: str) -> str:
    return f"{' '.join(words)}." if language == "en" else f"{''.join(words)}。"
