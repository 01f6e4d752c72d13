"""People come by consent and leave for good, on every database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from pipeline.store.letters import ONE_OF_A_KIND, Letters
from pipeline.store.schema import letters
from subscribers import leaving, people, settings, store
from subscribers.addresses import parse_address
from subscribers.audience import audience, recipients
from subscribers.errors import RefusedError, UnknownSubscriberError
from subscribers.life import GONE, Status
from subscribers.schema import consents, subscribers, suppressions
from subscribers.settings import Choice, Page
from subscribers.store import Letter
from subscribers.suppression import address_hash, suppress
from subscribers.web.readers import find_reader
from tests.contracts.people import KEY, NOW, add, meanwhile, sign_up

ANN = "ann@x.example.com"


def token_of(connection: sa.Connection, email: str = ANN) -> str:
    return store.tokens(connection, [parse_address(email).key])[0]


def leave(connection: sa.Connection, email: str = ANN) -> None:
    leaving.end_by_address(
        connection,
        parse_address(email),
        leaving.left(origin="subscribers unsubscribe"),
        suppression_key=KEY,
        now=NOW,
    )


def leave_by_link(connection: sa.Connection, token: str) -> bool:
    ending = leaving.left(origin="link")
    return leaving.end_by_token(connection, token, ending, suppression_key=KEY, now=NOW) is not None


def choose(connection: sa.Connection, token: str, **changes: object) -> Status | None:
    before = find_reader(connection, token)
    assert before is not None
    kept = {name: getattr(before, name) for name in ("newsletters", "name", "language", "timezone")}
    choice = Choice(**{**kept, "send_at": None, "paused_until": None, **changes})
    page = Page(offered=("daily", "weekly"), claim="shown", version="1", network="192.0.2.0/24")
    return settings.choose(connection, token, choice, page=page, suppression_key=KEY, now=NOW)


def readers(connection: sa.Connection, newsletter: str = "daily") -> Sequence[int]:
    return [row.subscriber_id for row in connection.execute(audience(newsletter))]


def number(connection: sa.Connection, table: sa.Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_one_vouched_for_is_active_with_the_claim_on_record(database: Database) -> None:
    with database.write() as connection:
        assert add(connection, sign_up(ANN, tags=("vip",)), claim="by phone") is Status.ACTIVE
        row = connection.execute(sa.select(consents)).one()
        assert (row.kind, row.claim, row.origin, row.at) == ("operator", "by phone", "subscribers add", NOW)
        assert len(readers(connection)) == 1
        assert people.listing(connection)[0].tags == ("vip",)
        assert number(connection, letters) == 0


def test_one_not_vouched_for_is_pending_with_a_letter_queued_and_gets_nothing(database: Database) -> None:
    with database.write() as connection:
        assert add(connection, sign_up(ANN), claim=None) is Status.PENDING
        assert readers(connection) == []
        assert connection.scalars(sa.select(letters.c.kind)).all() == ["opt-in"]


def test_an_active_reader_is_pending_for_a_newsletter_nobody_vouched_for(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert add(connection, sign_up(ANN, newsletter="weekly"), claim=None) is Status.PENDING
        assert connection.scalars(sa.select(letters.c.kind)).all() == ["opt-in"]
        assert (len(readers(connection, "daily")), len(readers(connection, "weekly"))) == (1, 0)
        assert people.listing(connection)[0].status is Status.ACTIVE


def test_an_active_reader_signing_up_again_stays_so_without_a_letter(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert add(connection, sign_up(ANN), claim=None) is Status.ACTIVE
        assert number(connection, letters) == 0


def test_an_address_in_another_case_is_the_same_person(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up("ANN@X.Example.com"))
        assert len(readers(connection)) == 1


def test_one_whose_mailbox_was_given_up_is_refused_in_words_of_its_own(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        ending = leaving.given_up(why="5 points", mail="0")
        leaving.end(connection, subscribers.c.id == 1, ending, suppression_key=KEY, now=NOW)
        with pytest.raises(RefusedError, match="was given up on 2022-02-22, for mail came back"):
            add(connection, sign_up(ANN))


@pytest.mark.parametrize("status", sorted(GONE - {Status.ERASED}))
@pytest.mark.parametrize("claim", [None, "says so"], ids=["signed up", "vouched for"])
def test_one_who_is_gone_is_refused(database: Database, status: Status, claim: str | None) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        connection.execute(subscribers.update().values(status=status))
        with pytest.raises(RefusedError, match="only they can sign up again"):
            add(connection, sign_up(ANN, newsletter="weekly"), claim=claim)
        person = people.listing(connection)[0]
        assert (person.status, person.newsletters) == (status, ("daily",))


def test_a_suppressed_stranger_is_refused(database: Database) -> None:
    with database.write() as connection:
        suppress(connection, address_hash(ANN, key=KEY), reason="erased", now=NOW)
        with pytest.raises(RefusedError):
            add(connection, sign_up(ANN))
        assert number(connection, subscribers) == 0


def test_tokens_are_of_128_bits_and_never_the_same(database: Database) -> None:
    with database.write() as connection:
        for i in range(20):
            add(connection, sign_up(f"r{i}@x.example.com"))
        tokens = connection.scalars(sa.select(subscribers.c.token)).all()
    assert len(set(tokens)) == 20
    assert all(len(token) >= 22 for token in tokens)


def test_leaving_by_address_takes_a_reader_out_of_every_audience_at_once(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(ANN, newsletter="weekly"))
        leave(connection)
        assert readers(connection, "daily") == readers(connection, "weekly") == []
        assert people.listing(connection)[0].status is Status.UNSUBSCRIBED


def test_leaving_by_token_takes_its_owner_out_alone(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up("bo@x.example.com"))
        assert leave_by_link(connection, token_of(connection))
        assert [person.status for person in people.listing(connection)] == [
            Status.UNSUBSCRIBED,
            Status.ACTIVE,
        ]


def test_leaving_writes_the_address_as_a_hash_into_the_suppressions(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        leave(connection)
        row = connection.execute(sa.select(suppressions)).one()
    assert (row.address_hash, row.reason, row.at) == (address_hash(ANN, key=KEY), "left", NOW)


def test_leaving_twice_is_fine_and_recorded_once(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        token = token_of(connection)
        assert leave_by_link(connection, token)
        assert leave_by_link(connection, token)
        leave(connection)
        assert connection.scalars(sa.select(consents.c.kind)).all() == ["operator", "left"]
        assert number(connection, suppressions) == 1


def test_one_who_complained_and_then_leaves_is_suppressed_too(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        connection.execute(subscribers.update().values(status=Status.COMPLAINED))
        leave(connection)
        assert people.listing(connection)[0].status is Status.COMPLAINED
        assert number(connection, suppressions) == 1


def test_an_unknown_token_or_address_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        assert not leave_by_link(connection, "unknown")
        assert find_reader(connection, "unknown") is None
        with pytest.raises(UnknownSubscriberError, match=r"bo@x\.example\.com"):
            leave(connection, "bo@x.example.com")
        assert len(readers(connection)) == 1


def test_who_agreed_before_is_added_again_without_a_second_record(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(ANN, tags=("vip",)), claim="again")
        assert number(connection, consents) == 1
        assert people.listing(connection)[0].tags == ("vip",)


def test_one_who_leaves_while_being_added_again_has_left(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN), claim=None)
    ended: list[str] = []

    def vouch(connection: sa.Connection) -> None:
        try:
            add(connection, sign_up(ANN), claim="a list")
            ended.append("added")
        except RefusedError:
            ended.append("refused")

    meanwhile(database, leave, vouch)
    with database.read() as connection:
        assert people.listing(connection)[0].status is Status.UNSUBSCRIBED
    assert ended == ["refused"]


def test_settings_change_for_the_tokens_owner_alone(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up("bo@x.example.com"))
        choose(connection, token_of(connection), language="zh", timezone="UTC", send_at="21:00")
        ann, bo = people.listing(connection)
    assert (ann.language, ann.timezone, ann.send_at) == ("zh", "UTC", "21:00")
    assert (bo.language, bo.timezone, bo.send_at) == ("en", "Asia/Shanghai", None)


def test_a_person_is_found_by_token_with_newsletters_and_tags(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN, tags=("vip", "press")))
        add(connection, sign_up(ANN, newsletter="weekly"))
        add(connection, sign_up("bo@x.example.com", tags=("other",)))
        reader = find_reader(connection, token_of(connection))
        [ann, _] = people.listing(connection)
    assert reader is not None
    assert (reader.email, reader.newsletters) == (ann.email, ann.newsletters) == (ANN, ("daily", "weekly"))
    assert ann.tags == ("press", "vip")


def test_recipients_have_what_a_message_needs_and_leave_out_the_erased(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN, language="both"))
        add(connection, sign_up("gone@x.example.com"))
        erased = subscribers.update().where(subscribers.c.email_key == "gone@x.example.com")
        connection.execute(erased.values(email=None, email_key=None, status=Status.ERASED))
        found = recipients(connection, [1, 2, 99])
        token = token_of(connection)
    assert list(found) == [1]
    assert (found[1].email, found[1].token, found[1].language) == (ANN, token, "both")


@pytest.mark.parametrize(
    ("kind", "later", "expected"),
    [
        pytest.param(Letter.OPT_IN, timedelta(0), 1, id="at once"),
        pytest.param(Letter.OPT_IN, ONE_OF_A_KIND - timedelta(seconds=1), 1, id="within the hour"),
        pytest.param(Letter.OPT_IN, ONE_OF_A_KIND, 2, id="an hour later"),
        pytest.param(Letter.ERASE, timedelta(0), 2, id="another kind"),
    ],
)
def test_a_letter_of_a_kind_is_queued_once_an_hour(
    database: Database, kind: Letter, later: timedelta, expected: int
) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN), claim=None)
        Letters().queue(connection, subscriber_id=1, kind=kind, now=NOW + later)
        assert number(connection, letters) == expected
