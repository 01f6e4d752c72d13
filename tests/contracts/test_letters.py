"""A letter leaves once at most, and only while its reader has a use for it, on every database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.model import LetterState as State
from pipeline.store import letters
from pipeline.store.database import Database
from pipeline.store.letters import Letters, Outcome
from pipeline.store.schema import letters as rows
from subscribers import leaving, optin
from subscribers.leaving import Ending
from subscribers.life import Status
from subscribers.schema import subscribers
from subscribers.store import Letter
from tests.contracts.people import HOUR, KEY, NOW, add, sign_up

ANN = "ann@x.example"
LEFT = leaving.left(origin="test")


def asked(connection: sa.Connection, email: str = ANN) -> str:
    """Queue the letter that asks somebody to opt in, and return its token."""
    add(connection, sign_up(email), claim=None)
    return newest(connection)


def queued(connection: sa.Connection, kind: Letter) -> str:
    """Queue another letter to an active reader, and return its token."""
    add(connection, sign_up(ANN))
    Letters().queue(connection, subscriber_id=1, kind=kind, now=NOW)
    return newest(connection)


def newest(connection: sa.Connection) -> str:
    return (
        connection.execute(sa.select(rows.c.token).order_by(rows.c.subscriber_id.desc())).scalars().first()
        or ""
    )


def start(connection: sa.Connection, token: str) -> bool:
    """Pass the fence, as a letter about whatever it is about."""
    about = connection.scalar(sa.select(rows.c.consent_id).where(rows.c.token == token))
    return letters.start(connection, token, about=about)


def end(connection: sa.Connection, ending: Ending) -> None:
    where = subscribers.c.email_key == ANN
    assert leaving.end(connection, where, ending, suppression_key=KEY, now=NOW)


def confirm(connection: sa.Connection) -> None:
    answer = optin.confirm(connection, 1, claim="", version="", network="", suppression_key=KEY, now=NOW)
    assert answer is optin.Answer.CONFIRMED


def states(connection: sa.Connection) -> list[str]:
    return list(connection.scalars(sa.select(rows.c.state).order_by(rows.c.queued_at)))


def finished(
    connection: sa.Connection, token: str, state: State, *, is_started: bool, **more: object
) -> bool:
    outcome = Outcome(state=state, **more)  # type: ignore[arg-type]
    return letters.finish(connection, token, outcome, is_started=is_started, now=NOW)


def test_a_letter_is_due_at_once_and_taken_with_what_it_is_about(database: Database) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert letters.due(connection, now=NOW) == (token,)
        letter = letters.take(connection, token)
    assert letter is not None
    assert (letter.kind, letter.subscriber_id, letter.consent_id) == (Letter.OPT_IN, 1, 1)
    assert (letter.queued_at, letter.attempts) == (NOW, 0)


def test_a_letter_passes_the_fence_once(database: Database) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert start(connection, token)
        assert not start(connection, token)
        assert letters.take(connection, token) is None
        assert letters.due(connection, now=NOW + 999 * HOUR, ignore_pauses=True) == ()


def test_two_at_once_pass_the_fence_once(database: Database) -> None:
    with database.write() as connection:
        token = asked(connection)

    def started() -> bool:
        with database.write() as connection:
            return start(connection, token)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: started(), range(4))) == [False, False, False, True]


Meanwhile = Callable[[sa.Connection], object]
ENDINGS: dict[str, Meanwhile] = {
    "left": lambda at: end(at, LEFT),
    "complained": lambda at: end(at, leaving.complained(mail="0")),
    "was given up": lambda at: end(at, leaving.given_up(why="5 points", mail="0")),
    "was erased": lambda at: end(at, leaving.erased(origin="test")),
}


@pytest.mark.parametrize("meanwhile", [*ENDINGS.values(), confirm], ids=[*ENDINGS, "has confirmed"])
def test_who_meanwhile_needs_no_more_asking_is_not_asked(database: Database, meanwhile: Meanwhile) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert letters.take(connection, token) is not None
        meanwhile(connection)
        assert not start(connection, token)
        assert states(connection) == [State.DROPPED]


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.UNSUBSCRIBED, Status.COMPLAINED])
def test_who_was_gone_before_they_signed_up_again_is_asked(database: Database, status: Status) -> None:
    with database.write() as connection:
        token = asked(connection)
        connection.execute(subscribers.update().values(status=status))
        assert start(connection, token)


@pytest.mark.parametrize(
    ("kind", "meanwhile", "is_sent"),
    [
        pytest.param(Letter.ALREADY, "left", False, id="who left has nothing already"),
        pytest.param(Letter.ALREADY, "was given up", False, id="who was given up has nothing already"),
        pytest.param(Letter.DOWNLOAD, "left", True, id="who left may still want their data"),
        pytest.param(Letter.ERASE, "left", True, id="who left may still want to be erased"),
        pytest.param(Letter.DOWNLOAD, "complained", True, id="who complained may want their data"),
        pytest.param(Letter.ERASE, "complained", True, id="who complained may want to be erased"),
        pytest.param(Letter.DOWNLOAD, "was erased", False, id="who was erased has no data"),
        pytest.param(Letter.ERASE, "was erased", False, id="who was erased is so already"),
    ],
)
def test_a_letter_to_a_reader_leaves_while_it_says_something_to_them(
    database: Database, kind: Letter, meanwhile: str, *, is_sent: bool
) -> None:
    with database.write() as connection:
        token = queued(connection, kind)
        assert letters.take(connection, token) is not None
        ENDINGS[meanwhile](connection)
        assert start(connection, token) is is_sent
        assert states(connection) == [State.STARTED if is_sent else State.DROPPED]


def test_a_letter_of_an_older_program_that_asks_nothing_is_dropped(database: Database) -> None:
    with database.write() as connection:
        token = queued(connection, Letter.OPT_IN)
        assert letters.take(connection, token) is None
        assert states(connection) == [State.DROPPED]


def test_a_letter_put_off_is_due_when_its_pause_is_over_or_when_pauses_do_not_count(
    database: Database,
) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert finished(
            connection, token, State.QUEUED, is_started=False, next_try=NOW + HOUR, reason="later"
        )
        assert letters.due(connection, now=NOW) == ()
        assert letters.due(connection, now=NOW, ignore_pauses=True) == (token,)
        assert letters.due(connection, now=NOW + HOUR) == (token,)
        letter = letters.take(connection, token)
    assert letter is not None
    assert letter.attempts == 1


def test_a_try_is_written_down_only_where_it_had_the_letter(database: Database) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert not finished(connection, token, State.SENT, is_started=True)
        assert start(connection, token)
        assert not finished(connection, token, State.FAILED, is_started=False), "another has it on the wire"
        assert finished(connection, token, State.SENT, is_started=True)
        row = connection.execute(sa.select(rows)).one()
    assert (row.state, row.sent_at, row.attempts) == (State.SENT, NOW, 1)


def test_where_there_is_no_way_out_all_that_are_due_wait(database: Database) -> None:
    with database.write() as connection:
        for name in ("ann", "bob", "cem"):
            token = asked(connection, f"{name}@x.example")
        finished(connection, token, State.QUEUED, is_started=False, next_try=NOW + 2 * HOUR)
        assert letters.put_off(connection, until=NOW + HOUR, reason="away", now=NOW) == 2
        assert letters.due(connection, now=NOW) == ()
        assert len(letters.due(connection, now=NOW + HOUR)) == 2
        assert {row.reason for row in letters.unsent(connection, since=NOW)} == {"away", None}


def test_a_letter_is_given_up_once_it_was_tried_and_waited_long_enough(database: Database) -> None:
    with database.write() as connection:
        token = asked(connection)
        assert letters.give_up(connection, queued_before=NOW) == 0, "nobody has tried it"
        finished(connection, token, State.QUEUED, is_started=False)
        assert letters.give_up(connection, queued_before=NOW - timedelta(seconds=1)) == 0
        assert letters.give_up(connection, queued_before=NOW) == 1
        assert states(connection) == [State.FAILED]


def test_what_has_not_left_is_listed_with_its_reader(database: Database) -> None:
    with database.write() as connection:
        tokens = [asked(connection, f"{name}@x.example") for name in ("ann", "bob", "cem", "dan", "eve")]
        ends = (State.QUEUED, State.SENT, State.FAILED, State.STARTED, State.DROPPED)
        for token, state in zip(tokens, ends, strict=True):
            connection.execute(rows.update().where(rows.c.token == token).values(state=state))
        listed = letters.unsent(connection, since=NOW)
        assert sorted((row.email, row.state) for row in listed) == [
            ("ann@x.example", "queued"),
            ("cem@x.example", "failed"),
            ("dan@x.example", "started"),
        ]
        later = letters.unsent(connection, since=NOW + timedelta(seconds=1))
        assert [row.state for row in later] == ["queued"]
        assert letters.number_waiting(connection, queued_before=NOW) == 0
        assert letters.number_waiting(connection, queued_before=NOW + timedelta(seconds=1)) == 1


def test_a_mailbox_gets_one_letter_an_hour_however_its_address_is_spelt(database: Database) -> None:
    spelt = ("bob@gmail.com", "bob+a@gmail.com", "b.o.b@googlemail.com", "bob+b@gmail.com")
    with database.write() as connection:
        for email in (*spelt, "bo@gmail.com"):
            add(connection, sign_up(email), claim=None)
        assert len(states(connection)) == 2, "one to Bob, one to Bo"
        queue = partial(Letters().queue, connection, kind=Letter.OPT_IN, now=NOW + HOUR)
        assert queue(subscriber_id=2)
        assert not queue(subscriber_id=3)


def test_one_spelling_for_a_letter_of_ones_own_does_not_hinder_another(database: Database) -> None:
    with database.write() as connection:
        for email in ("bob@gmail.com", "bob+a@gmail.com"):
            add(connection, sign_up(email))
        sent = [Letters().queue(connection, subscriber_id=id_, kind=Letter.ERASE, now=NOW) for id_ in (1, 2)]
    assert sent == [True, True]


def test_the_look_for_letters_reads_those_that_wait_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
    database.migrate()
    told: list[str] = []
    with database.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *asked: told.append(asked[2]))
        letters.due(connection, now=NOW)
        statement = told[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (NOW.isoformat(),)).all()
    database.close()
    assert "ix_letters_queued" in str(plan)
