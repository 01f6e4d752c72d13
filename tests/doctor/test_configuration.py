"""What the configuration says is told, and what is not fit for readers is warned of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.config import SAMPLE_ADDRESS
from pipeline.doctor.configuration import environment, readers, settings
from pipeline.doctor.finding import Level
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.addresses import parse_address
from tests.doctor.rooms import NOW, at_work, by_smtp, looked_at, messages, write


def warnings(home: Path) -> list[str]:
    with looked_at(home) as newsroom:
        return messages(settings(newsroom), Level.WARNING)


def test_a_good_configuration_is_well(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        found = list(settings(newsroom))
    assert {finding.level for finding in found} == {Level.OK}
    assert any("nobody is mailed" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("publisher", "words"),
    [
        ({"postal_address": SAMPLE_ADDRESS}, "postal_address is still the sample"),
        ({"contact": "a@news.example.org"}, "contact lies in an example domain"),
        ({"contact": "a@press.example"}, "contact lies in an example domain"),
        ({"contact": "https://press.example/contact"}, "contact lies in an example domain"),
        ({"site_url": None}, "site_url is missing"),
        ({"site_url": "http://news.lantern.press"}, "is not https"),
        ({"site_url": "http://127.0.0.1:8080"}, "open to this machine alone"),
    ],
)
def test_what_readers_could_not_use_is_warned_of(
    tmp_path: Path, publisher: dict[str, Any], words: str
) -> None:
    found = warnings(write(tmp_path, publisher=publisher))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    "contact", ["a@example-press.org", "a@myexample.com", "https://test.press/example.com"]
)
def test_a_name_that_only_sounds_like_an_example_is_none(tmp_path: Path, contact: str) -> None:
    assert warnings(write(tmp_path, publisher={"contact": contact})) == []


def test_the_addresses_of_smtp_are_looked_at_too(tmp_path: Path) -> None:
    home = by_smtp(tmp_path, from_address="a@press.example", return_path_domain="bounces.test")
    assert [each.split()[1] for each in warnings(home)] == ["from_address", "return_path_domain"]


def test_an_unchecked_site_is_warned_of(tmp_path: Path) -> None:
    assert "check_site is false" in warnings(by_smtp(tmp_path, delivery={"check_site": False}))[0]


def test_the_environment_is_told_by_name_and_never_by_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METABRIEF_SMTP__PASSWORD", "hunter2-of-the-press")
    with looked_at(write(tmp_path)) as newsroom:
        found = messages(environment(newsroom), Level.OK)
    assert len(found) == 1
    assert "METABRIEF_SMTP__PASSWORD" in found[0]
    assert "hunter2" not in found[0]


def test_a_newsroom_without_readers_is_warned_of_and_one_reader_is_enough(tmp_path: Path) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert messages(readers(newsroom), Level.WARNING) == ["no newsletter has a reader"]
        person = store.SignUp(
            address=parse_address("ann@a.example"),
            newsletter="daily",
            language="en",
            timezone="Asia/Shanghai",
        )
        key = newsroom.suppression_key
        with newsroom.database.write() as connection:
            store.add(connection, person, claim="agreed", suppression_key=key, mailer=Letters(), now=NOW)
        assert messages(readers(newsroom), Level.OK) == ["daily: 1"]
