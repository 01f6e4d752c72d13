"""The stage: whole people by address, of doubles the first, and tokens in the order of their hashes."""

from __future__ import annotations

from itertools import islice

from subscribers.store import token_hash
from subscribers.transfer.applicants import Applicant, Flag
from subscribers.transfer.staging import fresh_tokens, stage


def applicant(key: str, row: int, *, newsletter: str = "daily", flags: int = Flag.FIRST) -> Applicant:
    return Applicant(
        key=key, row=row, flags=int(flags), email=key, name="", newsletter=newsletter, settings="", tags=""
    )


def taken(*applicants: Applicant, size: int = 100) -> list[tuple[list[tuple[str, int, str]], int]]:
    with stage() as staged:
        staged.add(applicants)
        return [
            ([(one.key, one.row, one.newsletter) for one in batch.applicants], batch.rows)
            for batch in staged.batches(size)
        ]


def test_people_come_by_address_in_batches_of_a_size() -> None:
    found = taken(*(applicant(key, row) for row, key in enumerate("dbcae", start=2)), size=2)
    assert [[key for key, _, _ in batch] for batch, _ in found] == [["a", "b"], ["c", "d"], ["e"]]
    assert [rows for _, rows in found] == [2, 4, 5]


def test_of_doubles_the_first_row_counts_and_all_are_counted() -> None:
    [(batch, rows)] = taken(applicant("a", 9), applicant("a", 2), applicant("a", 5, newsletter="weekly"))
    assert batch == [("a", 2, "daily"), ("a", 5, "weekly")]
    assert rows == 3


def test_one_person_is_never_in_two_batches() -> None:
    people = [applicant("a", row, newsletter=str(row)) for row in range(5)] + [applicant("b", 9)]
    assert [len(batch) for batch, _ in taken(*people, size=2)] == [5, 1]


def test_who_left_by_one_row_has_left_by_all() -> None:
    [(batch, _)] = taken(
        applicant("a", 2), applicant("a", 3, flags=Flag.FIRST | Flag.LEFT), applicant("a", 4)
    )
    assert batch == [("a", 3, "daily")]


def test_tokens_are_long_all_different_and_dealt_in_the_order_of_their_hashes() -> None:
    dealt = list(islice(fresh_tokens(1000), 1000))
    assert all(hashed == token_hash(token) for hashed, token in dealt)
    assert all(len(token) * 6 >= 128 + 17 for _, token in dealt)
    assert len({token for _, token in dealt}) == 1000
    assert dealt == sorted(dealt)
