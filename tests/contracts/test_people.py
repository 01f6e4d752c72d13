"""Segments, numbers and all that is kept of one person, on every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers import leaving, people, stats, tags
from subscribers.addresses import parse_address
from subscribers.erasure import erase
from subscribers.errors import UnknownSubscriberError
from subscribers.filters import newsletters_held, parse_filter
from subscribers.schema import bounces, consents, subscribers, subscriptions
from subscribers.stats import Group
from subscribers.store import drop, tokens
from tests.contracts.people import KEY, NOW, add, sign_up
from tests.contracts.test_erasure import Files
from tests.contracts.test_optin import SHOWN, ask, confirm

EVERYONE = {"ann", "bo", "cy", "dan", "eve"}


def fill(database: Database) -> None:
    """Put five people on the list and one who was erased.

    Ann and Bo by the operator, Bo having left; Cy and Dan by the form, Dan unconfirmed and Cy having dropped
    a newsletter; Eve by an imported list, and she asked for another newsletter by the form.
    """
    with database.write() as connection:
        add(connection, sign_up("ann@x.example.com", tags=("VIP", "press list"), language="zh"))
        add(connection, sign_up("bo@qq.com"))
        leaving.end_by_address(
            connection, parse_address("bo@qq.com"), leaving.left(origin="test"), suppression_key=KEY, now=NOW
        )
        confirm(connection, ask(connection, "cy@vip.qq.com", newsletters=("daily", "weekly", "evening")))
        cy = people.find_by_address(connection, parse_address("cy@vip.qq.com"), suppression_key=KEY)
        drop(connection, cy.id, newsletters=["evening"], now=NOW)
        ask(connection, "dan@例子.公司")
        add(connection, sign_up("fay@x.example.com"))
        erase(
            connection,
            subscribers.c.email_key == "fay@x.example.com",
            elsewhere=Files(),
            origin="test",
            suppression_key=KEY,
            now=NOW,
        )
        _bring(connection, "eve@x.example.com", name="Eve 100% O'Neill_")
        ask(connection, "eve@x.example.com", newsletters=("weekly",))


def _bring(connection: sa.Connection, email: str, *, name: str) -> None:
    """Add a person as an import does, a month before the others, as the day begins."""
    before = datetime(2022, 1, 22, tzinfo=UTC)
    row = {"kind": "import", "claim": "at the fair", "origin": "list.csv", "at": before}
    consent_id = connection.execute(consents.insert().returning(consents.c.id), row).scalar_one()
    person = {"email": email, "email_key": email, "name": name, "status": "active", "language": "both"}
    moments = {"created_at": before, "changed_at": before}
    added = {**person, **moments, "timezone": "UTC", "token": "t", "token_hash": "t"}
    subscriber_id = connection.execute(subscribers.insert().returning(subscribers.c.id), added).scalar_one()
    taken = {"newsletter": "daily", "consent_id": consent_id, "created_at": before}
    connection.execute(subscriptions.insert(), {**taken, "subscriber_id": subscriber_id})


FOUND = {
    "": EVERYONE,
    "tag:vip": {"ann"},
    "tag:VIP": {"ann"},
    "-tag:vip": EVERYONE - {"ann"},
    'tag:"press list"': {"ann"},
    "tag:press": set(),
    "language:en": {"bo", "cy", "dan"},
    "LANGUAGE:zh,Both": {"ann", "eve"},
    "status:active": {"ann", "cy", "eve"},
    "-status:active,pending": {"bo"},
    "newsletter:weekly": {"cy"},
    "newsletter:evening": set(),
    "newsletter:daily -newsletter:weekly": {"ann", "bo", "dan", "eve"},
    "since:2022-02-22": {"ann", "bo", "cy", "dan"},
    "before:2022-02-22": {"eve"},
    "since:2022-01-22 before:2022-01-23": {"eve"},
    "before:2022-01-22": set(),
    "domain:qq.com": {"bo"},
    "domain:@QQ.com,vip.qq.com": {"bo", "cy"},
    "domain:xn--fsqu00a.xn--55qx5d": {"dan"},
    "domain:example.com": set(),
    "source:operator": {"ann", "bo"},
    "source:form": {"cy", "dan"},
    "source:import": {"eve"},
    "-source:import,form": {"ann", "bo"},
    "name:o'neill": {"eve"},
    'name:"100% o"': {"eve"},
    "name:0%o": set(),
    "name:l_": {"eve"},
    "-name:e_e": EVERYONE,
    "email:VIP.qq": {"cy"},
    "email：ann，bo": {"ann", "bo"},
    "email:%": set(),
    "status:active language:zh tag:vip": {"ann"},
    "status:pending language:zh": set(),
}


def test_a_filter_finds_whom_it_names(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        found = {
            text: {person.email.partition("@")[0] for person in people.each(connection, parse_filter(text))}
            for text in FOUND
        }
        assert found == FOUND
        assert {text: people.count(connection, parse_filter(text)) for text in FOUND} == {
            text: len(names) for text, names in FOUND.items()
        }


def test_the_list_comes_a_few_at_a_time_and_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    with database.read() as connection:
        at_once = people.listing(connection)
        monkeypatch.setattr(people, "_AT_ONCE", 2)
        assert people.listing(connection) == at_once
        assert [person.email for person in people.listing(connection, limit=2)] == [
            "ann@x.example.com",
            "bo@qq.com",
        ]
    assert [(person.tags, person.newsletters) for person in at_once[:3]] == [
        (("VIP", "press list"), ("daily",)),
        ((), ("daily",)),
        ((), ("daily", "weekly")),
    ]


def test_each_person_is_counted_once_by_what_they_have_in_common(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        counted = stats.count_all(connection, now=NOW)
    assert counted.people == 5
    assert counted.statuses == (
        Group(name="active", people=3, active=3),
        Group(name="pending", people=1, active=0),
        Group(name="unsubscribed", people=1, active=0),
    )
    assert counted.newsletters == (
        Group(name="daily", people=5, active=3),
        Group(name="weekly", people=1, active=1),
    )
    assert counted.sources == (
        Group(name="form", people=2, active=1),
        Group(name="operator", people=2, active=1),
        Group(name="import", people=1, active=1),
    )
    assert counted.languages[0] == Group(name="en", people=3, active=1)
    assert counted.domains[0] == Group(name="x.example.com", people=2, active=2)
    assert Group(name="例子.公司", people=1, active=0) in counted.domains
    assert [(month.came, month.left, month.stood) for month in counted.months[-3:]] == [
        (0, 0, 0),
        (1, 0, 1),
        (4, 1, 4),
    ]


def test_a_newsletter_nobody_confirmed_is_read_by_nobody(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("ann@x.example.com"))
        add(connection, sign_up("ann@x.example.com", newsletter="weekly"), claim=None)
        counted = stats.count_all(connection, now=NOW)
    assert counted.newsletters == (
        Group(name="daily", people=1, active=1),
        Group(name="weekly", people=1, active=0),
    )


def test_who_was_added_twice_in_one_moment_came_once(database: Database) -> None:
    with database.write() as connection:
        ask(connection, "cy@x.example.com")
        add(connection, sign_up("cy@x.example.com", newsletter="weekly"))
        counted = stats.count_all(connection, now=NOW)
        assert people.count(connection, parse_filter("source:operator")) == 0
    assert counted.sources == (Group(name="form", people=1, active=1),)


def test_all_that_is_kept_of_a_person_is_theirs_to_have(database: Database) -> None:
    with database.write() as connection:
        confirm(connection, ask(connection, "cy@qq.com", language="zh"))
        add(connection, sign_up("cy@qq.com", newsletter="weekly", tags=("vip",)), claim="at the fair")
        bounce = {
            "subscriber_id": 1,
            "delivery": "1.1.secret",
            "kind": "soft",
            "is_sure": False,
            "status": "4.2.2",
        }
        connection.execute(bounces.insert(), {**bounce, "reason": "full", "mail": "digest", "at": NOW})
        kept = people.personal_data(connection, 1)
        [token] = tokens(connection, ["cy@qq.com"])
    at = NOW.isoformat()
    assert kept == {
        "version": 1,
        "email": "cy@qq.com",
        "status": "active",
        "name": "",
        "language": "zh",
        "timezone": "Asia/Shanghai",
        "hour": None,
        "paused_until": None,
        "tags": ["vip"],
        "on_the_list_since": at,
        "last_changed": at,
        "newsletters": [
            {"newsletter": "daily", "since": at, "agreed_on_record": 2, "given_up": None},
            {"newsletter": "weekly", "since": at, "agreed_on_record": 3, "given_up": None},
        ],
        "records": [
            {"record": 1, "at": at, "kind": "asked", "words": SHOWN, "form_version": "f1", "came_by": "form /subscribe",
             "network": "192.0.2.0/24", "covers": {"newsletters": ["daily"], "language": "zh"}, "confirms_record": None},
            {"record": 2, "at": at, "kind": "confirmed", "words": "Yes, send it", "form_version": "c1",
             "came_by": "link of the letter on record 1", "network": "198.51.100.0/24",
             "covers": {"newsletters": ["daily"], "language": "zh"}, "confirms_record": 1},
            {"record": 3, "at": at, "kind": "operator", "words": "at the fair", "form_version": None,
             "came_by": "subscribers add", "network": None, "covers": {"newsletters": ["weekly"]},
             "confirms_record": None},
        ],
        "bounces": [{"at": at, "kind": "soft", "status": "4.2.2", "reason": "full", "mail": "digest"}],
    }  # fmt: skip
    text = json.dumps(kept)
    assert not any(secret in text for secret in (token, "1.1.secret"))


def test_one_who_came_by_a_list_is_shown_the_lists_consent(database: Database) -> None:
    with database.write() as connection:
        _bring(connection, "eve@x.example.com", name="Eve")
        kept = people.personal_data(connection, 1)
    [record] = kept["records"]
    assert (record["kind"], record["words"], record["came_by"]) == ("import", "at the fair", "list.csv")
    assert kept["newsletters"][0]["agreed_on_record"] == record["record"]


def test_of_nobody_and_of_the_erased_nothing_is_kept(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        erased = connection.scalar(sa.select(subscribers.c.id).where(subscribers.c.status == "erased"))
        assert erased is not None
        for nobody in (erased, 99):
            with pytest.raises(UnknownSubscriberError):
                people.personal_data(connection, nobody)


def test_who_is_not_on_the_list_is_nobody_and_said_to_be_suppressed_if_they_are(database: Database) -> None:
    fill(database)
    with database.read() as connection:
        ann = people.find_by_address(connection, parse_address("ANN@x.example.com"), suppression_key=KEY)
        assert ann.email == "ann@x.example.com"
        with pytest.raises(UnknownSubscriberError, match=r"suppressed since 2022-02-22 \(erased\)"):
            people.find_by_address(connection, parse_address("fay@x.example.com"), suppression_key=KEY)
        with pytest.raises(UnknownSubscriberError, match=r"address who@x\.example\.com$"):
            people.find_by_address(connection, parse_address("who@x.example.com"), suppression_key=KEY)


def test_a_tag_is_taken_off_its_owner_alone(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("ann@x.example.com", tags=("vip", "press")))
        add(connection, sign_up("bo@x.example.com", tags=("vip",)))
        assert tags.remove(connection, 1, "vip")
        assert not tags.remove(connection, 1, "vip")
        assert [person.tags for person in people.listing(connection)] == [("press",), ("vip",)]


def test_a_tag_is_added_and_taken_off_in_whatever_case_it_is_written(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("ann@x.example.com", tags=("VIP", "vip")))
        tags.add(connection, 1, ["vip", "École"])
        tags.add(connection, 1, ["école"])
        assert [person.tags for person in people.listing(connection)] == [("VIP", "École")]
        assert tags.remove(connection, 1, "Vip")
        assert [person.tags for person in people.listing(connection)] == [("École",)]


def test_the_newsletters_held_are_also_those_that_nobody_publishes_any_more(database: Database) -> None:
    with database.write() as connection:
        assert newsletters_held(connection) == set()
        add(connection, sign_up("ann@x.example.com", newsletter="old"))
        assert newsletters_held(connection) == {"old"}
