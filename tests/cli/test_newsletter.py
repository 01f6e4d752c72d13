"""run, collect, compose, send: as the contract says, from the outside."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.demo.press import Press
from tests.cli.conftest import Metabrief, add_settings, change_settings
from tests.cli.sites import site

FIRST, SECOND = "2022-02-22", "2022-02-23"


@pytest.fixture
def readers(metabrief: Metabrief, home: Path) -> None:
    """Add two readers, one who has not confirmed, and one who left."""
    for name, language in (("ann", "en"), ("bao", "zh"), ("lea", "en")):
        metabrief("--home", home, "subscribers", "add", f"{name}@test.example", "--newsletter", "daily",
                  "--language", language, "--consent", "agreed in the test")  # fmt: skip
    metabrief("--home", home, "subscribers", "add", "pen@test.example", "--newsletter", "daily")
    metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example")


def mails(home: Path) -> list[EmailMessage]:
    """Return the mails in a newsroom's outbox, by reader."""
    found = [
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        for path in (home / "outbox" / "new").iterdir()
    ]
    return sorted(found, key=lambda mail: str(mail["To"]))


@pytest.mark.usefixtures("readers")
def test_run_writes_one_mail_to_each_who_agreed_and_stayed(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 0, ended.err
    assert [str(mail["To"]) for mail in mails(home)] == ["ann@test.example", "bao@test.example"]
    assert "total 2 = 0 planned + 2 accepted" in ended.out
    assert "nobody was mailed" in ended.out


@pytest.mark.usefixtures("readers")
def test_both_parts_carry_disclaimer_address_reason_and_way_out(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "run", "daily", "--slot", FIRST)
    for mail, words in zip(mails(home), ("not investment advice", "不构成投资建议"), strict=True):
        token_link = str(mail["List-Unsubscribe"]).strip("<>")
        for part in mail.iter_parts():
            content = part.get_content()
            assert words in content
            assert "3 Test Lane, Testville 1000" in content
            assert "Test Daily" in content
            assert token_link in content


@pytest.mark.usefixtures("readers")
def test_the_same_slot_run_again_changes_nothing(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "run", "daily", "--slot", FIRST)
    before = {path: path.read_bytes() for path in (home / "outbox" / "new").iterdir()}
    shown = metabrief("--home", home, "issues", "show", "latest", "--json").json
    again = metabrief("--home", home, "run", "daily", "--slot", f"{FIRST}T06:00")
    assert again.code == 0
    assert {path: path.read_bytes() for path in (home / "outbox" / "new").iterdir()} == before
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json == shown
    assert len(metabrief("--home", home, "issues", "list", "--json").json) == 1


@pytest.mark.usefixtures("readers")
def test_the_next_issue_holds_only_what_is_new(metabrief: Metabrief, home: Path, press: Press) -> None:
    metabrief("--home", home, "run", "daily", "--slot", FIRST)
    first = metabrief("--home", home, "issues", "show", "latest", "--json").json
    press.day = 2
    assert metabrief("--home", home, "run", "daily", "--slot", SECOND).code == 0
    second = metabrief("--home", home, "issues", "show", "latest", "--json").json
    urls = [
        {source["url"] for item in issue["items"] for source in item["sources"]} for issue in (first, second)
    ]
    assert urls[0]
    assert urls[1]
    assert not urls[0] & urls[1]
    assert not {item["headline"] for item in first["items"]} & {item["headline"] for item in second["items"]}


def test_a_dry_run_shows_the_items_and_stores_no_issue(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST, "--dry-run")
    assert ended.code == 0
    assert "1. [policy]" in ended.out
    assert "0 readers would be mailed" in ended.out
    assert metabrief("--home", home, "issues", "list", "--json").json == []
    assert not (home / "outbox").exists()


@pytest.mark.usefixtures("readers")
def test_a_held_issue_is_mailed_to_nobody_until_it_is_approved(metabrief: Metabrief, home: Path) -> None:
    held = metabrief("--home", home, "run", "daily", "--slot", FIRST, "--hold")
    assert held.code == 3
    assert "held for operator" in held.out
    assert not (home / "outbox").exists()
    assert metabrief("--home", home, "send").code == 0
    assert not (home / "outbox").exists()
    assert metabrief("--home", home, "issues", "approve", "latest").code == 0
    assert metabrief("--home", home, "send", "latest").code == 0
    assert len(mails(home)) == 2


def test_an_editor_approves_where_the_newsletter_says_so(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\napproval = "editor"')
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 3
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["hold_reason"] == "approval"


def test_an_issue_that_lets_itself_go_is_sent_by_a_later_run(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\napproval = "auto-after:0s"')
    assert metabrief("--home", home, "compose", "daily", "--slot", FIRST).code == 3
    metabrief("--home", home, "collect")
    change_settings(home, 'schedule = "0 6 * * *"', 'schedule = "0 6 * * *"\nmin_items = 1')
    assert metabrief("--home", home, "run", "daily", "--slot", SECOND).code == 0


def test_too_few_items_are_held_as_thin(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\nmin_items = 25\nmax_items = 25')
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 3
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["hold_reason"] == "thin"


@pytest.mark.usefixtures("readers")
def test_a_quiet_day_is_said_to_be_one_where_wanted(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\non_thin = "send"')
    metabrief("--home", home, "collect")
    assert metabrief("--home", home, "run", "daily", "--slot", "2022-02-20").code == 0
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["items"] == []
    assert "All quiet" in str(mails(home)[0]["Subject"])


def test_a_thin_day_is_skipped_where_wanted(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\non_thin = "skip"')
    assert metabrief("--home", home, "run", "daily", "--slot", "2022-02-20").code == 0
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["status"] == "skipped"


def test_collect_says_which_source_failed_and_why(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "collect")
    assert ended.code == 3
    assert "null-tribune: failed: HTTP 500" in ended.out
    assert "3 of 4 sources read" in ended.out


def test_collect_is_done_when_every_enabled_source_was_read(metabrief: Metabrief, home: Path) -> None:
    sources = home / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(
        text.replace('key = "null-tribune"', 'key = "null-tribune"\nenabled = false'), encoding="utf-8"
    )
    assert metabrief("--home", home, "collect").code == 0


def test_collect_fails_when_no_source_could_be_read(metabrief: Metabrief, home: Path) -> None:
    (home / "sources.toml").write_text(
        '[[source]]\nkey = "gone"\nname = "Gone"\nhome = "http://127.0.0.1:9/"\nlanguage = "en"\nfeed = "http://127.0.0.1:9/feed"\n',
        encoding="utf-8",
    )
    ended = metabrief("--home", home, "collect")
    assert ended.code == 1
    assert "gone: failed: connection refused" in ended.out


def test_a_private_address_is_not_fetched_unless_allowed(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'allow_private = ["127.0.0.0/8"]', "allow_private = []")
    ended = metabrief("--home", home, "collect")
    assert ended.code == 1
    assert ended.out.count("private address") == 4


def test_a_recording_replays_with_the_sites_gone(
    metabrief: Metabrief, home: Path, press: Press, tmp_path: Path
) -> None:
    recording = tmp_path / "day.warc.gz"
    assert metabrief("--home", home, "collect", "--record", recording).code == 3
    twin = tmp_path / "twin"
    twin.mkdir()
    for name in ("metabrief.toml", "sources.toml"):
        (twin / name).write_text((home / name).read_text(encoding="utf-8"), encoding="utf-8")
    press.day = 0  # the sites now list nothing
    replayed = metabrief("--home", twin, "collect", "--replay", recording)
    assert "18 new articles" in replayed.out


def test_compose_and_send_are_the_two_halves_of_run(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "collect")
    composed = metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    assert composed.code == 0
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["status"] == "approved"
    assert metabrief("--home", home, "send").code == 0
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["status"] == "sent"


def test_one_that_signs_up_between_issues_gets_the_next(
    metabrief: Metabrief, home: Path, press: Press
) -> None:
    metabrief("--home", home, "run", "daily", "--slot", FIRST)
    metabrief(
        "--home", home, "subscribers", "add", "new@test.example", "--newsletter", "daily", "--consent", "yes"
    )
    press.day = 2
    metabrief("--home", home, "run", "daily", "--slot", SECOND)
    rows = metabrief("--home", home, "issues", "list", "--json").json
    assert [row["deliveries"]["total"] for row in rows] == [1, 0]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param(("run", "nope"), "daily", id="unknown newsletter"),
        pytest.param(
            ("run", "daily", "--slot", "2022-02-22T07:00"), "2022-02-23T06:00", id="no slot at that time"
        ),
        pytest.param(("compose", "daily", "--slot", "yesterday"), "YYYY-MM-DD", id="no moment at all"),
        pytest.param(("collect", "--record", "a", "--replay", "b"), "--replay", id="both ways at once"),
        pytest.param(("collect", "--replay", "missing.warc.gz"), "missing.warc.gz", id="no such recording"),
        pytest.param(("issues", "show", "first"), "latest", id="no issue's name"),
        pytest.param(("run",), "NEWSLETTER", id="a word missing"),
    ],
)
def test_wrong_use_is_said_in_a_line_and_ends_with_2(
    metabrief: Metabrief, home: Path, words: tuple[str, ...], names: str
) -> None:
    ended = metabrief("--home", home, *words)
    assert ended.code == 2
    assert names in ended.err
    assert "Traceback" not in ended.err


def test_smtp_needs_more_than_the_outbox(metabrief: Metabrief, home: Path) -> None:
    add_settings(home, '\n[delivery]\ntransport = "smtp"\n')
    ended = metabrief("--home", home, "issues", "list")
    assert ended.code == 2
    assert "[smtp] host" in ended.err
    assert "site_url" in ended.err


@pytest.mark.usefixtures("readers")
def test_nothing_leaves_unsigned_because_the_key_is_not_there(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, "[publisher]", '[publisher]\nsite_url = "https://test.example"')
    add_settings(
        home,
        '\n[delivery]\ntransport = "smtp"\ncheck_site = false\n[smtp]\nhost = "127.0.0.1"\nport = 9\n'
        'from_address = "a@test.example"\nreturn_path_domain = "test.example"\n'
        '[dkim]\ndomain = "test.example"\nselector = "s"\nprivate_key_file = "gone.pem"\n',
    )
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 2
    assert "gone.pem" in ended.err


def test_hold_holds_an_issue_that_was_composed_before(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "collect")
    metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST, "--hold")
    assert ended.code == 3
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["hold_reason"] == "operator"


def test_a_thin_issue_is_made_better_by_the_next_run(metabrief: Metabrief, home: Path) -> None:
    whole = (home / "sources.toml").read_text(encoding="utf-8")
    (home / "sources.toml").write_text(whole.replace("http://127", "http://127.0.0.1:9/?"), encoding="utf-8")
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 3
    (home / "sources.toml").write_text(whole, encoding="utf-8")
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 0
    [row] = metabrief("--home", home, "issues", "list", "--json").json
    assert (row["status"], row["item_count"] > 5) == ("sent", True)


@pytest.mark.usefixtures("readers")
def test_a_mended_template_lets_an_issue_go_that_was_held_for_lint(metabrief: Metabrief, home: Path) -> None:
    closing = home / "templates" / "text" / "closing.txt.j2"
    closing.parent.mkdir(parents=True)
    closing.write_text("nothing\n", encoding="utf-8")
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 3
    shown = metabrief("--home", home, "issues", "show", "latest").out
    assert "disclaimer" in shown
    assert f"metabrief run daily --slot {FIRST}T06:00" in shown
    assert metabrief("--home", home, "issues", "approve", "latest").code == 1
    closing.unlink()
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 0
    assert len(mails(home)) == 2


@pytest.mark.usefixtures("readers")
def test_what_failed_at_the_gate_goes_on_once_it_is_mended(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "collect")
    metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    change_settings(
        home, "3 Test Lane, Testville 1000", "4 New Road, Testville 1000"
    )  # what was set has the old one
    assert metabrief("--home", home, "send").code == 3
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["hold_reason"] == "gate"
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 0
    assert all("4 New Road" in part.get_content() for mail in mails(home) for part in mail.iter_parts())


def test_an_issue_of_a_newsletter_that_is_gone_stops_no_other(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "collect")
    metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    change_settings(home, 'key = "daily"', 'key = "other"')
    metabrief("--home", home, "compose", "other", "--slot", FIRST)
    ended = metabrief("--home", home, "send")
    assert ended.code == 1
    assert "there is no newsletter 'daily' any more" in ended.out
    assert {
        row["newsletter"]: row["status"] for row in metabrief("--home", home, "issues", "list", "--json").json
    } == {
        "daily": "approved",
        "other": "sent",
    }


def test_send_lets_go_what_was_held_until_now(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\napproval = "auto-after:0s"')
    metabrief("--home", home, "collect")
    assert metabrief("--home", home, "compose", "daily", "--slot", FIRST).code == 3
    assert metabrief("--home", home, "send").code == 0
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json["status"] == "sent"


def test_a_slot_to_come_is_said_to_be_one(metabrief: Metabrief, home: Path) -> None:
    assert "still to come" in metabrief("--home", home, "run", "daily", "--slot", "2999-01-01").out
    assert "still to come" not in metabrief("--home", home, "run", "daily", "--slot", FIRST).out


def test_a_dry_run_says_how_the_issue_would_end(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, 'key = "daily"', 'key = "daily"\nmin_items = 25\nmax_items = 25')
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST, "--dry-run")
    assert "it would be held (thin:" in ended.out


def test_no_source_at_all_is_a_failure_that_names_the_way_out(metabrief: Metabrief, home: Path) -> None:
    (home / "sources.toml").write_text("", encoding="utf-8")
    ended = metabrief("--home", home, "collect")
    assert ended.code == 1
    assert "sources.toml" in ended.out


@pytest.mark.usefixtures("readers")
def test_tracking_parameters_are_cut_off_the_links_readers_get(
    metabrief: Metabrief, home: Path, press: Press
) -> None:
    feed = home / "feed.xml"
    [article] = [each for each in press.articles if each.slug == "lakala-founder-proposals"]
    address = f"{press.article_url(article)}?utm_source=feed&amp;page=1"
    entry = f"<item><title>{article.title}</title><link>{address}</link></item>"
    feed.write_text(f'<rss version="2.0"><channel><title>t</title>{entry}</channel></rss>', encoding="utf-8")
    with site("application/rss+xml", feed.read_bytes()) as base:
        table = (
            f'[[source]]\nkey = "one"\nname = "One"\nhome = "{base}"\nlanguage = "en"\nfeed = "{base}/feed"\n'
        )
        (home / "sources.toml").write_text(table, encoding="utf-8")
        change_settings(home, 'key = "daily"', 'key = "daily"\nmin_items = 1')
        assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 0
    for mail in mails(home):
        for part in mail.iter_parts():
            assert "lakala-founder-proposals/?page=1" in part.get_content()
            assert "utm_source" not in part.get_content()
