"""Does a summary say only what its source says? Numbers, names, quotations, stance, and the wording as a whole.

It is a gate against changed figures, invented names and claims turned round; a sentence that stands in the source
word for word always passes. What is turned round in words that no family of acts has it may miss.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.summarise.bearing import turned_numbers
from pipeline.summarise.circumstances import other_circumstances
from pipeline.summarise.contradictions import Stances, contradictions, overall_opposites
from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.figures import unsupported_numbers
from pipeline.summarise.folding import bare, fold
from pipeline.summarise.naming import NAME, TERMS, is_term, is_title_case, speakers, words_of_name
from pipeline.summarise.quoting import unsupported_quotations
from pipeline.summarise.swaps import swapped
from pipeline.summarise.turned import turned_acts
from pipeline.summarise.wording import FAMILIAR, familiarity
from pipeline.text import script_language, sentences, simplified

_FIRST, _LISTED = re.compile(r"1[.)]"), re.compile(r"\d{1,2}[.)]")
DOUBTED = 0.4
"""The highest score of a summary that is not supported."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a summary says that its source does not."""

    supported: bool
    score: float
    """In [0, 1], at least 0.5 exactly when supported: how well the source knows the least familiar sentence's wording."""
    unsupported: tuple[str, ...]
    """Each a kind and a phrase: ``amount “150 million yuan”``; of a sentence that says something else, ``wording “…”``."""


def check(
    source: str,
    summary: str,
    *,
    names: Mapping[str, Collection[str]] | None = None,
    actors: Collection[str] = (),
) -> Check:
    """Compare a summary with its source; ``names`` are known names in either, each with its other spellings.

    ``actors`` are those of the names that can act: firms, bodies, people; of what is no known name, any may.

    A sentence in another script than the source's is judged by its numbers, known names, acts and circumstances.
    """
    known = {simplified(name): frozenset(map(simplified, others)) for name, others in (names or {}).items()}
    evidence = Evidence(simplified(source), known, actors=frozenset(map(simplified, actors)))
    claims = [Claim(told) for told in _told(simplified(summary)) if not evidence.holds(told)]
    sources = Stances(evidence)
    misses = [miss for claim in claims for miss in _unsupported(claim, evidence, sources)]
    shares = [(familiarity(claim, evidence), claim) for claim in claims]
    misses += (f"wording “{claim.text}”" for share, claim in shares if share < FAMILIAR)
    unsupported = tuple({miss.partition("“")[2]: miss for miss in reversed(misses)}.values())[::-1]
    familiar = min((share for share, _ in shares), default=1.0)
    score = min(familiar, DOUBTED) if unsupported else familiar
    return Check(supported=not unsupported, score=round(score, 4), unsupported=unsupported)


def _told(summary: str) -> list[str]:
    """Return the sentences of a summary without the numbers of a list that came to stand alone."""
    told = sentences(summary, script_language(summary))
    is_list = any(_FIRST.fullmatch(sentence) for sentence in told)
    return [sentence for sentence in told if not (is_list and _LISTED.fullmatch(sentence))]


def _unsupported(claim: Claim, evidence: Evidence, sources: Stances) -> Iterator[str]:
    yield from unsupported_numbers(claim, evidence)
    yield from _unsupported_names(claim, evidence)
    yield from unsupported_quotations(claim.text, evidence)
    yield from turned_numbers(claim, evidence)
    yield from swapped(claim, evidence)
    yield from overall_opposites(claim, evidence)
    told = evidence.stated(claim.text, claim.numbers, is_han=claim.is_han)
    yield from turned_acts(told, evidence)
    yield from other_circumstances(told, evidence)
    if claim.is_han == evidence.is_han:
        yield from contradictions(claim, sources)


def _unsupported_names(claim: Claim, evidence: Evidence) -> Iterator[str]:
    lacking = [name for name in evidence.names if name not in evidence.found_names and name in claim.text]
    if claim.is_han == evidence.is_han or claim.is_han:
        lacking += _strange_names(claim, evidence)
    if claim.is_han and evidence.is_han:
        lacking += (name for name in speakers(claim.text) if name not in evidence.text)
    yield from (f"name “{name}”" for name in lacking)


def _strange_names(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Yield the Latin names that a source does not have; in a headline all of capitals they say nothing."""
    for match in () if is_title_case(claim.numberless) else NAME.finditer(claim.numberless):
        named = [
            word
            for word in words_of_name(match, claim.numberless)
            if not (claim.is_han and is_term(word)) and word not in TERMS
        ]
        unknown = {bare(word) for word in named if not evidence.knows(word) and not evidence.spells_out(word)}
        if unknown - evidence.linked and fold(match.group()) not in evidence.folded:
            yield match.group()
