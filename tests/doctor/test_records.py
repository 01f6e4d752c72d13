"""What the DNS says of our mail is told: fine, missing, double, void, or not to be had."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.deliver.signing import dkim_record
from pipeline.doctor.finding import Finding, Level
from pipeline.doctor.names import Names
from pipeline.doctor.records import records
from tests.doctor.nameserver import GARBAGE, SERVFAIL, SILENT, Zone, quoted, resolver
from tests.doctor.rooms import SMTP, looked_at, messages, write

RETURN_PATH, SENDER = "bounces.lantern.press", "lantern.press"
KEY_NAME = f"brief._domainkey.{SENDER}"
DKIM = {"domain": SENDER, "selector": "brief", "private_key_file": "dkim.pem"}
PUBLIC_RELAY = "8.8.4.4"


@cache
def pem(bits: int = 2048, number: int = 0) -> bytes:
    """Return a key; another for each number."""
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def well() -> dict[str, Any]:
    """Return a zone in which all is well."""
    return {
        f"{RETURN_PATH} TXT": (quoted("v=spf1 ip4:192.0.2.0/24 -all"),),
        f"{RETURN_PATH} MX": ("10 mx.lantern.press.",),
        "mx.lantern.press A": ("192.0.2.1",),
        f"{KEY_NAME} TXT": (quoted(dkim_record(pem())),),
        f"_dmarc.{SENDER} TXT": (quoted("v=DMARC1; p=none; rua=mailto:dmarc@lantern.press"),),
    }


def looked(
    home: Path,
    zone: Zone,
    *,
    key: bytes | None = None,
    dkim: dict[str, Any] | None = None,
    whole_seconds: float = 3,
    **smtp: Any,
) -> list[Finding]:
    """Look up a newsroom that signs and mails, in a DNS that holds a zone."""
    tables = {"dkim": DKIM | dkim} if dkim is not None else {}
    write(home, delivery={"transport": "smtp"}, smtp=SMTP | smtp, **tables)
    (home / "dkim.pem").write_bytes(key or pem())
    with resolver(zone) as asked, looked_at(home) as newsroom:
        names = Names(asked, patience_seconds=0.3, whole_seconds=whole_seconds)
        return list(records(newsroom, names=names))


def unwell(home: Path, zone: Zone, **changes: Any) -> list[tuple[Level, str]]:
    """Return what is not well."""
    found = looked(home, zone, dkim=changes.pop("dkim", {}), **changes)
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)
    return [(finding.level, finding.message) for finding in found if finding.level is not Level.OK]


def one(found: list[tuple[Level, str]]) -> tuple[Level, str]:
    """Return the only thing that is not well."""
    assert len(found) == 1, found
    return found[0]


def test_all_records_in_place_are_well(tmp_path: Path) -> None:
    assert messages(looked(tmp_path, well(), dkim={}), Level.OK) == [
        f"{RETURN_PATH} has an SPF record, with 0 look-ups",
        f"mail that comes back to {RETURN_PATH} goes to mx.lantern.press",
        f"the key that signs is the one at {KEY_NAME}",
        f"the DMARC record at _dmarc.{SENDER} says p=none",
    ]


def test_without_dkim_no_key_is_looked_up(tmp_path: Path) -> None:
    found = looked(tmp_path, well())
    assert {finding.level for finding in found} == {Level.OK}
    assert not any("_domainkey" in finding.message for finding in found)


CHAIN = {f"s{at}.press TXT": (quoted(f"v=spf1 include:s{at + 1}.press -all"),) for at in range(12)}


@pytest.mark.parametrize(
    ("spf", "zone", "level", "words"),
    [
        pytest.param((), {}, Level.PROBLEM, "has no SPF record", id="missing"),
        pytest.param(("some other text",), {}, Level.PROBLEM, "has no SPF record", id="another text"),
        pytest.param(("v=spf10 -all",), {}, Level.PROBLEM, "has no SPF record", id="another version"),
        pytest.param(("v=spf1 -all", "v=spf1 mx -all"), {}, Level.PROBLEM, "has 2 SPF records, so none of them counts", id="double"),
        pytest.param(("v=spf1 mx +all",), {}, Level.PROBLEM, "(+all)", id="open"),
        pytest.param(("v=spf1 all",), {}, Level.PROBLEM, "(+all)", id="open without a sign"),
        pytest.param(("v=spf1 include:s.press -all",), {"s.press TXT": ('"v=spf1 +all"',)}, Level.PROBLEM, "(+all)", id="includes an open one"),
        pytest.param(("v=spf1 redirect=s.press",), {"s.press TXT": ('"v=spf1 +all"',)}, Level.PROBLEM, "(+all)", id="redirects to an open one"),
        pytest.param(("v=spf1 ip4:300.0.0.0/8 -all",), {}, Level.PROBLEM, "'300.0.0.0/8' is no network", id="no network"),
        pytest.param(("v=spf1 a/99/1 -all",), {}, Level.PROBLEM, "is no host", id="no size"),
        pytest.param(("v=spf1 pass:me -all",), {}, Level.PROBLEM, "'pass:me' is not a word of SPF", id="no word"),
        pytest.param(("v=spf1 include: -all",), {}, Level.PROBLEM, "'include:' says of nothing", id="empty include"),
        pytest.param(("v=spf1 \x07\udcff\x9b31m -all",), {}, Level.PROBLEM, "is void: ", id="hostile bytes"),
        pytest.param(("v=spf1 include:gone.press -all",), {}, Level.PROBLEM, "gone.press has no SPF record", id="includes what is gone"),
        pytest.param(("v=spf1 include:two.press -all",), {"two.press TXT": ('"v=spf1 -all"', '"v=spf1 mx -all"')}, Level.PROBLEM, "two.press has 2 SPF records", id="includes a double"),
        pytest.param(("v=spf1 include:s0.press -all",), CHAIN, Level.PROBLEM, "more than 10 look-ups", id="too deep"),
        pytest.param((f"v=spf1 include:{RETURN_PATH} -all",), {}, Level.PROBLEM, "more than 10 look-ups", id="a circle"),
        pytest.param(("v=spf1 " + "exists:%{i}.press " * 11 + "-all",), {}, Level.PROBLEM, "more than 10 look-ups", id="too broad"),
        pytest.param(("v=spf1 include:s.press -all",), {"s.press ANY": SERVFAIL}, Level.WARNING, "TXT of s.press could not be looked up", id="an include that fails"),
    ],
)  # fmt: skip
def test_an_spf_record_that_does_not_hold_is_told(
    tmp_path: Path, spf: tuple[str, ...], zone: Zone, level: Level, words: str
) -> None:
    at = {f"{RETURN_PATH} TXT": tuple(_zone_file(each) for each in spf)}
    found_level, message = one(unwell(tmp_path, well() | at | dict(zone)))
    assert found_level is level
    assert words in message
    assert message.isprintable()


def _zone_file(text: str) -> str:
    """Return a TXT record whatever its octets are."""
    octets = text.encode("utf-8", "surrogateescape")
    return quoted(text) if text.isprintable() else '"' + "".join(f"\\{each:03}" for each in octets) + '"'


@pytest.mark.parametrize(
    ("spf", "lookups"),
    [
        ("v=spf1 -all", 0),
        ("v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 a mx -all", 2),
        ("v=spf1 include:s2.press -all", 10),
        ("v=spf1 -all include:s0.press +all", 0),
        ("v=spf1 redirect=s2.press", 10),
        ("v=spf1 redirect=s0.press -all", 0),
        ("V=SPF1 A:mx.lantern.press exp=why.lantern.press ~all", 1),
    ],
)
def test_what_an_spf_record_asks_for_is_counted(tmp_path: Path, spf: str, lookups: int) -> None:
    zone = well() | CHAIN | {"s11.press TXT": ('"v=spf1 -all"',), f"{RETURN_PATH} TXT": (quoted(spf),)}
    found = messages(looked(tmp_path, zone), Level.OK)
    assert f"{RETURN_PATH} has an SPF record, with {lookups} look-ups" in found


@pytest.mark.parametrize(
    ("spf", "is_in"),
    [
        ("v=spf1 ip4:8.8.0.0/16 -all", True),
        ("v=spf1 ip4:9.9.0.0/16 -all", False),
        ("v=spf1 -ip4:8.8.4.4 ip4:8.8.0.0/16 -all", False),
        ("v=spf1 ip6:::/0 -all", False),
        ("v=spf1 a:relay.press -all", True),
        ("v=spf1 a:near.press/24 -all", True),
        ("v=spf1 a:near.press -all", False),
        ("v=spf1 mx:by-mx.press -all", True),
        ("v=spf1 include:pool.press -all", True),
        ("v=spf1 include:others.press -all", False),
        ("v=spf1 redirect=pool.press", True),
        ("v=spf1 redirect=others.press", False),
        ("v=spf1 exists:%{i}.press -all", True),
        ("v=spf1 ?all", False),
    ],
)
@pytest.mark.parametrize("host", [PUBLIC_RELAY, "relay.press"])
def test_a_relay_that_the_record_leaves_out_is_warned_of(
    tmp_path: Path, spf: str, is_in: bool, host: str
) -> None:
    zone = well() | {
        f"{RETURN_PATH} TXT": (quoted(spf),),
        "relay.press A": (PUBLIC_RELAY,),
        "near.press A": ("8.8.4.77",),
        "by-mx.press MX": ("10 relay.press.",),
        "pool.press TXT": ('"v=spf1 ip4:8.8.4.4 -all"',),
        "others.press TXT": ('"v=spf1 ip4:9.9.9.9 -all"',),
    }
    found = unwell(tmp_path, zone, host=host)
    wanted = f"the SPF record of {RETURN_PATH} does not let the address of {host} send"
    assert found == ([] if is_in else [(Level.WARNING, wanted)])


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        pytest.param({f"{RETURN_PATH} MX": ()}, "it has neither MX nor address", id="nothing there"),
        pytest.param({f"{RETURN_PATH} MX": ("0 .",)}, "(null MX)", id="null MX"),
        pytest.param(
            {"mx.lantern.press A": ()}, "its MX mx.lantern.press has no address", id="leads nowhere"
        ),
    ],
)
def test_a_return_path_that_nothing_comes_back_to_is_a_problem(
    tmp_path: Path, zone: Zone, words: str
) -> None:
    level, message = one(unwell(tmp_path, well() | dict(zone)))
    assert level is Level.PROBLEM
    assert words in message


def test_a_return_path_with_an_address_of_its_own_is_well(tmp_path: Path) -> None:
    zone = well() | {f"{RETURN_PATH} MX": (), f"{RETURN_PATH} AAAA": ("2001:db8::1",)}
    assert f"mail that comes back to {RETURN_PATH} goes to {RETURN_PATH}" in messages(looked(tmp_path, zone))


def other_key() -> str:
    return dkim_record(pem(2048, 1))


@pytest.mark.parametrize(
    ("texts", "level", "words"),
    [
        pytest.param([], Level.PROBLEM, "there is no DKIM record at", id="missing"),
        pytest.param(["verification=1"], Level.PROBLEM, "there is no DKIM record at", id="another text"),
        pytest.param(["{own}", "{other}"], Level.PROBLEM, "there are 2 DKIM records at", id="double"),
        pytest.param(["{other}"], Level.PROBLEM, "has another key than the one that signs", id="wrong key"),
        pytest.param(["v=DKIM1; k=rsa; p="], Level.PROBLEM, "is revoked", id="revoked"),
        pytest.param(["v=DKIM1; k=ed25519; p=AAAA"], Level.PROBLEM, "is not for RSA", id="Ed25519"),
        pytest.param(["v=DKIM2; p=AAAA"], Level.PROBLEM, "is of another version", id="another version"),
        pytest.param(["{own}; h=sha1"], Level.PROBLEM, "see its h= and s=", id="SHA-1"),
        pytest.param(["{own}; s=other"], Level.PROBLEM, "see its h= and s=", id="not for mail"),
        pytest.param(["v=DKIM1; p=!!!!"], Level.PROBLEM, "holds no RSA key", id="no key"),
        pytest.param(["v=DKIM1; p=" + "QUJD" * 3000], Level.PROBLEM, "holds no RSA key", id="huge"),
        pytest.param(["{own}; t=y:s"], Level.WARNING, "marked as a test", id="test"),
    ],
)
def test_a_dkim_record_that_does_not_know_our_signatures_is_told(
    tmp_path: Path, texts: list[str], level: Level, words: str
) -> None:
    said = (each.format(own=dkim_record(pem()), other=other_key()) for each in texts)
    found = unwell(tmp_path, well() | {f"{KEY_NAME} TXT": tuple(map(quoted, said))})
    assert one(found)[0] is level
    assert words in found[0][1]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda record: record.replace("v=DKIM1; k=rsa; ", ""), id="only p="),
        pytest.param(lambda record: record.replace(";", " ;").replace("p=", "p = ") + " ; h=sha256:sha1; s=*;", id="spaces"),
    ],
)  # fmt: skip
def test_a_dkim_record_in_another_form_is_well(tmp_path: Path, form: Any) -> None:
    assert unwell(tmp_path, well() | {f"{KEY_NAME} TXT": (quoted(form(dkim_record(pem()))),)}) == []


def test_the_remedy_holds_the_record_to_publish(tmp_path: Path) -> None:
    found = looked(tmp_path, well() | {f"{KEY_NAME} TXT": ()}, dkim={})
    (remedy,) = [finding.remedy for finding in found if finding.remedy]
    assert remedy.endswith(f"{KEY_NAME}: {dkim_record(pem())}")


def test_a_short_key_is_warned_of(tmp_path: Path) -> None:
    zone = well() | {f"{KEY_NAME} TXT": (quoted(dkim_record(pem(1024))),)}
    assert one(unwell(tmp_path, zone, key=pem(1024))) == (Level.WARNING, "the DKIM key has 1024 bits")


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "key", [pytest.param(b"nothing", id="no key"), pytest.param(elliptic(), id="not RSA")]
)
def test_a_key_file_that_cannot_sign_is_a_problem(tmp_path: Path, key: bytes) -> None:
    level, message = one(unwell(tmp_path, well(), key=key))
    assert level is Level.PROBLEM
    assert "[dkim] private_key_file" in message


def test_a_key_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    level, message = one(unwell(tmp_path, well(), dkim={"private_key_file": "elsewhere.pem"}))
    assert level is Level.PROBLEM
    assert "elsewhere.pem cannot be read" in message


def test_a_sender_of_another_domain_than_the_signature_is_a_problem(tmp_path: Path) -> None:
    zone = well() | {"brief._domainkey.other.press TXT": (quoted(dkim_record(pem())),)}
    level, message = one(unwell(tmp_path, zone, dkim={"domain": "other.press"}))
    assert level is Level.PROBLEM
    assert "every issue would be held" in message


@pytest.mark.parametrize(
    ("texts", "level", "words"),
    [
        pytest.param((), Level.WARNING, "lantern.press has no DMARC record", id="missing"),
        pytest.param(("v=DMARC2; p=none",), Level.WARNING, "has no DMARC record", id="another version"),
        pytest.param(("v=DMARC1; p=none",) * 2, Level.PROBLEM, "there are 2 DMARC records", id="double"),
        pytest.param(("v=DMARC1; rua=mailto:d@lantern.press",), Level.PROBLEM, "has no p= that counts", id="no policy"),
        pytest.param(("v=DMARC1; p=\x1b[31mreject",), Level.PROBLEM, "has no p= that counts", id="hostile bytes"),
        pytest.param(("v=DMARC1; p=none; aspf=s",), Level.WARNING, "not aligned", id="strict"),
    ],
)  # fmt: skip
def test_a_dmarc_record_that_does_not_hold_is_told(
    tmp_path: Path, texts: tuple[str, ...], level: Level, words: str
) -> None:
    said = tuple(
        f'{_zone_file(text)[:-1]}{at}"' if len(texts) > 1 else _zone_file(text)
        for at, text in enumerate(texts)
    )
    found_level, message = one(unwell(tmp_path, well() | {f"_dmarc.{SENDER} TXT": said}))
    assert found_level is level
    assert words in message


@pytest.mark.parametrize(
    ("sender", "return_path", "is_aligned"),
    [
        ("news.lantern.press", "bounces.lantern.press", True),
        ("a.news.lantern.press", "lantern.press", True),
        ("lantern.press", "lantern.press", True),
        ("lantern.press", "bounces.other.press", False),
        ("lantern.press", "bouncelantern.press", False),
    ],
)
def test_the_organisations_policy_and_domains_count_for_a_sender_below_it(
    tmp_path: Path, sender: str, return_path: str, is_aligned: bool
) -> None:
    zone = well() | {
        f"{return_path} TXT": (quoted("v=spf1 -all"),),
        f"{return_path} A": ("192.0.2.1",),
    }
    found = looked(tmp_path, zone, from_address=f"brief@{sender}", return_path_domain=return_path)
    assert f"the DMARC record at _dmarc.{SENDER} says p=none" in messages(found, Level.OK)
    assert len(messages(found, Level.WARNING)) == (0 if is_aligned else 1)


@pytest.mark.parametrize("name", [RETURN_PATH, KEY_NAME, f"_dmarc.{SENDER}"])
@pytest.mark.parametrize("fault", [SERVFAIL, SILENT, GARBAGE])
def test_a_name_that_cannot_be_looked_up_is_doubtful_and_the_others_are(
    tmp_path: Path, name: str, fault: str
) -> None:
    found = unwell(tmp_path, well() | {f"{name} ANY": fault})
    assert {level for level, _ in found} == {Level.WARNING}
    assert {message.partition(" could not be looked up")[0].split(" of ")[1] for _, message in found} == {
        name
    }


def test_a_large_record_is_read_over_tcp(tmp_path: Path) -> None:
    texts = (quoted("v=spf1 -all"), *(quoted(f"{number} {'x' * 3000}") for number in range(5)))
    assert unwell(tmp_path, well() | {f"{RETURN_PATH} TXT": texts}) == []


def test_nothing_there_in_a_dns_that_works_is_told_record_by_record(tmp_path: Path) -> None:
    assert [level for level, _ in unwell(tmp_path, {})] == [
        Level.PROBLEM,
        Level.PROBLEM,
        Level.PROBLEM,
        Level.WARNING,
    ]


NO_DNS = "this machine reaches no public DNS, so SPF, DKIM and DMARC were not looked at"


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param({". NS": ()}, id="knows no name"),
        pytest.param({f"{name} ANY": SERVFAIL for name in (".", RETURN_PATH, KEY_NAME, f"_dmarc.{SENDER}")}, id="fails"),
    ],
)  # fmt: skip
def test_without_a_public_dns_only_that_is_told(tmp_path: Path, zone: Zone) -> None:
    assert one(unwell(tmp_path, zone)) == (Level.WARNING, NO_DNS)


def test_a_dns_that_never_answers_is_waited_for_once_in_all(tmp_path: Path) -> None:
    began = time.monotonic()
    silent = {f"{name} ANY": SILENT for name in (".", RETURN_PATH, KEY_NAME, f"_dmarc.{SENDER}")}
    assert one(unwell(tmp_path, silent, whole_seconds=0.5)) == (Level.WARNING, NO_DNS)
    assert time.monotonic() - began < 4


def test_a_machine_without_a_resolver_is_told(tmp_path: Path) -> None:
    write(tmp_path, delivery={"transport": "smtp"}, smtp=SMTP)
    with looked_at(tmp_path) as newsroom:
        assert messages(records(newsroom), Level.WARNING) == [NO_DNS]


def test_with_the_outbox_nothing_is_looked_up(tmp_path: Path) -> None:
    with resolver({}) as asked, looked_at(write(tmp_path)) as newsroom:
        assert list(records(newsroom, names=Names(asked))) == []


@pytest.mark.parametrize(
    "domain", ["", "..", "a" * 64 + ".press", "münchen.press", "a b.press", "\\300.press"]
)
def test_a_return_path_that_is_no_name_is_told_and_no_traceback(tmp_path: Path, domain: str) -> None:
    found = looked(tmp_path, well(), return_path_domain=domain or "-")
    assert messages(found)
    assert {finding.level for finding in found} & {Level.WARNING, Level.PROBLEM}


def test_a_name_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with resolver({"a.press TXT": ('"one"',)}) as asked:
        names = Names(asked)
        assert names.texts("a.press") == ("one",)
        monkeypatch.setattr(dns.resolver.Resolver, "resolve", None)
        assert names.texts("A.press.") == ("one",)
