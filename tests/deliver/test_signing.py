"""A signature that receivers accept, and that breaks when anything it covers is altered."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deliver.gate import HEADERS
from pipeline.deliver.signing import Signer, dkim_record
from pipeline.errors import ConfigurationError
from tests.deliver.keys import DOMAIN, is_signed, pem, rsa_pem, signer
from tests.deliver.letters import NOW, letter, mailed

TEXTS = st.text(max_size=200)
SIGNED = mailed(signer=signer()).content


@settings(max_examples=100, deadline=None)
@given(name=TEXTS, subject=TEXTS, greeting=TEXTS)
def test_receivers_accept_whatever_names_and_subjects_are_filled_in(
    name: str, subject: str, greeting: str
) -> None:
    made = mailed(name=name, subject=subject, greeting=greeting, signer=signer())
    assert is_signed(made.content)


ALTERED = {
    "From": (b"brief@lantern.example", b"grief@lantern.example"),
    "To": (b"To: Mei <mei@", b"To: Mei <may@"),
    "Subject": (b"Subject: VR", b"Subject: XR"),
    "Date": (b"Date: Tue", b"Date: Wed"),
    "Message-ID": (b"<daily.3.7.", b"<daily.3.8."),
    "Content-Type": (b"multipart/alternative", b"multipart/alternativf"),
    "List-Unsubscribe": (b"List-Unsubscribe: <https://", b"List-Unsubscribe: <http://"),
    "List-Unsubscribe-Post": (b"One-Click", b"Two-Click"),
    "List-Id": (b"<daily.news", b"<dally.news"),
    "Feedback-ID": (b"Feedback-ID: 3", b"Feedback-ID: 4"),
    "one byte of the body": (b"market", b"morket"),
    "a line at the end": (b"--\r\n", b"--\r\nmore\r\n"),
    "a second From": (b"\r\nTo:", b"\r\nFrom: a@b.example\r\nTo:"),
    "a second To": (b"\r\nTo:", b"\r\nTo: a@b.example\r\nTo:"),
    "a second Subject": (b"\r\nTo:", b"\r\nSubject: Buy\r\nTo:"),
}


@pytest.mark.parametrize(("old", "new"), ALTERED.values(), ids=ALTERED)
def test_an_alteration_breaks_the_signature(old: bytes, new: bytes) -> None:
    assert is_signed(SIGNED)
    assert SIGNED.count(old)
    assert not is_signed(SIGNED.replace(old, new))


def test_headers_folded_anew_keep_the_signature() -> None:
    assert is_signed(SIGNED.replace(b"Subject: VR in", b"Subject:\r\n  VR\t in"))


def test_every_header_of_the_contract_is_covered_and_three_of_them_twice() -> None:
    listed = _tag("h").split(":")
    assert {name.lower() for name in HEADERS} == set(listed)
    assert sorted(name for name in set(listed) if listed.count(name) == 2) == ["from", "subject", "to"]
    assert {listed.count(name) for name in listed} == {1, 2}


def test_the_signature_says_how_when_and_whose_and_covers_the_whole_body() -> None:
    said = {name: _tag(name) for name in ("v", "a", "c", "d", "s", "t")}
    assert said == {
        "v": "1",
        "a": "rsa-sha256",
        "c": "relaxed/simple",
        "d": DOMAIN,
        "s": "s2022",
        "t": str(int(NOW.timestamp())),
    }
    assert not re.search(r"[;\s]l=", _field())


def test_the_signature_is_the_only_thing_that_changes_within_a_second() -> None:
    later = mailed(signer=signer(), now=NOW + timedelta(milliseconds=999))
    assert later.content == SIGNED


def test_our_own_letters_are_signed() -> None:
    assert is_signed(letter(signer=signer()).content)


def test_an_address_beyond_ascii_is_signed_as_it_stands() -> None:
    made = mailed(email="王@例子.中国", signer=signer())
    assert made.is_utf8
    assert is_signed(made.content)


def test_lines_of_the_signature_are_short() -> None:
    assert max(map(len, _field().split("\r\n"))) <= 78


@pytest.mark.parametrize("bits", [1024, 2048, 3072])
def test_a_key_that_openssl_made_signs(bits: int, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", file, str(bits)], check=True, capture_output=True)
    assert Signer(DOMAIN, "s", file.read_bytes()).domain == DOMAIN


@pytest.mark.parametrize(
    ("key", "why"),
    [
        pytest.param(b"", "no private key in PEM", id="empty"),
        pytest.param(
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key", id="broken"
        ),
        pytest.param(pem(ed25519.Ed25519PrivateKey.generate()), "not RSA", id="Ed25519"),
        pytest.param(pem(ec.generate_private_key(ec.SECP256R1())), "not RSA", id="elliptic"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_with_how_to_make_one(key: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        Signer(DOMAIN, "s", key)
    assert "[dkim] private_key_file" in str(caught.value)
    assert "openssl genrsa" in str(caught.value)


def test_a_key_that_receivers_ignore_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", file, "768"], check=True, capture_output=True)
    with pytest.raises(ConfigurationError, match="768 bits"):
        dkim_record(file.read_bytes())


def test_the_record_is_one_line_for_the_dns() -> None:
    assert re.fullmatch(r"v=DKIM1; k=rsa; p=[A-Za-z0-9+/]+=*", dkim_record(rsa_pem()))


def _field() -> str:
    head = SIGNED.partition(b"\r\nFrom:")[0].decode()
    assert head.startswith("DKIM-Signature: ")
    return head


def _tag(name: str) -> str:
    [value] = re.findall(rf"[;:]\s*{name}=([^;]*)", _field())
    return re.sub(r"\s", "", value)
