"""What readers set themselves, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers import leaving, people, settings, store
from subscribers.audience import audience
from subscribers.life import GONE, Status
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.settings import Choice, Page
from tests.contracts.people import KEY, NOW, add, sign_up

ANN = "ann@x.example.com"
PAGE = Page(
    offered=("daily", "weekly"), claim="Send me the ticked ones", version="p1", network="192.0.2.0/24"
)
CHOICE = Choice(
    newsletters=("daily",), name="Ann", language="both", timezone="UTC", send_at="21:00", paused_until=None
)
LATER = NOW + timedelta(days=3)


def choose(
    connection: sa.Connection, choice: Choice, *, page: Page = PAGE, now: datetime = NOW
) -> Status | None:
    [token] = store.tokens(connection, [ANN])
    return settings.choose(connection, token, choice, page=page, suppression_key=KEY, now=now)


def gets(connection: sa.Connection, newsletter: str = "daily") -> bool:
    return connection.execute(audience(newsletter)).first() is not None


def test_all_settings_are_set(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert choose(connection, CHOICE) is Status.ACTIVE
        [ann] = people.listing(connection)
    assert (ann.name, ann.language, ann.timezone, ann.send_at) == ("Ann", "both", "UTC", "21:00")


def test_who_leaves_in_a_pause_is_not_paused_any_more(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        choose(connection, replace(CHOICE, paused_until=LATER))
        leaving.end(connection, sa.true(), leaving.left(origin="x"), suppression_key=KEY, now=NOW)
        [ann] = people.listing(connection)
    assert (ann.status, ann.paused_until) == (Status.UNSUBSCRIBED, None)


def test_another_newsletter_is_taken_up_with_what_was_shown_on_record(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        choose(connection, replace(CHOICE, newsletters=("daily", "weekly")))
        assert gets(connection, "weekly")
        record = connection.execute(sa.select(consents).where(consents.c.kind == "preferences")).one()
    assert (record.claim, record.version, record.network) == (PAGE.claim, "p1", "192.0.2.0/24")
    assert record.terms == {"newsletters": ["weekly"]}


def test_choosing_the_same_again_adds_no_record(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        choose(connection, CHOICE)
        assert connection.scalars(sa.select(consents.c.kind)).all() == ["operator"]


def test_a_dropped_newsletter_comes_no_more_and_the_other_does(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(ANN, newsletter="weekly"))
        assert choose(connection, replace(CHOICE, newsletters=("weekly",))) is Status.ACTIVE
        assert (gets(connection, "daily"), gets(connection, "weekly")) == (False, True)
        assert people.listing(connection)[0].newsletters == ("weekly",)


def test_no_operator_takes_up_what_the_reader_dropped(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(ANN, newsletter="weekly"))
        choose(connection, replace(CHOICE, newsletters=("weekly",)))
        add(connection, sign_up(ANN, newsletter="daily"), claim="another list")
        assert not gets(connection, "daily")
        choose(connection, CHOICE)
        assert gets(connection, "daily")


def test_dropping_the_last_is_leaving(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert choose(connection, replace(CHOICE, newsletters=())) is Status.UNSUBSCRIBED
        assert people.listing(connection)[0].status is Status.UNSUBSCRIBED
        record = connection.execute(sa.select(consents).where(consents.c.kind == "left")).one()
    assert (record.origin, record.network) == ("preferences page", "192.0.2.0/24")


def test_a_newsletter_that_the_page_did_not_offer_stays(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN, newsletter="retired"))
        add(connection, sign_up(ANN))
        assert choose(connection, replace(CHOICE, newsletters=())) is Status.ACTIVE
        assert people.listing(connection)[0].newsletters == ("retired",)


def test_a_pause_ends_when_its_time_is_over(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert choose(connection, replace(CHOICE, paused_until=LATER)) is Status.PAUSED
        store.resume_due(connection, now=LATER - timedelta(seconds=1))
        assert not gets(connection)
        store.resume_due(connection, now=LATER)
        assert gets(connection)
        assert people.listing(connection)[0].paused_until is None


def test_a_pause_can_be_ended_by_its_owner(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        choose(connection, replace(CHOICE, paused_until=LATER))
        assert choose(connection, CHOICE) is Status.ACTIVE
        assert gets(connection)


def test_one_who_left_while_paused_is_not_resumed(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        choose(connection, replace(CHOICE, paused_until=LATER))
        leaving.end(connection, sa.true(), leaving.left(origin="x"), suppression_key=KEY, now=NOW)
        store.resume_due(connection, now=LATER)
        assert not gets(connection)


@pytest.mark.parametrize("status", sorted(GONE - {Status.ERASED}))
def test_one_who_is_gone_chooses_nothing(database: Database, status: Status) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        connection.execute(subscribers.update().values(status=status))
        assert choose(connection, replace(CHOICE, newsletters=("daily", "weekly"))) is status
        assert not gets(connection)
        assert people.listing(connection)[0].newsletters == ("daily",)


def test_one_who_is_asked_still_chooses_without_becoming_active(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN), claim=None)
        assert choose(connection, replace(CHOICE, newsletters=("daily", "weekly"))) is Status.PENDING
        assert connection.scalars(sa.select(subscriptions.c.consent_id)).all() == [None]
        assert not gets(connection)


def test_an_unknown_token_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert settings.choose(connection, "x", CHOICE, page=PAGE, suppression_key=KEY, now=NOW) is None
        assert people.listing(connection)[0].language == "en"
