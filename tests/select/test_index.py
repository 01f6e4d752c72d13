"""Articles are found again by the rarest features they share, whatever stands beside them."""

from __future__ import annotations

import pytest

from pipeline.select.features import Features, features
from pipeline.select.index import FOUND_BY, NEAREST, Index
from pipeline.select.lexicon import Lexicon, load

COMMON = "The firm said on Monday that it would build halls with its partners in the city."


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


def _read(number: int, lexicon: Lexicon) -> Features:
    return features(
        f"Quillstone{number} builds", f"{COMMON} Gorsewing{number} helps.", language="en", lexicon=lexicon
    )


def _filled(lexicon: Lexicon, *, total: int) -> Index:
    index = Index()
    for number in range(total):
        index.count(_read(number, lexicon))
        index.add(number, index.weigh(_read(number, lexicon)))
    return index


def test_the_likeliest_is_found_among_many(lexicon: Lexicon) -> None:
    index = _filled(lexicon, total=300)
    found = index.near(index.weigh(_read(7, lexicon)))
    assert found[0] == 7
    assert len(found) <= NEAREST


def test_what_was_dropped_is_found_no_more(lexicon: Lexicon) -> None:
    index = _filled(lexicon, total=100)
    index.drop([7])
    assert 7 not in index.near(index.weigh(_read(7, lexicon)))
    assert 7 not in index


def test_a_vector_has_length_one(lexicon: Lexicon) -> None:
    vector = Index().weigh(_read(1, lexicon))
    assert sum(weight * weight for weight in vector.weights) == pytest.approx(1, abs=1e-5)


def test_an_article_of_nothing_has_no_vector(lexicon: Lexicon) -> None:
    vector = Index().weigh(features("", "", language="und", lexicon=lexicon))
    assert not vector.keys
    assert FOUND_BY > 0
