"""Addresses: which are ones, in which form, when two are the same, and which deserve a second look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers import addresses
from subscribers.addresses import is_disposable, is_role, parse_address, suggest_domain
from subscribers.errors import AddressError


@pytest.mark.parametrize(
    ("text", "email", "key"),
    [
        pytest.param("a@x.example.com", "a@x.example.com", "a@x.example.com", id="plain"),
        pytest.param(" a@x.example.com\t", "a@x.example.com", "a@x.example.com", id="white space around"),
        pytest.param("Ann.Lee@X.Example.COM", "Ann.Lee@x.example.com", "ann.lee@x.example.com", id="case"),
        pytest.param("a+b@x.example.com", "a+b@x.example.com", "a+b@x.example.com", id="a tag counts"),
        pytest.param("a.b@x.example.com", "a.b@x.example.com", "a.b@x.example.com", id="dots count"),
        pytest.param("a@loopback.test", "a@loopback.test", "a@loopback.test", id="rehearsals"),
        pytest.param("王@例子.公司", "王@例子.公司", "王@例子.公司", id="Chinese"),
    ],
)
def test_an_address_has_one_form_and_one_key(text: str, email: str, key: str) -> None:
    address = parse_address(text)
    assert (address.email, address.key) == (email, key)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a", id="no at"),
        pytest.param("a@", id="no domain"),
        pytest.param("@x.example.com", id="no local part"),
        pytest.param("a@b@x.example.com", id="two ats"),
        pytest.param("a b@x.example.com", id="a space"),
        pytest.param("a@x.example.com,b@x.example.com", id="two addresses"),
        pytest.param("Ann <a@x.example.com>", id="a name before it"),
        pytest.param("a@x.example.com\r\nBcc: b@x.example.com", id="a second header line"),
        pytest.param("a\0@x.example.com", id="a NUL byte"),
        pytest.param("a\ufffd@x.example.com", id="bytes that were no text"),
        pytest.param("a@x", id="no dot"),
        pytest.param("a@[127.0.0.1]", id="a bare network address"),
        pytest.param("a" * 65 + "@x.example.com", id="too long a local part"),
        pytest.param("a" * 5000, id="endless"),
    ],
)
def test_what_is_no_address_is_refused_in_one_short_line(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert caught.value.column == "email"
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ann@X.example.com", "ann@x.EXAMPLE.com", id="case"),
        pytest.param("a@例子.公司", "a@xn--fsqu00a.xn--55qx5d", id="the two spellings of a domain"),
        pytest.param("a@BÜCHER.example", "a@bücher.example", id="case of an international domain"),
        pytest.param("a@例子。公司", "a@例子.公司", id="the Chinese full stop in a domain"),
        pytest.param("cafe\u0301@x.example.com", "café@x.example.com", id="an accent of its own or not"),
        pytest.param("INFO@x.example.com", "info@x.example.com", id="a task's name"),
        pytest.param(
            "\u0130\u0338@x.example.com",
            "i\u0307\u0338@x.example.com",
            id="a letter that parts in lower case",
        ),
    ],
)
def test_two_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert parse_address(one).key == parse_address(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a@paypal.example", "a@pаypal.example", id="a Cyrillic letter in the domain"),
        pytest.param("аnn@x.example.com", "ann@x.example.com", id="a Cyrillic letter in the name"),
        pytest.param("a@faß.example", "a@fass.example", id="sharp s in the domain"),
        pytest.param("faß@x.example.com", "fass@x.example.com", id="sharp s in the name"),
        pytest.param("a+b@x.example.com", "a@x.example.com", id="a tag"),
        pytest.param("a.b@gmail.com", "ab@gmail.com", id="a dot"),
    ],
)
def test_look_alikes_are_taken_and_stay_apart(one: str, other: str) -> None:
    assert parse_address(one).key != parse_address(other).key


HOSTILE = (
    "", " ", "@", "@@", "a", "a@", "@b.com", "a@b", "a@b.", "a@.b", "a@.b.com", "a@b..com", "a@b.com.", ".a@b.com",
    "a.@b.com", "a..b@b.com", "a@-b.com", "a@b-.com", "a@b.c-d", "a@b.com-", "a@b_c.com", "a@b.c_m", "a@b.123",
    "a@1.2.3.4", "a@123.com", "a@b.1com", "a@b.c1", "a@[1.2.3.4]", "a@[IPv6:::1]", "a b@b.com", "a@b .com",
    "a@b.com ", "\ta@b.com", "a@b.com\n", "a@b.com\r\nBcc: c@d.com", "a\0@b.com", "a@b.com\0", "a\x1f@b.com",
    "a\x7f@b.com", '"a"@b.com', '"a b"@b.com', '"a@b"@b.com', 'a"b@b.com', "a\\b@b.com", "Ann <a@b.com>",
    "<a@b.com>", "a@b.com,c@d.com", "a@b.com;c@d.com", "a@b@c.com", "a(b)@b.com", "a[b]@b.com", "a:b@b.com",
    "mailto:a@b.com", "a@b.com?subject=x", "a!b%c@d.com", "a'b@c.com", "a`b@c.com", "{a|b}~@c.com", "a/b=c?@d.com",
    "#$%&'*+-/=?^_`{|}~@c.com", "-@c.com", "--a--@c.com", "_@c.com", "1@c.com", "A@C.COM", "a@C-D.Com",
    "a@xn--fsqu00a.xn--55qx5d", "a@XN--FSQU00A.xn--55qx5d", "a@xn--.com", "a@xn--a.com", "a@xn--a-.com",
    "a@ab--cd.com", "a@a--b.com", "a@-.com", "a@localhost", "a@x.localhost", "a@x.local", "a@x.test", "a@test",
    "a@x.invalid", "a@x.example", "a@example", "a@x.onion", "a@x.arpa", "a@x.in-addr.arpa", "a@x.internal",
    "info@b.com", "INFO@B.com", "Postmaster@b.com", "PostMaster+x@b.com", "Abuse@B.COM", "www@b.com", "Www@b.com",
    "é@b.com", "a@é.com", "ａ@b.com", "a＠b.com", "a@b。com", "a@ｂ.com", "İ@b.com", "ß@b.com", "a@ß.com", "\u200da@b.com",
    "a\u202e@b.com", "a@b.com\u200b", "\ufeffa@b.com", "\u3000a@b.com", "a@b.com\xa0", "\ud800@b.com", "a\u0301@b.com",
    "\u0301a@b.com", "@\u0338a@b.com", "a@\u0301b.com", "😀@b.com", "a@😀.com",
    "a" * 64 + "@b.com", "a" * 65 + "@b.com", "a" * 63 + ".a@b.com", "a@" + "b" * 63 + ".com", "a@" + "b" * 64 + ".com",
    "a" * 64 + "@" + ("b" * 61 + ".") * 3 + "co", "a" * 64 + "@" + ("b" * 62 + ".") * 3 + "com",
    "a@" + ("b" * 49 + ".") * 5 + "com", "a@" + "b." * 125 + "com", "a@" + "b." * 126 + "com", "a" * 320,
    "a" * 250 + "@b.c", "a" * 306 + "@example.com.cn", "a." * 32 + "@b.com", "a@b." + "c" * 63, "a@b." + "c" * 64,
)  # fmt: skip


def outcome(text: str, *, by_the_checker: bool) -> str | None:
    """Return an address's normal form, None when it is refused."""
    try:
        return addresses._checked(text.strip()) if by_the_checker else addresses.normal_form(text)
    except AddressError:
        return None


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:40])
def test_a_hostile_address_is_judged_as_the_checker_does(text: str) -> None:
    assert outcome(text, by_the_checker=False) == outcome(text, by_the_checker=True)


LOCALS = (
    "a", "B", "ann", "Lee", "x9", "0", ".", "..", "-", "_", "+tag", "'", "!#$%", "~", "/", " ", '"', "\\", ",", "é", "王",
    "ß", "İ", "\u0301", "\0", "\r\n", "(", "info", "POSTMASTER", "Www", "a" * 31, "b" * 64,
)  # fmt: skip
LABELS = (
    "a", "B", "qq", "163", "gmail", "x-y", "-x", "y-", "x_y", "xn--fsqu00a", "XN--p1ai", "xn--a", "", "é", "ß", "例子",
    "b" * 61, "c" * 63, "d" * 64, " ", "\0", "a--b", "9", "localhost",
)  # fmt: skip
ENDS = (
    "com",
    "COM",
    "cn",
    "example",
    "test",
    "local",
    "公司",
    "xn--55qx5d",
    "c0m",
    "123",
    "",
    "com.",
    "c" * 63,
    "a-b",
)
BYTES, MADE, EXAMPLES = 12, 250, 420


def made(data: bytes) -> Iterator[str]:
    """Yield an address for each dozen of bytes: mostly of a form that might pass."""
    for at in range(0, len(data) - BYTES + 1, BYTES):
        shape, *picks = data[at : at + BYTES]
        local = "".join(LOCALS[pick % (5 if shape & 1 else len(LOCALS))] for pick in picks[: 1 + shape % 4])
        labels = [LABELS[pick % (6 if shape & 2 else len(LABELS))] for pick in picks[4 : 5 + shape // 8 % 4]]
        at_sign = "@" if shape < 250 else ("", "@@", "＠", " @ ")[shape % 4]
        yield f"{local}{at_sign}{'.'.join((*labels, ENDS[picks[-1] % (5 if shape & 4 else len(ENDS))]))}"


class Judged:
    """What a run of the comparison was made of."""

    cases = 0
    passed = 0


def test_any_address_is_judged_as_the_checker_does_in_a_hundred_thousand_cases() -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(st.binary(min_size=BYTES * MADE, max_size=BYTES * MADE))
    def compare(data: bytes) -> None:
        for text in made(data):
            expected = outcome(text, by_the_checker=True)
            assert outcome(text, by_the_checker=False) == expected, ascii(text)
            Judged.cases += 1
            Judged.passed += expected is not None and expected.isascii()

    compare()
    assert Judged.cases >= 100_000
    assert Judged.passed >= 10_000


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "a@" * 500_000, "王" * 1_000_000, "a@b.com" + " " * 1_000_000 + "x"]
)
def test_a_megabyte_is_refused_at_once_and_in_a_short_line(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("email", "verdict"),
    [
        ("info@x.example.com", True),
        ("Sales+cn@x.example.com", True),
        ("no-reply@x.example.com", True),
        ("information@x.example.com", False),
        ("ann@info.example.com", False),
    ],
)
def test_a_tasks_address_is_told_from_a_persons(email: str, verdict: bool) -> None:
    assert is_role(parse_address(email)) is verdict


@pytest.mark.parametrize(
    ("email", "verdict"),
    [
        ("a@mailinator.com", True),
        ("a@Mailinator.COM", True),
        ("a@some.mailinator.com", True),
        ("a@mailinator.com.example.com", False),
        ("a@qq.com", False),
        ("mailinator.com@x.example.com", False),
    ],
)
def test_a_disposable_domain_is_known_with_all_below_it(email: str, verdict: bool) -> None:
    assert is_disposable(parse_address(email)) is verdict


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("GMAIL.CON", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("qq.con", "qq.com"),
        ("qq.cm", "qq.com"),
        ("163.con", "163.com"),
        ("126.cim", "126.com"),
        ("foxmial.com", "foxmail.com"),
        ("aliyum.com", "aliyun.com"),
    ],
)
def test_a_slip_of_the_hand_leads_to_the_big_domain(domain: str, meant: str) -> None:
    assert suggest_domain(f"ann@{domain}") == meant


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "mail.com", "email.com", "ymail.com", "cloud.com", "qq.cn", "aq.com", "139.com", "vip.163.com",
     "x.example.com", "xinhuanet.com", "sina.cn", "", "com", "b" * 300 + ".com"],
)  # fmt: skip
def test_nothing_is_suggested_for_a_domain_that_may_be_meant(domain: str) -> None:
    assert suggest_domain(f"ann@{domain}") is None


def test_what_has_no_domain_gets_no_suggestion() -> None:
    assert suggest_domain("gmial.com") is None
