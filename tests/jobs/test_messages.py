"""An issue's messages: each reader's own, signed when there is a key, and none that the gate would not let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from pipeline.deliver.message import Message, UnwritableAddressError
from pipeline.errors import ConfigurationError, GateError
from pipeline.jobs.messages import Messages
from pipeline.model import Variant
from pipeline.store import issues
from subscribers.audience import Recipient
from tests.deliver.keys import SELECTOR, is_signed, rsa_pem
from tests.jobs.newsroom import ADDRESS, NOW, Desk, desk

DKIM = (
    "[dkim]",
    'domain = "lantern.example"',
    f'selector = "{SELECTOR}"',
    'private_key_file = "keys/dkim.pem"',
)
INTAKE = ("[intake]",)


def reader(number: int = 1, *, name: str = "", email: str = "") -> Recipient:
    return Recipient(
        id=number,
        email=email or f"reader{number}@reader.example",
        name=name,
        token=f"AbCdEfGhIjKlMnOpQrSt{number:02}",
        language="en",
        timezone="Asia/Shanghai",
    )


def variant(at: Desk) -> Variant:
    with at.newsroom.database.read() as connection:
        [found] = issues.variants(connection, at.issue.id)
    return found


def messages(at: Desk, of: Variant | None = None) -> Messages:
    return Messages(at.newsroom, at.newsletter, at.issue.id, [of or variant(at)])


def parsed(of: Message) -> EmailMessage:
    return message_from_bytes(of.content, _class=EmailMessage, policy=default)


def parts(of: Message) -> list[str]:
    return [str(part.get_content()) for part in parsed(of).iter_parts()]


def keep_key(home: Path) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "dkim.pem").write_bytes(rsa_pem())


def test_each_reader_is_greeted_and_leaves_by_a_link_of_their_own(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        written = messages(at)
        for each in (reader(1, name="Mei"), reader(2, name="<Li>"), reader(3)):
            made = written.write("en", each, now=NOW)
            text, html = parts(made)
            link = f"https://news.lantern.example/leave/{each.token}"
            assert f"<{link}>" == parsed(made)["List-Unsubscribe"]
            assert link in text
            assert f'href="{link}"' in html
            assert each.name in text
            assert "<Li>" not in html


def test_each_reader_is_told_when_their_mail_comes(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        written = messages(at)
        for send_at, said in (
            ("07:30", "hour is 07:30, Asia/Shanghai time"),
            (None, "as soon as the issue is out"),
        ):
            for part in parts(written.write("en", replace(reader(), send_at=send_at), now=NOW)):
                assert said in part


def test_who_chose_no_hour_is_told_the_newsletter_s_in_their_zone(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        newsletter = at.newsletter.model_copy(update={"send_at": "06:30"})
        written = Messages(at.newsroom, newsletter, at.issue.id, [variant(at)])
        for zone in ("Asia/Shanghai", "Europe/Berlin"):
            for part in parts(written.write("en", replace(reader(), timezone=zone), now=NOW)):
                assert f"hour is 06:30, {zone} time" in part


def test_who_leaves_by_mail_has_an_address_of_their_own(tmp_path: Path) -> None:
    with desk(tmp_path, smtp=INTAKE) as at:
        written = messages(at)
        for each in (reader(1), reader(2)):
            ways = parsed(written.write("en", each, now=NOW))["List-Unsubscribe"]
            assert f"<mailto:leave+{each.token}@bounces.lantern.example?subject=unsubscribe>" in ways


def test_a_delivery_keeps_its_message_id(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        first = messages(at).write("en", reader(1), now=NOW)
        again = messages(at).write("en", reader(1, name="Mei"), now=NOW + timedelta(days=1))
        other = messages(at).write("en", reader(2), now=NOW)
    assert first.id == again.id == parsed(first)["Message-ID"] != other.id
    assert first.envelope_from.startswith("bounces+1.1.")


def test_a_name_is_cut_where_the_greeting_cuts_it(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        made = messages(at).write("en", reader(name="M" * 500), now=NOW)
    assert parsed(made)["To"].addresses[0].display_name == "M" * 60


def test_with_a_key_every_message_is_signed(tmp_path: Path) -> None:
    with desk(tmp_path, smtp=DKIM) as at:
        keep_key(tmp_path)
        written = messages(at)
        assert all(is_signed(written.write("en", reader(each), now=NOW).content) for each in (1, 2))


def test_without_a_key_none_is(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        assert b"DKIM-Signature" not in messages(at).write("en", reader(), now=NOW).content


@pytest.mark.parametrize("key", [None, b"no key"], ids=["absent", "broken"])
def test_a_key_that_cannot_be_used_ends_it_before_the_first_message(
    tmp_path: Path, key: bytes | None
) -> None:
    with desk(tmp_path, smtp=DKIM) as at:
        if key is not None:
            keep_key(tmp_path)
            (tmp_path / "keys" / "dkim.pem").write_bytes(key)
        with pytest.raises(ConfigurationError, match=r"\[dkim\] private_key_file.*openssl genrsa"):
            messages(at)


def test_a_key_of_another_domain_lets_nothing_leave(tmp_path: Path) -> None:
    with desk(tmp_path, smtp=[line.replace("lantern", "other") for line in DKIM]) as at:
        keep_key(tmp_path)
        with pytest.raises(GateError, match=r"From of other\.example"):
            messages(at).write("en", reader(), now=NOW)


@pytest.mark.parametrize("words", [ADDRESS, "investment advice", "\ue000leave_url\ue001", "\ue000why\ue001"])
@pytest.mark.parametrize("part", ["text", "html"])
def test_a_variant_that_lacks_a_duty_is_kept_back_from_the_first_reader_on(
    tmp_path: Path, part: str, words: str
) -> None:
    with desk(tmp_path) as at:
        whole = variant(at)
        written = messages(at, replace(whole, **{part: getattr(whole, part).replace(words, "")}))
        for each in (1, 2):
            with pytest.raises(GateError, match="may not leave"):
                written.write("en", reader(each), now=NOW)


def test_an_address_that_is_none_is_refused_and_the_next_one_written(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        written = messages(at)
        with pytest.raises(UnwritableAddressError):
            written.write("en", reader(1, email="mei"), now=NOW)
        assert written.write("en", reader(2, email="王@例子.中国"), now=NOW).is_utf8


def test_a_copy_to_look_at_is_marked_and_nobodys(tmp_path: Path) -> None:
    with desk(tmp_path, smtp=DKIM) as at:
        keep_key(tmp_path)
        written = messages(at)
        one, other = (written.write_copy("en", email="editor@lantern.example", now=NOW) for _ in range(2))
    assert parsed(one)["Subject"] == "[test] VR in Shanghai"
    assert one.recipient == "editor@lantern.example"
    assert parsed(one)["List-Unsubscribe"] == "<https://news.lantern.example/leave>"
    assert one.id != other.id
    assert one.id.startswith("<daily.test.")
    assert is_signed(one.content)
    assert all("https://news.lantern.example/leave" in part and "/leave/" not in part for part in parts(one))
