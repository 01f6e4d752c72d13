"""Sending as it is seen from outside: what `send` says, where deliveries stand, settling, copies, the log."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief
from tests.cli.mailing import mailroom, relaying
from tests.deliver.relay import CUT, DOT, RCPT, SILENT, Relay

READERS = ("ann@a.example", "bob@b.example", "cem@b.example")


@pytest.fixture
def relay() -> Relay:
    return Relay()


def test_send_tells_the_rate_and_logs_a_batch_without_any_address(
    metabrief: Metabrief, tmp_path: Path, relay: Relay
) -> None:
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        ended = metabrief("--home", home, "send")
    assert ended.code == 0
    assert ended.out.startswith("issue 1 (daily ")
    assert "; 3 mails in " in ended.out
    assert "/s" in ended.out
    [line] = ended.err.splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["level"], logged["issue"], logged["newsletter"]) == (
        "batch",
        "info",
        1,
        "daily",
    )
    assert (logged["mails"], logged["states"], logged["codes"]) == (3, {"accepted": 3}, {"250": 3})
    assert logged["rate"] > 0
    assert "@" not in line


def test_send_says_why_most_wait_and_how_to_settle_what_got_no_reply(
    metabrief: Metabrief, tmp_path: Path, relay: Relay
) -> None:
    relay.always(RCPT, "451 4.3.0 the mailbox is busy", to="b.example")
    relay.once(DOT, CUT)
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        ended = metabrief("--home", home, "send")
    assert ended.code == 3
    assert "2 deferred, next try" in ended.out
    assert "for most: 451 4.3.0 the mailbox is busy" in ended.out
    assert "metabrief issues resolve 1 list" in ended.out


def test_a_domain_that_rests_is_told_in_the_words_that_made_it_rest(
    metabrief: Metabrief, tmp_path: Path, relay: Relay
) -> None:
    relay.always(RCPT, "451 4.7.1 try again later", to="b.example")
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, "dan@b.example", port=relay.port)
        ended = metabrief("--home", home, "send")
    assert "for most: 451 4.7.1 try again later" in ended.out
    told = metabrief("--home", home, "issues", "show", "1", "--json").json["reasons"]
    assert [(each["reason"], each["number"]) for each in told] == [
        ("4.7.1 try again later", 1),
        ("its domain wants fewer mails and rests", 2),
    ]


def test_show_tells_deliveries_by_domain_and_reason(
    metabrief: Metabrief, tmp_path: Path, relay: Relay
) -> None:
    relay.always(RCPT, "550 5.1.1 no such user", to=READERS[1])
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        metabrief("--home", home, "send")
    shown = metabrief("--home", home, "issues", "show", "1", "--json").json
    told = {
        row["domain"]: {key: number for key, number in row.items() if number and key != "domain"}
        for row in shown["domains"]
    }
    assert told == {
        "a.example": {"accepted": 1, "total": 1},
        "b.example": {"accepted": 1, "rejected": 1, "total": 2},
    }
    assert shown["reasons"] == [
        {"state": "rejected", "code": 550, "reason": "5.1.1 no such user", "number": 1}
    ]
    seen = metabrief("--home", home, "issues", "show", "1").out
    assert [line.split() for line in seen.splitlines() if line.lstrip().startswith(("a.", "b."))] == [
        ["b.example", "1", "1", "2"],
        ["a.example", "1", "0", "1"],
    ]
    assert "5.1.1 no such user" in seen
    assert not any(reader in seen for reader in READERS)


def test_resolve_lists_then_settles_one_and_all(metabrief: Metabrief, tmp_path: Path, relay: Relay) -> None:
    relay.once(DOT, CUT, "250 2.0.0 kept", CUT)
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        assert metabrief("--home", home, "send").code == 3
        rows = metabrief("--home", home, "issues", "resolve", "1", "list", "--json").json
        assert len(rows) == 2
        assert set(rows[0]) == {"delivery", "domain", "since", "code", "reason", "not_after", "message_id"}
        listed = metabrief("--home", home, "issues", "resolve", "1", "list").out
        assert all(str(row["delivery"]) in listed and row["domain"] in listed for row in rows)
        assert "@b.example" not in listed
        one = metabrief(
            "--home", home, "issues", "resolve", "1", "accept", "--delivery", str(rows[0]["delivery"])
        )
        assert (one.code, one.out) == (0, "1 delivery of issue 1 taken as arrived; 1 uncertain still\n")
        again = metabrief("--home", home, "issues", "resolve", "1", "resend")
        assert again.out.startswith("1 delivery of issue 1 planned again, and may come twice")
        assert "metabrief send 1" in again.out
        assert metabrief("--home", home, "send").code == 0
    assert (
        metabrief("--home", home, "issues", "resolve", "1", "list").out == "nothing of issue 1 is uncertain\n"
    )


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (
            "accept",
            "none is uncertain any more; the issue is held; let the others go with: metabrief issues approve 1",
        ),
        ("resend", "may come twice; the issue is held; let it go with: metabrief issues approve 1"),
    ],
)
def test_a_held_issue_is_told_how_to_go_on(
    metabrief: Metabrief, tmp_path: Path, relay: Relay, action: str, told: str
) -> None:
    relay.once(DOT, CUT, CUT)
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        assert "held for uncertain" in metabrief("--home", home, "send").out
    settled = metabrief("--home", home, "issues", "resolve", "1", action)
    assert (settled.code, settled.out.startswith("2 deliveries of issue 1")) == (0, True)
    assert settled.out.endswith(f"{told}\n")


def test_resolve_answers_programs(metabrief: Metabrief, tmp_path: Path, relay: Relay) -> None:
    relay.once(DOT, CUT)
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        metabrief("--home", home, "send")
    settled = metabrief("--home", home, "issues", "resolve", "latest", "accept", "--json").json
    assert settled == {"issue": 1, "status": "sent", "resolved": 1, "late": 0, "uncertain": 0}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("1", "accept"), 1, "nothing of issue 1 is uncertain"),
        (("1", "accept", "--delivery", "7"), 1, "delivery 7 of issue 1 does not exist"),
        (("1", "accept", "--delivery", "x"), 2, "valid integer"),
        (("1", "accept", "--delivery", "0"), 2, "greater than or equal to 1"),
        (("1", "list", "--delivery", "1"), 2, "--delivery goes with accept and resend"),
        (("1", "forget"), 2, "'forget' is not one of"),
        (("9", "list"), 1, "there is no issue 9"),
    ],
)
def test_resolve_refuses_in_one_line(
    metabrief: Metabrief, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    home = mailroom(metabrief, tmp_path / "room", *READERS, port=9)
    ended = metabrief("--home", home, "issues", "resolve", *words)
    assert (ended.code, ended.out) == (code, "")
    assert told in " ".join(ended.err.split())


def test_a_copy_says_what_the_relay_said(metabrief: Metabrief, tmp_path: Path, relay: Relay) -> None:
    relay.always(RCPT, "550 5.1.1 no such user", to="nobody@b.example")
    relay.always(DOT, CUT, to="silent@b.example")
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", *READERS, port=relay.port)
        taken = metabrief("--home", home, "issues", "test", "1", "editor@lantern.example")
        refused = metabrief("--home", home, "issues", "test", "latest", "nobody@b.example")
        unanswered = metabrief("--home", home, "issues", "test", "1", "silent@b.example")
    assert (taken.code, taken.out) == (
        0,
        "a copy of issue 1 is on its way; the relay said: 250 2.0.0 kept\n",
    )
    assert (refused.code, refused.out) == (
        1,
        "the copy of issue 1 was not taken: 550 5.1.1 no such user\n",
    )
    assert relay.recipients == ["editor@lantern.example", "silent@b.example"]
    assert unanswered.code == 1
    assert unanswered.out.endswith("; it may have arrived all the same\n")
    assert metabrief("--home", home, "issues", "test", "1", "editor").code == 2


def test_a_copy_that_is_not_answered_ends_as_asked(
    metabrief: Metabrief, tmp_path: Path, relay: Relay
) -> None:
    relay.once(DOT, SILENT)
    relay.on[DOT] = lambda: os.kill(os.getpid(), signal.SIGINT)
    with relaying(relay):
        home = mailroom(metabrief, tmp_path / "room", port=relay.port)
        ended = metabrief("--home", home, "issues", "test", "1", "editor@lantern.example")
    assert (ended.code, ended.out, ended.err) == (
        1,
        "stopped as asked; nobody knows whether the copy arrived\n",
        "",
    )


def test_a_copy_without_a_relay_fails_in_one_line(metabrief: Metabrief, tmp_path: Path) -> None:
    home = mailroom(metabrief, tmp_path / "room", port=9)
    ended = metabrief("--home", home, "issues", "test", "1", "editor@lantern.example")
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "127.0.0.1:9" in ended.err
