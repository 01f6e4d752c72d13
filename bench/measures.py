"""The measures, each a pure function with the place it comes from; every value lies in [0, 1]."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from pipeline.text import HAN

_WORD = re.compile(r"\w+")
_HAN_OR_WORD = re.compile(rf"{HAN.pattern}|[^\W_]+")
SHINGLE = 4


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How much of what was found is right, and how much of what is right was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def share(part: int, whole: int) -> float:
    """Return a part of a whole; of nothing it is 1, for nothing was missed."""
    return part / whole if whole else 1.0


def mean(values: Iterable[float]) -> float:
    """Return the mean; of nothing it is 1 as well."""
    every = list(values)
    return sum(every) / len(every) if every else 1.0


def rates(found: AbstractSet[Hashable], gold: AbstractSet[Hashable]) -> Rates:
    """Compare the things found with the right ones."""
    right = len(found & gold)
    return Rates(precision=share(right, len(found)), recall=share(right, len(gold)))


def balanced_accuracy(found: AbstractSet[Hashable], gold: AbstractSet[Hashable], *, total: int) -> float:
    """Return the mean of the shares of right ones found and of wrong ones left alone (Brodersen and others, 2010)."""
    wrong = total - len(gold)
    left_alone = share(wrong - len(found - gold), wrong)
    return (share(len(found & gold), len(gold)) + left_alone) / 2


Labels = Mapping[str, Hashable]
"""The group of each thing; the names of groups mean nothing, only what shares one."""


def b_cubed(found: Labels, gold: Labels) -> Rates:
    """Compare two groupings of the same things, thing by thing (Bagga and Baldwin, 1998)."""
    return Rates(precision=_purity(found, gold), recall=_purity(gold, found))


def _purity(groups: Labels, labels: Labels) -> float:
    """Return how much of a thing's group shares its label, on average over the things."""
    sizes, agreeing = Counter(groups.values()), Counter((groups[each], labels[each]) for each in groups)
    return mean(agreeing[groups[each], labels[each]] / sizes[groups[each]] for each in groups)


def pairwise(found: Labels, gold: Labels) -> Rates:
    """Compare two groupings by the pairs they put together; stricter than B-cubed where groups are small."""
    return rates(_pairs(found), _pairs(gold))


def _pairs(labels: Labels) -> set[tuple[str, str]]:
    members: dict[Hashable, list[str]] = {}
    for each in sorted(labels):
        members.setdefault(labels[each], []).append(each)
    return {pair for together in members.values() for pair in combinations(together, 2)}


def rouge_tokens(text: str, *, language: str) -> list[str]:
    """Return what ROUGE counts: of Chinese every character, else words in lower case without stemming."""
    if language == "zh":
        return [character for character in text if not character.isspace()]
    return _WORD.findall(text.lower())


def rouge_n(found: Sequence[str], reference: Sequence[str], *, n: int) -> float:
    """Return the F1 of shared runs of ``n`` tokens, repeats counted (Lin, 2004)."""
    return _overlap(_runs(found, n), _runs(reference, n)).f1


def rouge_l(found: Sequence[str], reference: Sequence[str]) -> float:
    """Return the F1 of the longest common subsequence (Lin, 2004), the texts taken as one sentence each."""
    common = _longest_common(found, reference)
    return Rates(precision=_of(common, len(found)), recall=_of(common, len(reference))).f1


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    before = [0] * (len(other) + 1)
    for token in one:
        row = [0]
        for index, against in enumerate(other):
            row.append(before[index] + 1 if token == against else max(before[index + 1], row[index]))
        before = row
    return before[-1]


def _runs(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1))


def _overlap(found: Counter[tuple[str, ...]], truth: Counter[tuple[str, ...]]) -> Rates:
    common = (found & truth).total()
    return Rates(precision=_of(common, found.total()), recall=_of(common, truth.total()))


def _of(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def shingle_overlap(found: str, truth: str) -> Rates:
    """Compare two texts by their runs of four words, repeats counted; of Chinese by four characters.

    As in the article extraction benchmark of Scrapinghub (2019); a text shorter than a run is one run.
    """
    if not _WORD.search(found) and not _WORD.search(truth):
        return Rates(precision=1.0, recall=1.0)
    return _overlap(_shingles(found), _shingles(truth))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _HAN_OR_WORD.findall(text)
    return _runs(tokens, min(SHINGLE, len(tokens))) if tokens else Counter()
