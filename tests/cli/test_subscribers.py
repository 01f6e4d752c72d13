"""subscribers add, list, show, tag, unsubscribe, erase, stats: from the operator's side."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.app import open_newsroom
from pipeline.cli import people
from pipeline.store.letters import Letters
from pipeline.store.schema import letters
from subscribers import leaving, store
from subscribers.addresses import parse_address
from subscribers.schema import bounces, subscribers
from tests.cli.conftest import SETTINGS, Metabrief
from tests.contracts.people import sign_up

DAILY = ("--newsletter", "daily")
AGREED = ("--consent", "agreed at a reading")


def listed(metabrief: Metabrief, home: Path) -> dict[str, dict[str, object]]:
    rows = metabrief("--home", home, "subscribers", "list", "--json").json
    return {row["email"]: row for row in rows}


def test_add_with_consent_is_active_and_takes_the_newsletters_own_settings(
    metabrief: Metabrief, home: Path
) -> None:
    assert metabrief("--home", home, "subscribers", "add", "ann@test.example", *DAILY, *AGREED).code == 0
    assert listed(metabrief, home)["ann@test.example"] == {
        "email": "ann@test.example",
        "status": "active",
        "name": "",
        "language": "en",
        "timezone": "Asia/Shanghai",
        "tags": [],
        "newsletters": ["daily"],
    }


def test_add_takes_every_setting(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "subscribers", "add", "bao@test.example", *DAILY, *AGREED, "--name", "宝", "--language", "both",
              "--timezone", "Europe/Berlin", "--hour", "7", "--tag", "vip", "--tag", "press")  # fmt: skip
    row = listed(metabrief, home)["bao@test.example"]
    assert (row["name"], row["language"], row["timezone"]) == ("宝", "both", "Europe/Berlin")
    assert row["tags"] == ["press", "vip"]


def test_add_says_that_one_who_is_known_keeps_their_settings(metabrief: Metabrief, home: Path) -> None:
    words = (
        "--home",
        home,
        "subscribers",
        "add",
        "bo@test.example",
        "--newsletter",
        "daily",
        "--consent",
        "x",
    )
    assert "already" not in metabrief(*words, "--name", "Bo").out
    assert "already" not in metabrief(*words).out
    again = metabrief(*words, "--name", "Robert").out
    assert "were on the list already: their name and settings are left as they are" in again
    assert "Robert" not in metabrief("--home", home, "subscribers", "show", "bo@test.example").out


def test_add_without_consent_is_pending(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "add", "pen@test.example", *DAILY)
    assert ended.code == 0
    assert listed(metabrief, home)["pen@test.example"]["status"] == "pending"


def test_one_who_left_is_not_added_again(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    assert metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example").code == 0
    assert metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example").code == 0
    ended = metabrief("--home", home, "subscribers", "add", "LEA@test.example", *DAILY, *AGREED)
    assert ended.code == 1
    assert "stays away" in ended.err
    assert listed(metabrief, home)["lea@test.example"]["status"] == "unsubscribed"


def test_unsubscribing_a_stranger_says_so(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "unsubscribe", "who@test.example")
    assert ended.code == 1
    assert "who@test.example" in ended.err


def test_import_adds_refuses_and_leaves_alone_each_with_its_reason(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example")
    file = tmp_path / "list.csv"
    file.write_text(
        "email,name,language,timezone,hour,frequency,tags\n"
        "ann@test.example,Ann,zh,Europe/Berlin,07:30,daily,a;b\n"
        "lea@test.example,Lea,,,,,\n"
        "not an address,,,,,,\n"
        "cat@test.example,,klingon,,,,\n"
        "dan@test.example,,,,,weekly,\n",
        encoding="utf-8",
    )
    ended = metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    assert ended.code == 0
    assert "5 rows = 1 added + 1 left alone + 3 refused" in ended.out
    assert "row 4, email" in ended.out
    assert "row 5, language" in ended.out
    assert "row 6, frequency" in ended.out
    people = listed(metabrief, home)
    assert set(people) == {"ann@test.example", "lea@test.example"}
    assert people["lea@test.example"]["status"] == "unsubscribed"
    assert people["ann@test.example"]["tags"] == ["a", "b"]


def test_a_file_that_is_no_list_is_not_taken(metabrief: Metabrief, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name\nAnn\n", encoding="utf-8")
    assert metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED).code == 1
    assert (
        metabrief("--home", home, "subscribers", "import", tmp_path / "gone.csv", *DAILY, *AGREED).code == 1
    )


def test_add_says_the_way_back_for_one_who_left(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example")
    ended = metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    assert ended.err.rstrip().endswith("only they can sign up again, at http://127.0.0.1:8080/subscribe")


def test_add_says_what_deserves_a_second_look(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "add", "info@gmial.com", *DAILY, *AGREED)
    assert ended.code == 0
    assert "info@gmial.com is active" in ended.out
    assert "a mailbox of a task" in ended.out
    assert "did they mean gmail.com?" in ended.out
    plain = metabrief("--home", home, "subscribers", "add", "ann@test.example", *DAILY, *AGREED)
    assert "look again" not in plain.out


@pytest.fixture
def listed_home(tmp_path: Path) -> Path:
    """Return a newsroom with Ann, who is active and tagged, Bo, who is pending, and Lea, who left."""
    (tmp_path / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    with open_newsroom(tmp_path) as newsroom, newsroom.database.write() as connection:
        for name, claim, tags in (("ann", AGREED[1], ("vip",)), ("bo", None, ()), ("lea", AGREED[1], ())):
            store.add(
                connection,
                sign_up(f"{name}@test.example", tags=tags),
                claim=claim,
                suppression_key=newsroom.suppression_key,
                mailer=Letters(),
                now=newsroom.clock(),
            )
        leaving.end_by_address(
            connection,
            parse_address("lea@test.example"),
            leaving.left(origin="subscribers unsubscribe"),
            suppression_key=newsroom.suppression_key,
            now=newsroom.clock(),
        )
    return tmp_path


def test_list_shows_whom_the_filter_finds(metabrief: Metabrief, listed_home: Path) -> None:
    found = metabrief("--home", listed_home, "subscribers", "list", "--filter", "-status:active", "--json")
    assert [row["email"] for row in found.json] == ["bo@test.example", "lea@test.example"]
    nobody = metabrief("--home", listed_home, "subscribers", "list", "--filter", "tag:none")
    assert (nobody.code, nobody.out, nobody.err) == (0, "", "nobody on the list is tag:none\n")
    assert (
        metabrief("--home", listed_home, "subscribers", "list", "--filter", "tag:none", "--json").json == []
    )


@pytest.mark.parametrize("command", ["list", "stats"])
def test_a_filter_that_cannot_be_read_is_wrong_use(
    metabrief: Metabrief, listed_home: Path, command: str
) -> None:
    ended = metabrief("--home", listed_home, "subscribers", command, "--filter", "tga:vip")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean tag?" in ended.err


def test_list_writes_everyone_into_a_pipe_and_the_first_of_them_to_a_terminal(
    metabrief: Metabrief, listed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_SHOWN", 2)
    piped = metabrief("--home", listed_home, "subscribers", "list").out.splitlines()
    assert [line.split("\t")[:2] for line in piped] == [
        ["ann@test.example", "active"],
        ["bo@test.example", "pending"],
        ["lea@test.example", "unsubscribed"],
    ]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = metabrief("--home", listed_home, "subscribers", "list").out
    assert "bo@test.example" in shown
    assert "lea@test.example" not in shown
    assert "… and 1 more; narrow with --filter" in shown


@pytest.mark.parametrize("columns", [80, 40])
def test_list_never_cuts_an_address(
    metabrief: Metabrief, listed_home: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    email = f"{'very.' * 6}long.name@test.example"
    words = (
        "--name",
        "Somebody With A Long Name",
        "--tag",
        "a-tag-of-some-length",
        "--timezone",
        "Asia/Shanghai",
    )
    metabrief("--home", listed_home, "subscribers", "add", email, *DAILY, *AGREED, *words)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = metabrief("--home", listed_home, "subscribers", "list").out
    lines = re.sub(r"\x1b\[\d*m", "", shown).splitlines()
    assert email in "".join(line[: columns * 2 // 3 + 1].split()[0] for line in lines if line[1] != " ")
    assert (email in shown) is (columns == 80)
    assert all(len(line) <= columns for line in lines)


def test_show_says_what_consent_rests_on_and_why_they_left(metabrief: Metabrief, listed_home: Path) -> None:
    shown = metabrief("--home", listed_home, "subscribers", "show", "LEA@test.example").out
    assert "lea@test.example: unsubscribed" in shown
    assert re.search(r"suppressed +since \S+ \S+ UTC \(left\)", shown)
    assert "daily: since" in shown
    assert "agreed to on record 3" in shown
    assert "vouched for by the operator (subscribers add), for daily\n     “agreed at a reading”" in shown
    assert "left all newsletters (subscribers unsubscribe)\n" in shown
    assert "“left" not in shown
    waiting = metabrief("--home", listed_home, "subscribers", "show", "bo@test.example").out
    assert "not confirmed yet" in waiting
    assert "opt-in: queued" in waiting


def test_show_as_json_has_everything(metabrief: Metabrief, listed_home: Path) -> None:
    record = metabrief("--home", listed_home, "subscribers", "show", "ann@test.example", "--json").json
    assert (record["email"], record["status"], record["tags"]) == ("ann@test.example", "active", ["vip"])
    assert [each["words"] for each in record["records"]] == ["agreed at a reading"]
    assert (record["suppressed"], record["flags"], record["deliveries"], record["bounce_points"]) == (
        None,
        [],
        [],
        0,
    )


def test_show_tells_each_bounce_by_its_mail_and_what_they_come_to(
    metabrief: Metabrief, listed_home: Path
) -> None:
    with open_newsroom(listed_home) as newsroom, newsroom.database.write() as connection:
        now = newsroom.clock()
        row = {"subscriber_id": 1, "delivery": "1.1.x", "kind": "soft", "is_sure": False, "status": "4.2.2"}
        connection.execute(bounces.insert(), {**row, "reason": "mailbox full", "mail": "d1", "at": now})
    shown = metabrief("--home", listed_home, "subscribers", "show", "ann@test.example").out
    assert "mail that came back: 0.5 points: 1 soft" in shown
    assert re.search(r"soft 4\.2\.2 mailbox full\n +mail d1\n", shown)


def test_show_tells_what_the_bounces_of_one_came_to_when_they_were_given_up(
    metabrief: Metabrief, listed_home: Path
) -> None:
    with open_newsroom(listed_home) as newsroom, newsroom.database.write() as connection:
        at = newsroom.clock() - timedelta(days=90)
        row = {"subscriber_id": 1, "delivery": "1.1", "kind": "hard", "is_sure": True, "status": "5.1.1"}
        connection.execute(bounces.insert(), {**row, "reason": "no such user", "mail": "d1", "at": at})
        connection.execute(subscribers.update().where(subscribers.c.id == 1).values(status="bounced"))
    shown = metabrief("--home", listed_home, "subscribers", "show", "ann@test.example").out
    assert "mail that came back: no such user, said so on" in shown


def test_show_of_a_stranger_fails_and_says_so(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "show", "who@test.example")
    assert (ended.code, ended.out) == (1, "")
    assert "nobody on the list has the address who@test.example" in ended.err


def test_tag_puts_a_tag_on_and_takes_it_off_and_twice_is_fine(
    metabrief: Metabrief, listed_home: Path
) -> None:
    tag = ("--home", listed_home, "subscribers", "tag", "ann@test.example", "press list")
    for _ in range(2):
        assert metabrief(*tag).out == "ann@test.example has the tag press list; tags: press list, vip\n"
    assert "no longer has the tag press list; tags: vip" in metabrief(*tag, "--remove").out
    again = metabrief(*tag, "--remove")
    assert (again.code, again.out) == (0, "ann@test.example had no tag press list; tags: vip\n")


def test_a_tag_that_is_too_long_is_refused(metabrief: Metabrief, listed_home: Path) -> None:
    ended = metabrief("--home", listed_home, "subscribers", "tag", "ann@test.example", "t" * 100_000)
    assert ended.code == 1
    assert "has more than 100 characters" in ended.err


@pytest.mark.parametrize("command", ["list", "stats", "export"])
def test_a_filter_names_our_newsletters_alone(metabrief: Metabrief, listed_home: Path, command: str) -> None:
    words = ("--home", listed_home, "subscribers", command, "--filter")
    ended = metabrief(*words, "newsletter:dayly")
    assert ended.code == 2
    assert "'dayly' is none of them; did you mean daily?" in ended.err
    assert metabrief(*words, "newsletter:daily").code == 0


def test_leaving_of_a_stranger_says_how_to_keep_them_away(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "unsubscribe", "who@test.example")
    assert ended.code == 1
    assert "metabrief subscribers import FILE.csv --newsletter KEY --left" in ended.err


@pytest.mark.parametrize("tag", ["", "a,b", "a;b", 'a"b'])
def test_a_tag_that_no_list_or_filter_can_hold_is_refused(
    metabrief: Metabrief, listed_home: Path, tag: str
) -> None:
    ended = metabrief("--home", listed_home, "subscribers", "tag", "ann@test.example", tag)
    assert ended.code == 1
    assert f"tag {tag!r} cannot be used" in ended.err
    assert (
        metabrief("--home", listed_home, "subscribers", "add", "cy@test.example", *DAILY, "--tag", tag).code
        == 1
    )


def test_tagging_a_stranger_fails(metabrief: Metabrief, home: Path) -> None:
    assert metabrief("--home", home, "subscribers", "tag", "who@test.example", "vip").code == 1


def test_erase_without_yes_says_what_would_go_and_changes_nothing(
    metabrief: Metabrief, listed_home: Path
) -> None:
    ended = metabrief("--home", listed_home, "subscribers", "erase", "ann@test.example")
    assert (ended.code, ended.out) == (2, "")
    assert "newsletters: 1, tags: 1, bounces: 0, letters: 0" in ended.err
    assert "metabrief subscribers erase ann@test.example --yes" in ended.err
    assert listed(metabrief, listed_home)["ann@test.example"]["status"] == "active"


def test_the_erased_are_gone_for_good(metabrief: Metabrief, listed_home: Path) -> None:
    erase = ("--home", listed_home, "subscribers", "erase", "ann@test.example", "--yes")
    assert metabrief(*erase).code == 0
    assert "ann@test.example" not in listed(metabrief, listed_home)
    again = metabrief(*erase)
    assert again.code == 1
    assert re.search(r"suppressed since \d{4}-\d\d-\d\d \(erased\)", again.err)
    shown = metabrief("--home", listed_home, "subscribers", "show", "ann@test.example")
    assert (shown.code, shown.err) == (1, again.err)
    added = metabrief("--home", listed_home, "subscribers", "add", "ann@test.example", *DAILY, *AGREED)
    assert added.code == 1


def test_erasing_takes_the_letters_along(metabrief: Metabrief, listed_home: Path) -> None:
    metabrief("--home", listed_home, "subscribers", "erase", "bo@test.example", "--yes")
    with open_newsroom(listed_home) as newsroom, newsroom.database.read() as connection:
        assert connection.execute(sa.select(letters)).all() == []


def test_stats_count_the_list(metabrief: Metabrief, listed_home: Path) -> None:
    counted = metabrief("--home", listed_home, "subscribers", "stats", "--json").json
    assert counted["people"] == 3
    assert counted["statuses"] == {"active": 1, "pending": 1, "unsubscribed": 1}
    assert counted["newsletters"] == {"daily": {"people": 3, "active": 1}}
    assert counted["sources"] == {"operator": {"people": 3, "active": 1}}
    assert counted["domains"] == {"test.example": {"people": 3, "active": 1}}
    assert len(counted["months"]) == 12
    this = counted["months"][-1]
    assert (this["came"], this["left"], this["stood"]) == (3, 1, 2)


def test_stats_are_tables_with_a_bar_for_each_month(metabrief: Metabrief, listed_home: Path) -> None:
    shown = metabrief("--home", listed_home, "subscribers", "stats", "--filter", "status:active").out
    assert shown.startswith("1 person: 1 active\n")
    assert re.search(r"daily +1 +1 *\n", shown)
    assert shown.rstrip().endswith("█" * 30)
    nobody = metabrief("--home", listed_home, "subscribers", "stats", "--filter", "tag:none")
    assert (nobody.code, nobody.out) == (0, "nobody on the list is tag:none\n")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param(("add", "no address", *DAILY, *AGREED), "no address", id="address"),
        pytest.param(("add", "a@test.example", *DAILY, *AGREED, "--language", "fr"), "fr", id="language"),
        pytest.param(
            ("add", "a@test.example", *DAILY, *AGREED, "--timezone", "Mars/Base"), "Mars/Base", id="zone"
        ),
        pytest.param(("add", "a@test.example", *DAILY, *AGREED, "--hour", "25"), "25", id="hour"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    metabrief: Metabrief, home: Path, words: tuple[str, ...], names: str
) -> None:
    ended = metabrief("--home", home, "subscribers", *words)
    assert ended.code == 1
    assert names in ended.err
    assert listed(metabrief, home) == {}
