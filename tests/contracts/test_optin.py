"""Asked by a form, confirmed by the address's owner, on every database."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from pipeline.store.letters import ONE_OF_A_KIND, Letters
from pipeline.store.schema import letters
from subscribers import consent, leaving, optin, people
from subscribers.addresses import parse_address
from subscribers.audience import audience
from subscribers.errors import RefusedError
from subscribers.life import Status
from subscribers.optin import Answer, Asking
from subscribers.schema import consents, subscribers, suppressions
from subscribers.store import Letter
from subscribers.suppression import address_hash, suppress
from tests.contracts.people import KEY, NOW, add, meanwhile, sign_up

ANN = "ann@x.example.com"
SHOWN = "A daily mail about China's metaverse; leave at any time."


def ask(
    connection: sa.Connection,
    email: str = ANN,
    *,
    newsletters: tuple[str, ...] = ("daily",),
    language: str = "en",
) -> int:
    """Send the form, an hour after the last time, and return the newest record."""
    asking = Asking(
        address=parse_address(email),
        newsletters=newsletters,
        language=language,
        timezone="Asia/Shanghai",
        claim=SHOWN,
        version="f1",
        origin="form /subscribe",
        network="192.0.2.0/24",
    )
    sent = connection.scalar(sa.select(sa.func.count()).select_from(letters)) or 0
    now = NOW + sent * ONE_OF_A_KIND
    optin.ask(connection, asking, suppression_key=KEY, mailer=Letters(), now=now)
    return connection.scalar(sa.select(sa.func.max(consents.c.id))) or 0


def confirm(connection: sa.Connection, asked: int) -> Answer:
    return optin.confirm(
        connection,
        asked,
        claim="Yes, send it",
        version="c1",
        network="198.51.100.0/24",
        suppression_key=KEY,
        now=NOW,
    )


def leave(connection: sa.Connection, email: str = ANN) -> None:
    leaving.end_by_address(
        connection, parse_address(email), leaving.left(origin="test"), suppression_key=KEY, now=NOW
    )


def person(connection: sa.Connection) -> people.Subscriber:
    [found] = people.listing(connection)
    return found


def kinds(connection: sa.Connection) -> Sequence[str]:
    return connection.scalars(sa.select(letters.c.kind).order_by(letters.c.queued_at)).all()


def gets(connection: sa.Connection, newsletter: str = "daily") -> bool:
    return connection.execute(audience(newsletter)).first() is not None


def test_the_form_makes_a_stranger_pending_and_asks_by_letter(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection, newsletters=("daily", "weekly"), language="both")
        assert (person(connection).status, person(connection).language) == (Status.PENDING, "both")
        assert person(connection).newsletters == ("daily", "weekly")
        assert not gets(connection)
        letter = connection.execute(sa.select(letters)).one()
    assert (letter.kind, letter.consent_id, letter.state) == (Letter.OPT_IN, asked, "queued")


def test_what_was_shown_when_and_whence_is_on_record(database: Database) -> None:
    with database.write() as connection:
        record = consent.find(connection, ask(connection, newsletters=("daily", "weekly")))
    assert record is not None
    assert (record.kind, record.claim, record.version, record.at) == ("asked", SHOWN, "f1", NOW)
    assert (record.origin, record.network) == ("form /subscribe", "192.0.2.0/24")
    assert record.terms == {"newsletters": ["daily", "weekly"], "language": "en"}


def test_confirming_makes_active_and_records_how(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection)
        assert confirm(connection, asked) is Answer.CONFIRMED
        assert gets(connection)
        assert not gets(connection, "weekly")
        record = connection.execute(sa.select(consents).where(consents.c.kind == "confirmed")).one()
    assert (record.confirms, record.claim, record.version) == (asked, "Yes, send it", "c1")
    assert record.network == "198.51.100.0/24"
    assert record.terms == {"newsletters": ["daily"], "language": "en"}


def test_a_link_works_once_and_says_so_the_second_time(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection)
        confirm(connection, asked)
        assert confirm(connection, asked) is Answer.BEFORE
        assert connection.scalar(sa.select(sa.func.count()).where(consents.c.kind == "confirmed")) == 1


@pytest.mark.parametrize(
    "ending", [leaving.left(origin="x"), leaving.complained(mail="m"), leaving.erased(origin="x")]
)
def test_a_late_confirmation_brings_nobody_back(database: Database, ending: leaving.Ending) -> None:
    with database.write() as connection:
        asked = ask(connection)
        leaving.end(connection, sa.true(), ending, suppression_key=KEY, now=NOW)
        before = connection.scalar(sa.select(subscribers.c.status))
        assert confirm(connection, asked) in (Answer.OVERTAKEN, Answer.UNKNOWN)
        assert not gets(connection)
        assert connection.scalar(sa.select(subscribers.c.status)) == before


def test_who_left_and_says_so_again_is_not_brought_back_by_what_was_asked_in_between(
    database: Database,
) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        leave(connection)
        asked = ask(connection)
        leave(connection)
        assert confirm(connection, asked) is Answer.OVERTAKEN
        assert not gets(connection)


def test_a_used_link_brings_nobody_back_who_left_after_it(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection)
        confirm(connection, asked)
        leave(connection)
        assert confirm(connection, asked) is Answer.OVERTAKEN
        assert not gets(connection)


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED])
def test_the_form_alone_changes_nothing_for_one_who_is_gone(database: Database, status: Status) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN, language="zh"))
        connection.execute(subscribers.update().values(status=status))
        before = connection.execute(sa.select(subscribers)).one()
        ask(connection, newsletters=("weekly",))
        assert connection.execute(sa.select(subscribers)).one() == before
        assert person(connection).newsletters == ("daily",)
        assert kinds(connection) == [Letter.OPT_IN]


def test_who_left_comes_back_by_a_new_letter_with_what_they_asked_for_alone(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        leave(connection)
        assert (
            confirm(connection, ask(connection, newsletters=("weekly",), language="zh")) is Answer.CONFIRMED
        )
        assert (person(connection).status, person(connection).language) == (Status.ACTIVE, "zh")
        assert (gets(connection, "daily"), gets(connection, "weekly")) == (False, True)
        assert connection.execute(sa.select(suppressions)).all() == []


def test_who_was_erased_comes_back_by_a_new_letter_and_not_by_an_operator_in_between(
    database: Database,
) -> None:
    with database.write() as connection:
        suppress(connection, address_hash(ANN, key=KEY), reason="erased", now=NOW)
        asked = ask(connection)
        assert person(connection).status is Status.PENDING
        with pytest.raises(RefusedError):
            add(connection, sign_up(ANN))
        assert confirm(connection, asked) is Answer.CONFIRMED
        assert gets(connection)


def test_the_form_changes_no_setting_of_a_reader(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN, language="zh", timezone="Europe/Berlin", send_at="07:00"))
        before = person(connection)
        asked = ask(connection, newsletters=("weekly",), language="en")
        assert person(connection) == before
        confirm(connection, asked)
        after = person(connection)
    assert (after.language, after.timezone, after.send_at) == ("zh", "Europe/Berlin", "07:00")
    assert after.newsletters == ("daily", "weekly")


def test_a_reader_of_all_that_is_asked_for_is_told_so_by_letter(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        ask(connection)
        assert kinds(connection) == [Letter.ALREADY]


def test_each_asking_is_written_down_so_that_the_disk_tells_nobody_apart(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        before = ask(connection)
        for email in (ANN, "bo@x.example.com", ANN, "bo@x.example.com"):
            asking = ask(connection, email)
            assert asking > before
            before = asking


def test_who_leaves_while_they_confirm_has_left(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection)
    answers: list[Answer] = []
    meanwhile(database, leave, lambda connection: answers.append(confirm(connection, asked)))
    with database.read() as connection:
        assert person(connection).status is Status.UNSUBSCRIBED
        assert connection.scalar(sa.select(sa.func.count()).select_from(suppressions)) == 1
    assert answers == [Answer.OVERTAKEN]


def test_two_who_press_the_button_at_once_confirm_once(database: Database) -> None:
    with database.write() as connection:
        asked = ask(connection)
    answers: list[Answer] = []

    def press(connection: sa.Connection) -> None:
        answers.append(confirm(connection, asked))

    meanwhile(database, press, press)
    assert answers == [Answer.CONFIRMED, Answer.BEFORE]


def test_an_operators_adding_without_consent_asks_like_the_form(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN), claim=None)
        asked = connection.scalar(sa.select(letters.c.consent_id))
        assert asked is not None
        assert confirm(connection, asked) is Answer.CONFIRMED
        assert gets(connection)


@pytest.mark.parametrize("number", [0, 99, -1])
def test_an_unknown_number_confirms_nothing(database: Database, number: int) -> None:
    with database.write() as connection:
        ask(connection)
        assert confirm(connection, number) is Answer.UNKNOWN


def test_another_kind_of_record_confirms_nothing(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        leave(connection)
        records = connection.scalars(sa.select(consents.c.id)).all()
        assert {confirm(connection, each) for each in records} == {Answer.UNKNOWN}
        assert person(connection).status is Status.UNSUBSCRIBED
