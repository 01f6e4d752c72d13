from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import httpx
import pytest

from pipeline.errors import ConfigurationError, FetchError
from pipeline.fetch.guard import AllowedPrivate, GuardedTransport, checked, parse_allow_private
from tests.fetch.conftest import Reply, Site


def test_one_private_answer_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(FetchError, match=r"private address 10\.0\.0\.1"):
        checked(["1.1.1.1", "10.0.0.1"], AllowedPrivate(), host="two.example", port=80)


@pytest.mark.parametrize(
    ("entry", "host", "port", "exempt"),
    [
        ("127.0.0.1:8088", "127.0.0.1", 8088, True),
        ("127.0.0.1:8088", "127.0.0.1", 8089, False),
        ("localhost:8088", "localhost", 8088, True),
        ("localhost:8088", "elsewhere.example", 8088, False),
        ("127.0.0.0/8", "anything.example", 1234, True),
        ("10.0.0.0/8", "anything.example", 1234, False),
    ],
)
def test_an_exemption_covers_what_it_names(entry: str, host: str, port: int, exempt: bool) -> None:
    allowed = parse_allow_private([entry])
    assert allowed.covers(ip_address("127.0.0.1"), host=host, port=port) is exempt


def test_an_ipv6_exemption_is_written_in_brackets() -> None:
    assert parse_allow_private(["[::1]:80"]).covers(ip_address("::1"), host="::1", port=80)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "127.0.0.1",
        "127.0.0.1/8",
        "300.0.0.0/8",
        "host:0",
        "host:70000",
        "a b:80",
        "http://x:80",
        "::1:80",
        "10/x",
    ],
)
def test_any_other_exemption_is_a_configuration_error(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_private") as caught:
        parse_allow_private([entry])
    assert "\n" not in str(caught.value)


def ask(transport: GuardedTransport, url: str) -> bytes:
    async def once() -> bytes:
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            return (await client.get(url)).content

    return asyncio.run(once())


class Names:
    """A name service that gives its answers one after the other and counts the questions."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers.pop(0)


def test_a_name_that_points_inside_is_refused(site: Site) -> None:
    transport = GuardedTransport(AllowedPrivate(), resolve=Names(["127.0.0.1"]))
    with pytest.raises(FetchError, match=r"private address 127\.0\.0\.1"):
        ask(transport, site.url(host="innocent.example"))
    assert site.asked == []


def test_the_address_called_is_the_one_checked_and_the_name_stays_in_the_request(site: Site) -> None:
    site.replies["/"] = Reply(body=b"reached")
    names = Names(["127.0.0.1"])
    transport = GuardedTransport(parse_allow_private([f"rebinding.example:{site.port}"]), resolve=names)
    assert ask(transport, site.url(host="rebinding.example")) == b"reached"
    assert names.asked == 1


def test_the_next_address_is_tried_when_one_refuses(site: Site) -> None:
    site.replies["/"] = Reply(body=b"reached")
    transport = GuardedTransport(
        parse_allow_private(["127.0.0.0/8"]), resolve=Names(["127.0.0.9", "127.0.0.1"])
    )
    assert ask(transport, site.url(host="two.example")) == b"reached"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1"])
def test_odd_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(FetchError, match=r"private address 127\.0\.0\.1"):
        ask(GuardedTransport(AllowedPrivate()), f"http://{host}/")
