"""Sign up and confirm: who is written to, what the ledger says, and what nobody learns."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any

import httpx
import pytest

from subscribers.life import Status
from subscribers.links import Purpose
from subscribers.web.signing_up import TRAP
from tests.subscribers.house import ANN, CONTACT, MEI, PENG, RATES, House, furnished, house, porch

__all__ = ["furnished", "house", "porch"]


def form(house: House, **changes: Any) -> dict[str, Any]:
    """Return the page's own form, filled in."""
    version = re.search(r'name="form" value="(\w+)"', house.client.get("/subscribe").text)
    assert version
    return {"email": PENG, "newsletter": ["daily"], "language": "en", "form": version[1]} | changes


def test_the_form_says_what_one_agrees_to_and_whom_to_ask(house: House) -> None:
    text = house.client.get("/subscribe").text
    assert "not investment advice" in text
    assert "leave at any time" in text
    assert CONTACT in text
    assert "every week" in text
    assert "Lantern &lt;Daily&gt;" in text


def test_the_owner_of_the_address_is_asked_and_the_ledger_says_what_was_shown(house: House) -> None:
    sent = form(house, newsletter=["weekly", "daily"], language="both")
    assert house.client.post("/subscribe", data=sent).status_code == 200
    assert house.letters(PENG) == ["opt-in"]
    assert house.person(PENG).status is Status.PENDING
    (asked,) = house.consents("asked")
    assert asked.terms == {"newsletters": ["daily", "weekly"], "language": "both"}
    assert (asked.version, asked.network, asked.origin) == (sent["form"], "127.0.0.0/24", "form")
    assert asked.claim in unescape(house.client.get("/subscribe").text)


@pytest.mark.parametrize("kind", ["data", "files"])
def test_a_form_on_another_site_needs_but_an_address(house: House, kind: str) -> None:
    fields: Any = {"email": PENG} if kind == "data" else {"email": (None, PENG)}
    sender = {"Origin": "https://blog.example.org", "Sec-Fetch-Site": "cross-site"}
    assert house.client.post("/subscribe", headers=sender, **{kind: fields}).status_code == 200
    (asked,) = house.consents("asked")
    assert asked.terms == {"newsletters": ["daily"], "language": "en"}
    assert asked.origin == "form at https://blog.example.org"
    assert "words of its own" in asked.claim


@pytest.mark.parametrize("email", [ANN, MEI, PENG, "gone@x.example.com"])
def test_the_answer_does_not_tell_whether_an_address_is_known(house: House, email: str) -> None:
    if email == MEI:
        house.client.post(f"/leave/{house.token(MEI)}")
    stranger = house.client.post("/subscribe", data=form(house, email="stranger@x.example.com"))
    answer = house.client.post("/subscribe", data=form(house, email=email))
    assert (answer.status_code, answer.text) == (200, stranger.text)
    assert email not in answer.text


def test_one_who_gets_it_already_is_told_by_letter(house: House) -> None:
    house.client.post("/subscribe", data=form(house, email=ANN))
    assert house.letters(ANN) == ["already"]


def test_one_who_left_stays_away_until_they_confirm(house: House) -> None:
    house.client.post(f"/leave/{house.token()}")
    house.client.post("/subscribe", data=form(house, email=ANN))
    assert house.person().status is Status.UNSUBSCRIBED
    assert "Thank you" in house.client.post(house.confirmation()).text
    assert house.person().status is Status.ACTIVE


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"email": ""}, "not a whole e-mail address"),
        ({"email": "ann"}, "not a whole e-mail address"),
        ({"email": "<b>@x.example.com"}, "not a whole e-mail address"),
        ({"email": "a@x.example.com\r\nBcc: b@x.example.com"}, "not a whole e-mail address"),
        ({"email": "a\x00@x.example.com"}, "not a whole e-mail address"),
        ({"email": "a" * 320 + "@x.example.com"}, "not a whole e-mail address"),
        ({"email": "ann\ufffd@x.example.com"}, "not a whole e-mail address"),
        ({"email": "王小明@x.example.com"}, "cannot write to such an address yet"),
        ({"newsletter": []}, "choose at least one"),
        ({"newsletter": ["<secret>"]}, "no such newsletter"),
        ({"language": "de"}, "English, Chinese or both"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was_filled_in(
    house: House, changes: dict[str, Any], problem: str
) -> None:
    before = house.rows()
    sent = form(house, **changes)
    answer = house.client.post("/subscribe", data=sent)
    assert answer.status_code == 422
    assert problem in unescape(answer.text) or problem in answer.text
    assert "<b>" not in answer.text
    assert 'href="#' in answer.text
    if not set(sent["email"]) & set("\r\n\x00"):
        assert f'value="{sent["email"]}"' in unescape(answer.text)
    assert house.rows() == before
    assert house.counted("sign_ups", "bad") == 1


def test_a_wrong_address_is_said_in_the_pages_language(house: House) -> None:
    answer = house.client.post("/subscribe?lang=zh", data=form(house, email="ann"))
    assert "这不是完整的邮箱地址" in answer.text
    answer = house.client.post("/subscribe?lang=zh", data=form(house, email="王小明@x.example.com"))
    assert "暂时无法寄信到这样的地址" in answer.text


def test_bytes_that_are_no_text_are_no_address(house: House) -> None:
    answer = house.client.post(
        "/subscribe",
        content=b"email=%E4%A8@x.example.com",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 422
    assert house.consents("asked") == []


def test_a_slip_of_a_big_domain_is_asked_about_with_both_to_choose(house: House) -> None:
    sent = form(house, email="peng@gmial.com", newsletter=["weekly"])
    page = house.client.post("/subscribe", data=sent).text
    assert 'value="peng@gmail.com"' in page
    assert 'value="peng@gmial.com"' in page
    assert 'name="newsletter" value="weekly"' in page
    assert house.consents("asked") == []
    house.client.post("/subscribe", data=sent | {"sure": "yes"})
    assert house.letters("peng@gmial.com") == ["opt-in"]


def test_the_site_of_a_form_is_on_record_also_after_a_slip(house: House) -> None:
    sender = {"Origin": "https://blog.example.org", "Sec-Fetch-Site": "cross-site"}
    page = house.client.post("/subscribe", data={"email": "peng@gmial.com"}, headers=sender).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    chosen = {**hidden, "email": "peng@gmail.com"}
    house.client.post("/subscribe", data=chosen, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    (asked,) = house.consents("asked")
    assert asked.origin == "form at https://blog.example.org"


def test_a_form_of_a_site_that_hides_its_name_is_not_taken_for_ours(house: House) -> None:
    sender = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    house.client.post("/subscribe", data={"email": PENG}, headers=sender)
    (asked,) = house.consents("asked")
    assert asked.origin == "form at another site"


def test_a_field_claims_no_site_that_is_none(house: House) -> None:
    house.client.post("/subscribe", data=form(house, site="<b>our own</b>"))
    (asked,) = house.consents("asked")
    assert asked.origin == "form"


def test_what_was_typed_is_shown_again_without_control_characters(house: House) -> None:
    answer = house.client.post("/subscribe", data=form(house, email="ann\0@x\u202e"))
    assert answer.status_code == 422
    assert not re.search("[\0\u202e]", answer.text)


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_nothing_is_done(house: House) -> None:
    before = house.rows()
    honest = house.client.post("/subscribe", data=form(house, email=ANN))
    after_honest = house.rows()
    assert before != after_honest
    answer = house.client.post("/subscribe", data=form(house, **{TRAP: "x"}))
    assert (answer.status_code, answer.text) == (200, honest.text)
    assert house.rows() == after_honest
    assert house.counted("sign_ups", "honeypot") == 1


def test_one_network_is_let_in_only_so_often_and_told_when_again(house: House) -> None:
    for number in range(RATES.per_network):
        assert house.client.post("/subscribe", data={"email": f"p{number}@x.example.com"}).status_code == 200
    before = house.rows()
    house.clock.go_on(timedelta(minutes=20))
    answer = house.client.post("/subscribe", data={"email": PENG})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2400"
    assert house.rows() == before
    elsewhere = house.client.post(
        "/subscribe", data={"email": PENG}, headers={"X-Forwarded-For": "192.0.2.7"}
    )
    assert elsewhere.status_code == 200
    house.clock.go_on(timedelta(minutes=41))
    assert house.client.post("/subscribe", data={"email": "q@x.example.com"}).status_code == 200


def test_behind_a_proxy_on_this_machine_the_network_is_the_readers_own(house: House) -> None:
    house.client.post(
        "/subscribe", data={"email": PENG}, headers={"X-Forwarded-For": "203.0.113.1, 2001:db8:1:2:3::9"}
    )
    assert house.consents("asked")[0].network == "2001:db8:1::/56"


def test_who_is_no_proxy_on_this_machine_cannot_say_where_they_come_from(house: House) -> None:
    stranger = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=house.client.base_url, transport=stranger, trust_env=False) as client:
        client.post("/subscribe", data={"email": PENG}, headers={"X-Forwarded-For": "203.0.113.1"})
    assert house.consents("asked")[0].network == "127.0.0.0/24"


def test_an_address_asked_too_often_gets_the_usual_answer_and_no_further_record(house: House) -> None:
    answers = [house.client.post("/subscribe", data={"email": PENG}) for _ in range(RATES.per_address + 1)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(house.consents("asked")) == RATES.per_address
    assert house.letters(PENG) == ["opt-in"]
    assert house.counted("sign_ups", "address") == 1


def test_a_mailbox_is_not_bombed_by_tags_and_dots(house: House) -> None:
    spelt = ("a.nn.b", "annb", "an.nb+x", "annb+1", "annb+2", "a.n.n.b")
    for number, local in enumerate(spelt):
        answer = house.client.post(
            "/subscribe",
            data={"email": f"{local}@gmail.com"},
            headers={"X-Forwarded-For": f"10.{number}.1.1"},
        )
        assert answer.status_code == 200
    assert len(house.consents("asked")) == RATES.per_address


def test_the_operator_is_told_once_an_hour_that_sign_ups_are_put_off(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def knock(times: int) -> None:
        for number in range(times):
            sender = {"X-Forwarded-For": f"10.{number}.1.1"}
            house.client.post("/subscribe", data={"email": f"p{number}@x.example.com"}, headers=sender)

    knock(RATES.in_all + 5)
    said = "sign-ups are asked to come back later: 8 came in within the hour; the next is let in after 60 minutes"
    assert caplog.messages == [said]
    house.clock.go_on(timedelta(hours=1))
    knock(RATES.in_all + 5)
    assert caplog.messages == [said] * 2


def test_ten_thousand_sign_ups_add_no_more_rows_than_are_let_in(house: House) -> None:
    codes = [
        house.client.post(
            "/subscribe",
            data={"email": f"p{number}@x.example.com"},
            headers={"X-Forwarded-For": f"10.{number}.1.1"},
        ).status_code
        for number in range(RATES.in_all + 20)
    ]
    assert codes == [200] * RATES.in_all + [429] * 20
    assert len(house.consents("asked")) == RATES.in_all


def test_only_the_button_confirms(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    page = house.client.get(house.confirmation()).text
    assert '<form method="post"><button' in page
    assert house.person(PENG).status is Status.PENDING
    answer = house.client.post(house.confirmation())
    assert "You are on the list" in answer.text
    assert house.person(PENG).status is Status.ACTIVE
    (confirmed,) = house.consents("confirmed")
    assert confirmed.claim in unescape(page)
    assert confirmed.network == "127.0.0.0/24"
    assert house.counted("confirmations", "confirmed") == 1


def test_who_confirms_is_led_to_their_own_preferences_and_who_comes_again_is_not(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    path = house.confirmation()
    assert house.token(PENG) not in house.client.get(path).text
    link = f'href="../preferences/{house.token(PENG)}"'
    assert link in house.client.post(path).text
    assert link not in house.client.post(path).text


def test_the_letters_page_is_in_the_language_asked_for(house: House) -> None:
    house.client.post("/subscribe", data=form(house, language="zh"))
    assert '<html lang="zh-CN">' in house.client.get(house.confirmation()).text


def test_used_again_a_link_says_so_kindly_and_adds_nothing(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    house.client.post(house.confirmation())
    before = house.rows()
    for answer in (house.client.post(house.confirmation()), house.client.get(house.confirmation())):
        assert answer.status_code == 200
        assert "You confirmed before" in answer.text
    assert house.rows() == before


def test_after_seven_days_a_link_says_so_and_leads_to_the_form(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    path, before = house.confirmation(), house.rows()
    house.clock.go_on(timedelta(days=7, seconds=1))
    for answer in (house.client.get(path), house.client.post(path)):
        assert answer.status_code == 410
        assert "too old" in answer.text
        assert 'href="../subscribe"' in answer.text
    assert house.rows() == before
    assert house.counted("confirmations", "expired") == 1


def test_a_letter_sent_before_its_owner_left_brings_nobody_back(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    path = house.confirmation()
    house.client.post(f"/leave/{house.token(PENG)}")
    assert house.client.post(path).status_code == 410
    assert "You have left since" in house.client.get(path).text
    assert house.person(PENG).status is Status.UNSUBSCRIBED


@pytest.mark.parametrize("signed", ["nobody", "1.abc.def", "%00", "%ff", "x" * 2000, "%3Cscript%3E"])
def test_a_link_that_was_never_ours_is_not_known(house: House, signed: str) -> None:
    before = house.rows()
    for method, purpose in product(("GET", "POST"), Purpose):
        answer = house.client.request(method, f"/{purpose}/{signed}")
        assert answer.status_code == 404
        assert "This link is not known" in answer.text
    assert house.rows() == before


def test_a_link_for_one_purpose_is_good_for_no_other(house: House) -> None:
    house.client.post("/subscribe", data=form(house))
    signed = house.confirmation().rpartition("/")[2]
    for other in ("erase", "download"):
        assert house.client.post(f"/{other}/{signed}").status_code == 404


def test_an_odd_charset_in_a_part_is_no_trouble(house: House) -> None:
    body = (
        b"--x\r\nContent-Disposition: form-data; name=email\r\n"
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800@x.example.com\r\n"
        b"--x\r\nContent-Disposition: form-data; name=_charset_\r\n\r\nunicode_escape\r\n--x--\r\n"
    )
    answer = house.client.post(
        "/subscribe",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"},
    )
    assert answer.status_code == 400
    assert house.consents("asked") == []


@pytest.mark.parametrize("charset", ["punycode", "undefined", "idna"])
@pytest.mark.parametrize("path", ["/subscribe", "/preferences/{token}"])
def test_a_form_in_an_odd_charset_is_garbled_and_not_a_fault_of_ours(
    house: House, path: str, charset: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = house.rows()
    answer = house.client.post(
        path.format(token=house.token()),
        content=b"--x\r\nContent-Disposition: form-data; name=email\r\n\r\nxn--a!!.b\r\n--x--\r\n",
        headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"},
    )
    assert answer.status_code == 400
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert caplog.messages == []
    assert house.rows() == before


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"content": b"", "headers": {"Content-Type": "multipart/form-data"}}, id="no boundary"),
        pytest.param(
            {"content": b"--y--", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
            id="another boundary",
        ),
        pytest.param({"files": {"email": ("list.csv", b"a@x.example.com")}}, id="a file"),
        pytest.param({"data": {f"f{number}": "x" for number in range(500)}}, id="500 fields"),
    ],
)
def test_a_garbled_form_is_answered_clearly(house: House, sent: dict[str, Any]) -> None:
    answer = house.client.post("/subscribe", **sent)
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text
    assert house.consents("asked") == []


def test_a_header_of_a_megabyte_ends_that_connection_alone(house: House) -> None:
    with suppress(httpx.TransportError):  # the answer may be lost, as more was on its way
        assert house.client.get("/subscribe", headers={"X-Long": "x" * 1_000_000}).status_code == 400
    assert house.client.get("/subscribe").status_code == 200
