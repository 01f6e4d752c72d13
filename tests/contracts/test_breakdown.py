"""Where an issue's deliveries go and what was said of them is summed up whole, and names nobody, on every database."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.deliver.ledger import Tally, tally
from pipeline.model import DeliveryState as State
from pipeline.store import breakdown, deliveries
from pipeline.store.breakdown import SETTLED, Domain
from pipeline.store.database import Database
from pipeline.store.schema import deliveries as rows
from subscribers.schema import subscribers
from tests.contracts.people import issue, keep
from tests.contracts.planning import planned


def set_rows(database: Database, ids: list[int], **values: object) -> None:
    with database.write() as connection:
        connection.execute(rows.update().where(rows.c.subscriber_id.in_(ids)).values(values))


def domains(database: Database, issue_id: int) -> tuple[Domain, ...]:
    with database.read() as connection:
        total = tally(deliveries.counts(connection, issue_id))
        return breakdown.by_domain(connection, issue_id, total=total)


def reasons(
    database: Database, issue_id: int, *, states: tuple[State, ...] = SETTLED
) -> list[tuple[object, ...]]:
    with database.read() as connection:
        found = breakdown.frequent_reasons(connection, issue_id, states=states)
    return [(each.state, each.code, each.words, each.number) for each in found]


def test_the_largest_domains_stand_first_and_all_others_together(database: Database) -> None:
    big = [f"r{number}@big.example" for number in range(3)]
    small = [f"r@d{number:02}.example" for number in range(11)]
    issue_id = planned(database, *big, *small)
    set_rows(database, [1], state=State.ACCEPTED)
    set_rows(database, [2], state=State.DATA_STARTED)
    found = domains(database, issue_id)
    assert found[0] == Domain(name="big.example", tally=Tally(planned=2, accepted=1))
    assert [each.name for each in found[1:]] == [*(f"d{number:02}.example" for number in range(9)), "others"]
    assert found[-1].tally == Tally(planned=2)
    assert sum(each.tally.total for each in found) == 14


def test_the_erased_count_as_erased_and_another_issue_does_not_count(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    with database.write() as connection:
        gone = subscribers.update().where(subscribers.c.id == 2)
        connection.execute(gone.values(email=None, email_key=None, status="erased"))
    found = {each.name: each.tally for each in domains(database, issue_id)}
    assert found == {"x.example": Tally(planned=1), "erased": Tally(planned=1)}
    assert domains(database, issue_id + 1) == ()


def test_reasons_that_begin_alike_are_counted_together_the_most_frequent_first(database: Database) -> None:
    issue_id = planned(database, *(f"r{number}@x.example" for number in range(5)))
    words = "5.1.1 The account that you tried to reach does not exist, see p=NoSuchUser {}"
    for number in (1, 2):
        set_rows(database, [number], state=State.REJECTED, code=550, reason=words.format(number))
    set_rows(database, [3], state=State.DEFERRED, code=421, reason="4.7.0 try again later")
    set_rows(database, [4], state=State.ACCEPTED, code=250, reason="2.0.0 kept")
    assert reasons(database, issue_id) == [
        (State.REJECTED, 550, words.format(1), 2),
        (State.DEFERRED, 421, "4.7.0 try again later", 1),
    ]
    assert reasons(database, issue_id, states=(State.DEFERRED,)) == [
        (State.DEFERRED, 421, "4.7.0 try again later", 1)
    ]


def test_what_a_relay_said_comes_before_our_own_words_however_often_they_stand(database: Database) -> None:
    issue_id = planned(database, *(f"r{number}@x.example" for number in range(3)))
    ours, theirs = "its domain wants fewer mails and rests", "4.7.1 try again later"
    set_rows(database, [1, 2], state=State.DEFERRED, reason=ours)
    set_rows(database, [3], state=State.DEFERRED, code=451, reason=theirs)
    assert reasons(database, issue_id) == [(State.DEFERRED, 451, theirs, 1), (State.DEFERRED, None, ours, 2)]


def test_an_issue_that_was_never_planned_has_neither(database: Database) -> None:
    with database.write() as connection:
        issue_id = keep(connection, issue())
    assert domains(database, issue_id) == ()
    assert reasons(database, issue_id) == []


def test_each_is_one_statement(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    statements: list[str] = []
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *words: statements.append(words[2]), named=False
    )
    with database.read() as connection:
        statements.clear()
        breakdown.by_domain(connection, issue_id, total=Tally(planned=1))
        breakdown.frequent_reasons(connection, issue_id)
    assert len([each for each in statements if each.startswith("SELECT")]) == 2
