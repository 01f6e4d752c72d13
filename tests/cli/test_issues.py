"""issues list, show, why: the JSON other programs rely on, and what a person reads."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.demo.press import Press
from pipeline.text import han_count
from tests.cli.conftest import Metabrief
from tests.cli.outlet import newsroom, source

FIRST = "2022-02-22"
STATES = {"planned", "accepted", "deferred", "rejected", "uncertain", "suppressed", "expired", "total"}


@pytest.fixture
def composed(metabrief: Metabrief, home: Path) -> Path:
    """Return a newsroom with one composed issue."""
    metabrief("--home", home, "collect")
    metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    return home


def test_show_has_the_shape_of_the_contract(metabrief: Metabrief, composed: Path) -> None:
    issue = metabrief("--home", composed, "issues", "show", "latest", "--json").json
    assert issue["newsletter"] == "daily"
    assert issue["slot"] == "2022-02-22T06:00"
    assert issue["status"] == "approved"
    assert issue["hold_reason"] is None
    assert issue["transport"] == "outbox"
    assert issue["subject"]
    assert set(issue["deliveries"]) == STATES
    for item in issue["items"]:
        assert {"headline", "summary", "sources", "language", "section"} <= set(item)
        assert all(set(source) == {"name", "url"} for source in item["sources"])


def test_show_speaks_the_language_asked_for(metabrief: Metabrief, composed: Path) -> None:
    english, chinese = (
        metabrief("--home", composed, "issues", "show", "1", "--language", language, "--json").json
        for language in ("en", "zh")
    )
    assert not han_count(english["subject"])
    assert han_count(chinese["subject"])
    assert [item["headline"] for item in english["items"]] == [item["headline"] for item in chinese["items"]]
    assert metabrief("--home", composed, "issues", "show", "1", "--language", "fr").code == 2


def test_why_accounts_for_every_article_collected(metabrief: Metabrief, composed: Path, press: Press) -> None:
    why = metabrief("--home", composed, "issues", "why", "latest", "--json").json
    inside = [article["url"] for item in why["items"] for article in item["articles"]]
    outside = [out["url"] for out in why["left_out"]]
    served = [press.article_url(article) for article in press.articles if article.day == 1]
    assert sorted(inside + outside) == sorted(served)
    assert all(item["why"] for item in why["items"])
    assert all(set(out) == {"title", "url", "why"} and out["why"] for out in why["left_out"])
    for item in why["items"]:
        assert all({"url", "source", "fetched_at", "digest"} == set(article) for article in item["articles"])


def test_list_has_the_newest_slot_first(metabrief: Metabrief, composed: Path) -> None:
    metabrief("--home", composed, "compose", "daily", "--slot", "2022-02-23")
    rows = metabrief("--home", composed, "issues", "list", "--json").json
    assert [row["slot"] for row in rows] == ["2022-02-23T06:00", "2022-02-22T06:00"]
    assert "2022-02-23T06:00" in metabrief("--home", composed, "issues", "list").out


def test_show_and_why_can_be_read_by_a_person(metabrief: Metabrief, composed: Path) -> None:
    issue = metabrief("--home", composed, "issues", "show", "latest", "--json").json
    shown = metabrief("--home", composed, "issues", "show", "latest").out
    assert all(item["headline"] in shown for item in issue["items"])
    assert "total 0 = 0 planned" in shown
    assert "off the beat" in metabrief("--home", composed, "issues", "why", "latest", "--all").out


def test_show_and_why_name_who_tells_an_item_in_another_language(
    metabrief: Metabrief, composed: Path
) -> None:
    items = metabrief("--home", composed, "issues", "show", "latest", "--json").json["items"]
    shown = metabrief("--home", composed, "issues", "show", "latest").out
    why = metabrief("--home", composed, "issues", "why", "latest").out
    told = [put for item in items for put in item["translations"]]
    assert told
    for put in told:
        language = "English" if put["language"] == "en" else "Chinese"
        assert f"by {put['outlet']}, {put['language']}: {put['headline']}" in shown
        assert f"in {language}: by {put['outlet']}" in why


def test_why_prints_the_formula_of_each_item_and_the_ten_best_left_out(
    metabrief: Metabrief, composed: Path
) -> None:
    record = metabrief("--home", composed, "issues", "why", "latest", "--json").json
    told = metabrief("--home", composed, "issues", "why", "latest").out
    assert len(record["items"]) == len(
        re.findall(r"^    0\.35 × relevance [\d.]+ .+ = [\d.]+$", told, re.MULTILINE)
    )
    assert re.findall(r"^\+ (.+)$", told, re.MULTILINE) == [item["headline"] for item in record["items"]]
    assert len(re.findall(r"^    section: \w+$", told, re.MULTILINE)) == len(record["items"])
    assert re.match(r"daily 2022-02-22T06:00, \w+.*; issue 1: .* on the beat → .* items\n", told)
    named = re.findall(r"^- (.+)$", told, re.MULTILINE)
    assert named == [out["title"] for out in record["left_out"][:10]]
    assert f"left out, the best first ({len(named)} of {len(record['left_out'])}):" in told


def test_why_names_but_the_best_left_out_unless_all_are_asked_for(
    metabrief: Metabrief, composed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.issues._BEST", 2)
    left_out = metabrief("--home", composed, "issues", "why", "1", "--json").json["left_out"]
    best = metabrief("--home", composed, "issues", "why", "1").out
    assert re.findall(r"^- (.+)$", best, re.MULTILINE) == [out["title"] for out in left_out[:2]]
    assert best.endswith("all of them: metabrief issues why 1 --all\n")
    whole = metabrief("--home", composed, "issues", "why", "1", "--all").out
    assert re.findall(r"^- (.+)$", whole, re.MULTILINE) == [out["title"] for out in left_out]


def test_an_issue_that_was_cancelled_is_not_sent(metabrief: Metabrief, composed: Path) -> None:
    assert metabrief("--home", composed, "issues", "cancel", "latest").code == 0
    assert metabrief("--home", composed, "issues", "approve", "latest").code == 1
    assert metabrief("--home", composed, "send", "latest").code == 1
    assert not (composed / "outbox").exists()


def test_holding_an_approved_issue_keeps_it_back(metabrief: Metabrief, composed: Path) -> None:
    assert metabrief("--home", composed, "issues", "hold", "latest").code == 0
    assert metabrief("--home", composed, "send", "latest").code == 3
    assert (
        metabrief("--home", composed, "issues", "show", "latest", "--json").json["hold_reason"] == "operator"
    )


def test_no_issue_yet_is_said(metabrief: Metabrief, home: Path) -> None:
    assert metabrief("--home", home, "issues", "list").code == 0
    ended = metabrief("--home", home, "issues", "show", "latest")
    assert ended.code == 1
    assert "there is no issue yet" in ended.err


def test_preview_writes_every_form(metabrief: Metabrief, composed: Path, tmp_path: Path) -> None:
    ended = metabrief("--home", composed, "preview", "--export", tmp_path / "preview")
    assert ended.code == 0
    names = {path.name for path in (tmp_path / "preview").iterdir()}
    stem = "daily-2022-02-22T0600"
    assert names == {
        f"{stem}.{v}.{form}" for v in ("en", "zh", "both") for form in ("html", "txt", "eml", "md")
    } | {f"{stem}.json"}
    assert "\ue000" not in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "preview").iterdir()
    )


def test_an_approved_issue_for_which_nothing_was_read_does_not_say_that_all_is_quiet(
    metabrief: Metabrief, tmp_path: Path
) -> None:
    home = newsroom(tmp_path / "newsroom", source("away", feed="http://127.0.0.1:9/feed"))
    metabrief("--home", home, "subscribers", "add", "ann@test.example", "--newsletter", "daily",
              "--consent", "agreed in the test")  # fmt: skip
    assert metabrief("--home", home, "run", "daily", "--slot", FIRST).code == 3
    approved = metabrief("--home", home, "issues", "approve", "1")
    assert approved.code == 0
    assert "it has no items" in approved.out
    assert metabrief("--home", home, "send", "1").code == 0
    (mail,) = (home / "outbox" / "new").iterdir()
    why = metabrief("--home", home, "issues", "why", "latest")
    assert (why.code, why.out) == (0, f"nothing was collected for issue 1 (daily {FIRST}T06:00)\n")
    told = message_from_bytes(mail.read_bytes(), _class=EmailMessage, policy=policy.default)
    for part in (str(told["Subject"]), *(part.get_content() for part in told.iter_parts())):
        assert "All quiet" not in part
        assert "othing new" not in part
        assert "Nothing was found" in part
