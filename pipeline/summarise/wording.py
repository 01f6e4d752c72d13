"""How much of a sentence's wording does a source know?"""

from __future__ import annotations

import re
from itertools import pairwise
from math import sqrt

from pipeline.summarise.acts import acts, families_of
from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.naming import EMPTY_WORDS
from pipeline.text import HAN

FAMILIAR = 0.5
"""The least familiarity of a sentence that a source bears out."""
KNOWN_HAN = 0.9
KNOWN_LATIN = 0.9
"""The share of an endless sentence's wording that a source must know."""
LEEWAY_HAN = 0.9
LEEWAY_LATIN = 0.5
"""How much less a sentence needs, over the root of its length: in a short one each word is more of the whole."""
LEEWAY_NUMBER = 0.1
MOST_NUMBERS = 3
"""How much less it needs for each number that the source bears out, up to so many: it tells the same in its own words."""
FEWEST_FAMILIES = 2
"""How many acts and things, and half of its own at least, a sentence in another script must share."""
LONG_HAN, LONG_LATIN = 250, 1_700
"""Characters of a long source; a shorter one has fewer words to share, by the root of its length."""
LEAST = 0.1
_SMALL_WORDS = EMPTY_WORDS | frozenset(
    (
        "more", "less", "over", "about", "against", "being", "should", "could", "can", "may", "might", "used", "using", "several", "other",
        "others", "another", "while", "during", "when", "where", "there", "these", "those", "such", "some", "any", "all", "both", "each", "most",
        "many", "much", "very", "only", "just", "still", "even", "between", "among", "through", "under", "above", "because", "so", "if", "then",
        "two", "before", "since", "until", "upon", "around", "up", "down", "out", "off", "again", "further", "once", "here", "how", "what", "why",
        "passage", "article", "text", "summary", "describes", "discusses", "mentions", "individuals",
        "no", "nor", "own", "same", "too", "them", "him", "us", "we", "you", "your", "our", "do", "does", "did", "done", "having", "been",
    )
)  # fmt: skip
"""English words that say nothing of what a text is about, or only that it is one."""
_RUN = re.compile(HAN.pattern + "+")


def familiarity(claim: Claim, evidence: Evidence) -> float:
    """Return in [0, 1] how well a source knows a sentence's wording; below ``FAMILIAR`` it does not.

    A sentence in another script is known if it has a number, a name that the source has, or tells of the same acts and
    things; one that ends in a colon only announces the next.
    """
    if not claim.words:
        return float(bool(claim.numbers) or not any(map(str.isalpha, claim.text)))
    known, total = (
        _known_han(claim, evidence) if claim.is_han and evidence.is_han else _known(claim, evidence)
    )
    least = _least(claim, evidence, total)
    share = known / total if total else float(bool(evidence.words))
    score = share / least * FAMILIAR if share < least else 1 - (1 - share) * (1 - FAMILIAR) / (1 - least)
    is_spared = _has_fact(claim, evidence) or claim.text.rstrip().endswith((":", "："))
    return max(score, FAMILIAR) if is_spared else score


def _least(claim: Claim, evidence: Evidence, total: int) -> float:
    """Return the share of its wording that a sentence needs."""
    if claim.is_han != evidence.is_han or not total:
        return FAMILIAR
    whole, leeway = (KNOWN_HAN, LEEWAY_HAN) if claim.is_han else (KNOWN_LATIN, LEEWAY_LATIN)
    borne_out = len({number.key for number in claim.numbers if number.key in evidence.alike})
    least = whole - leeway / sqrt(total) - LEEWAY_NUMBER * min(borne_out, MOST_NUMBERS)
    length = len(evidence.text) / (LONG_HAN if claim.is_han else LONG_LATIN)
    return max(least * sqrt(min(length, 1)), LEAST)


def _known(claim: Claim, evidence: Evidence) -> tuple[float, int]:
    content = [word for word in claim.words if word not in _SMALL_WORDS]
    return float(
        sum(evidence.knows(word) or not evidence.families.isdisjoint(families_of(word)) for word in content)
    ), len(content)


def _known_han(claim: Claim, evidence: Evidence) -> tuple[float, int]:
    """Count a character wholly where the source has it beside the same neighbour, by half where it has it at all."""
    latin = [word for word in claim.words if not HAN.match(word)]
    known, total = float(sum(map(evidence.knows, latin))), len(latin)
    for run in _RUN.findall(claim.numberless):
        paired = (False, *(evidence.knows(first + second) for first, second in pairwise(run)), False)
        known += sum(before or after for before, after in pairwise(paired)) / 2
        known += sum(character in evidence.characters for character in run) / 2
        total += len(run)
    return known, total


def _has_fact(claim: Claim, evidence: Evidence) -> bool:
    """Say whether a sentence in another script has a number, or a name or enough of what it tells that the source has."""
    if claim.is_han == evidence.is_han:
        return False
    if claim.numbers or any(name in claim.text for name in evidence.found_names):
        return True
    families = {act.family for act in acts(claim.text, is_han=claim.is_han)}
    return len(families & evidence.families) >= max(FEWEST_FAMILIES, len(families) / 2)
