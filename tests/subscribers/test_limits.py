"""How many sign-ups are let in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from subscribers.limits import Limits, Rates, Verdict, judge, mailbox_of, network_of
from tests.contracts.people import NOW

RATES = Rates(per_address=2, per_network=3, in_all=5)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::9", "2001:db8:1:200::/56"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("::1", "::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("testclient", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_client_is_known_by_its_network_alone(host: str | None, network: str) -> None:
    assert network_of(host) == network


@pytest.mark.parametrize(
    ("address_key", "mailbox"),
    [
        ("ann@x.example.com", "ann@x.example.com"),
        ("ann+news@x.example.com", "ann@x.example.com"),
        ("a.nn@x.example.com", "a.nn@x.example.com"),
        ("a.n.n+1+2@gmail.com", "ann@gmail.com"),
        ("a.nn@googlemail.com", "ann@gmail.com"),
        ("+@x.example.com", "+@x.example.com"),
    ],
)
def test_tags_and_gmails_dots_lead_to_the_same_mailbox(address_key: str, mailbox: str) -> None:
    assert mailbox_of(address_key) == mailbox


@pytest.mark.parametrize(
    ("of_address", "of_network", "in_all", "verdict"),
    [
        (0, 0, 0, Verdict.LET_IN),
        (1, 2, 4, Verdict.LET_IN),
        (2, 2, 4, Verdict.ADDRESS),
        (2, 3, 4, Verdict.NETWORK),
        (0, 3, 5, Verdict.OVERALL),
    ],
)
def test_the_widest_limit_that_is_reached_is_named(
    of_address: int, of_network: int, in_all: int, verdict: Verdict
) -> None:
    assert judge(RATES, of_address=of_address, of_network=of_network, in_all=in_all) is verdict


def test_what_was_let_in_counts_for_an_hour_to_the_second() -> None:
    limits = Limits(RATES)
    for minutes in range(3):
        assert limits.admit("a", network=f"n{minutes}", now=NOW + minutes * MINUTE).verdict == (
            Verdict.LET_IN if minutes < 2 else Verdict.ADDRESS
        )
    late = NOW + 60 * MINUTE
    assert limits.admit("a", network="n", now=late - timedelta(seconds=1)).verdict is Verdict.ADDRESS
    assert limits.admit("a", network="n", now=late).verdict is Verdict.LET_IN


def test_who_is_refused_learns_how_long_to_wait() -> None:
    limits = Limits(RATES)
    for number in range(3):
        limits.admit(f"a{number}", network="n", now=NOW + number * MINUTE)
    refused = limits.admit("b", network="n", now=NOW + 10 * MINUTE)
    assert (refused.verdict, refused.wait) == (Verdict.NETWORK, 50 * MINUTE)


def test_that_the_limit_over_all_is_reached_is_news_once_an_hour() -> None:
    limits = Limits(RATES)
    news = []
    for minute in range(130):
        admission = limits.admit(f"a{minute}", network=f"n{minute}", now=NOW + minute * MINUTE)
        news += [minute] if admission.is_news else []
    assert news == [5, 65, 125]


def test_who_is_refused_is_not_counted() -> None:
    limits = Limits(RATES)
    for _ in range(50):
        limits.admit("a", network="n", now=NOW)
    assert len(limits) == RATES.per_address


def test_memory_stays_within_the_overall_limit_whoever_comes() -> None:
    limits = Limits(Rates(per_network=3, in_all=100))
    for number in range(10_000):
        limits.admit(f"a{number}", network=f"n{number}", now=NOW + number * timedelta(seconds=1))
        assert len(limits) <= 100
    assert limits.held() <= 300
