"""Which addresses may be linked."""

from __future__ import annotations

import pytest

from pipeline.render.links import LONGEST, is_private, web_link

PRIVATE = [
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.0.1:8080/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://0.0.0.0/",
    "http://100.64.0.1/",
    "http://[::1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::a00:1]/",
    "http://[fec0::1]/",
    "http://192.0.0.8/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://printer.local/",
    "http://app.localhost/",
    "http://intranet/",
    "http://db.internal/",
    "http://public.example@127.0.0.1/",
    "http:\\\\127.0.0.1\\x",
    "http://127%2e0%2e0%2e1/",
    "http://１２７.0.0.1/",
    "http://[broken/",
    "http:///path",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_target_is_known_in_every_spelling(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://[64:ff9b::808:808]/",
        "https://中文.example/路",
        "https://localhost.example/",
    ],
)
def test_a_public_target_is_not_private(url: str) -> None:
    assert not is_private(url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8088/a", "127.0.0.1:8088"),
        ("http://127.0.0.1:8088/a", "127.0.0.0/8"),
        ("http://localhost:8088/a", "localhost"),
        ("http://[::1]:8088/a", "[::1]:8088"),
    ],
)
def test_an_allowed_host_is_exempt(url: str, allowed: str) -> None:
    assert not is_private(url, (allowed,))


def test_another_port_is_not_exempt() -> None:
    assert is_private("http://127.0.0.1:9/", ("127.0.0.1:8088",))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        " JaVaScRiPt:x",
        "data:text/html,x",
        "ftp://a.example/",
        "//a.example/",
        "a.example",
        "http://localhost/",
    ],
)
def test_anything_but_a_public_web_address_is_not_linked(url: str) -> None:
    assert web_link(url) == ""


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
        ("HTTPS://A.example/", "HTTPS://A.example/"),
        (' https://a.example/a b"<>\n', "https://a.example/a%20b%22%3C%3E"),
        ("https://a.example/\u202e\x00x", "https://a.example/x"),
        ("https://a.example/{{x}}", "https://a.example/%7B%7Bx%7D%7D"),
    ],
)
def test_a_web_address_is_linked_with_unsafe_characters_coded(url: str, linked: str) -> None:
    assert web_link(url) == linked


def test_an_address_too_long_for_a_line_is_not_linked() -> None:
    url = "https://a.example/"
    assert web_link(url + "x" * (LONGEST - len(url)))
    assert not web_link(url + "x" * LONGEST)
