"""The mutations that the suite is proven by still fit the code."""

from __future__ import annotations

import pytest

from tests.chaos.mutations import MUTATIONS, Mutation, out_of_place


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_finds_its_place(mutation: Mutation) -> None:
    assert out_of_place(mutation) == []
