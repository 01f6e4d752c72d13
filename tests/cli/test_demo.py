"""The demo: the whole way, and every promise it shows."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.cli import main
from pipeline.demo.sample import load_press, newsroom_folder
from pipeline.demo.tour import MARK
from pipeline.starter import write_files
from tests.cli.conftest import Metabrief


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the demo into a folder that an earlier one filled, and return it."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    write_files(folder, {MARK: "", "mail/new/old": "To: an earlier demo\n"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["metabrief", "demo", "--keep", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 0
    return folder


def mails(folder: Path) -> list[EmailMessage]:
    return [
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        for path in (folder / "mail" / "new").iterdir()
    ]


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.iter_parts()
    return str(text.get_content()), str(html.get_content())


def test_four_readers_get_three_mails_each(kept: Path) -> None:
    readers = sorted(str(mail["Delivered-To"]) for mail in mails(kept))
    wanted = ["ada", "boran", "chunyu", "dora"]
    assert readers == sorted(f"{name}@readers.example" for name in wanted * 3)


def test_the_unconfirmed_and_the_one_who_left_have_no_row(metabrief: Metabrief, kept: Path) -> None:
    rows = metabrief("--home", kept, "issues", "list", "--json").json
    assert [(row["status"], row["deliveries"]["total"], row["deliveries"]["accepted"]) for row in rows] == [
        ("sent", 4, 4)
    ] * 3
    people = {
        row["email"]: row["status"] for row in metabrief("--home", kept, "subscribers", "list", "--json").json
    }
    assert people["emil@readers.example"] == "pending"
    assert people["fengwu@readers.example"] == "unsubscribed"


def test_the_press_of_the_demo_has_firms_whose_size_counts(metabrief: Metabrief, kept: Path) -> None:
    items = metabrief("--home", kept, "issues", "why", "latest", "--json").json["items"]
    assert any("largest in its headlines: “Lanternfish Optics”" in item["why"] for item in items)


def test_every_mail_carries_what_the_law_and_we_want(kept: Path) -> None:
    for mail in mails(kept):
        leave = str(mail["List-Unsubscribe"]).strip("<>")
        chinese = mail["Delivered-To"] == "chunyu@readers.example"
        for part in parts(mail):
            assert ("不构成投资建议" if chinese else "not investment advice") in part
            assert "12 Lantern Street" in part
            assert leave in part


def test_a_reader_of_both_gets_both_disclaimers(kept: Path) -> None:
    both = [mail for mail in mails(kept) if mail["Delivered-To"] == "dora@readers.example"]
    for mail in both:
        for part in parts(mail):
            assert "not investment advice" in part
            assert "不构成投资建议" in part


@pytest.mark.parametrize(
    "header",
    ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post",
     "List-Id", "List-Help", "List-Archive", "List-Owner", "Auto-Submitted", "Feedback-ID"],
)  # fmt: skip
def test_every_header_of_the_contract_stands_once(kept: Path, header: str) -> None:
    for mail in mails(kept):
        assert len(mail.get_all(header, [])) == 1
        assert mail["Precedence"] is None


def test_each_delivery_has_a_link_and_a_return_path_of_its_own(kept: Path) -> None:
    found = mails(kept)
    assert len({str(mail["Message-ID"]) for mail in found}) == 12
    assert len({str(mail["Return-Path"]) for mail in found}) == 12
    assert len({str(mail["List-Unsubscribe"]) for mail in found}) == 4


def test_every_link_leads_to_the_web(kept: Path) -> None:
    for mail in mails(kept):
        _, html = parts(mail)
        links = re.findall(r'href="([^"]*)"', html)
        assert links
        assert {urlsplit(link).scheme for link in links} == {"http"}


def test_a_later_day_tells_only_what_is_new(metabrief: Metabrief, kept: Path) -> None:
    rows = metabrief("--home", kept, "issues", "list", "--json").json
    told = [metabrief("--home", kept, "issues", "show", str(row["id"]), "--json").json for row in rows]
    urls = [source["url"] for issue in told for item in issue["items"] for source in item["sources"]]
    assert all(issue["items"] for issue in told)
    assert len(set(urls)) == len(urls)


def test_a_story_told_across_the_languages_is_one_item(metabrief: Metabrief, kept: Path) -> None:
    issue = metabrief("--home", kept, "issues", "show", "1", "--json").json
    outlets = [{source["name"] for source in item["sources"]} for item in issue["items"]]
    assert any({"The Harbour Ledger", "江畔观察"} <= names for names in outlets)


def test_every_site_that_may_be_read_is_cited(metabrief: Metabrief, kept: Path) -> None:
    issues = [metabrief("--home", kept, "issues", "show", str(n), "--json").json for n in (1, 2, 3)]
    cited = {source["name"] for issue in issues for item in issue["items"] for source in item["sources"]}
    sites = {site.name for site in load_press(newsroom_folder()).sites}
    assert cited == sites - {"Null Tribune", "The Closed Shutter"}


def test_each_issue_is_kept_as_a_page(kept: Path) -> None:
    pages = sorted(path.name for path in (kept / "preview").glob("*.en.html"))
    assert pages == [f"daily-2022-02-{day}T0600.en.html" for day in (22, 23, 24)]
    assert "<html" in (kept / "preview" / pages[0]).read_text(encoding="utf-8")


def test_it_says_what_it_does_and_ends_with_the_sum_in_half_a_minute(metabrief: Metabrief) -> None:
    began = time.monotonic()
    ended = metabrief("demo")
    assert time.monotonic() - began < 30
    assert ended.code == 0
    assert re.search("Null Tribune +failed: HTTP 500", ended.out)
    assert re.search("The Closed Shutter +failed: forbidden by robots.txt", ended.out)
    assert "entries in feeds and lists" in ended.out
    assert "total = planned + accepted + deferred + rejected + uncertain + suppressed + expired" in ended.out
    assert ended.out.index("on the beat") < ended.out.index("items in the issue")
    assert "nothing was kept" in ended.out
