"""The preview's pages, over real HTTP: what they show, and that they only show."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom, open_newsroom
from pipeline.desk.studio import studio_app
from pipeline.doorway import bound_socket, serving
from pipeline.jobs.letterhead import masthead
from pipeline.jobs.plan import plan
from pipeline.model import HoldReason, Issue, IssueStatus, Item, LeftOut, Slot, TransportKind, Variant
from pipeline.render.variant import render
from pipeline.store import drafts, issues
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.schema import subscribers
from tests.cli.conftest import SETTINGS
from tests.contracts.people import NOW, SLOT, sign_up
from tests.render.samples import CHINESE, ENGLISH

HOSTILE = '</title></iframe><script>alert(1)</script><img src=x onerror="alert(2)">'
TRAP = Item(
    headline=HOSTILE,
    summary=f"It said {HOSTILE}.",
    language="en",
    section="other",
    sources=ENGLISH.sources,
    why=(f"said {HOSTILE}",),
)
OUT = (
    LeftOut(title=HOSTILE, url="javascript:alert(3)", why=f"off the beat: {HOSTILE}"),
    LeftOut(title="", url="https://harbour.example/left", why="told before"),
)
NEXT_DAY = Slot(wall="2022-02-23T06:00", instant=SLOT.instant.replace(day=22))
PAGES = (
    "/",
    "/?page=2",
    "/issues/1",
    "/issues/latest",
    "/issues/1?language=zh&form=text&width=phone&light=dark",
    "/issues/1?reader=1",
    "/issues/1?reader=2&form=text",
    "/issues/1/mail?",
    "/issues/1/mail?language=both",
    "/issues/1/mail?reader=2",
    "/issues/1/readers",
    "/issues/1/readers?search=ann&after=1",
    "/issues/1/why",
    "/issues/2",
)


@dataclass(frozen=True, kw_only=True)
class Studio:
    """The pages of a newsroom with two issues and three readers: Ann (en), 梅 (zh) and one without a name (both)."""

    newsroom: Newsroom
    client: httpx.Client

    def page(self, path: str, *, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status
        return answer.text

    def dump(self) -> list[str]:
        """Return the whole database as statements."""
        with sqlite3.connect(self.newsroom.home / "data" / "metabrief.db") as connection:
            return list(connection.iterdump())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    home = tmp_path_factory.mktemp("newsroom")
    (home / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    bound = bound_socket()
    base = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with open_newsroom(home, clock=lambda: NOW) as newsroom:
        _invite(newsroom)
        _keep(newsroom, _written(newsroom))
        _keep(newsroom, _spoilt())
        with (
            serving(studio_app(newsroom, hosts=("desk.example",)), bound),
            httpx.Client(base_url=base, trust_env=False) as client,
        ):
            yield Studio(newsroom=newsroom, client=client)


def _invite(newsroom: Newsroom) -> None:
    people = (
        replace(sign_up("ann@a.example", timezone="Europe/Berlin", send_at="07:30"), name="Ann"),
        replace(sign_up("mei@b.example", language="zh"), name="梅"),
        sign_up("c@c.example", language="both"),
    )
    with newsroom.database.write() as connection:
        for person in people:
            store.add(
                connection,
                person,
                claim="agreed",
                suppression_key=newsroom.suppression_key,
                mailer=Letters(),
                now=NOW,
            )


def _keep(newsroom: Newsroom, issue: Issue) -> None:
    with newsroom.database.write() as connection:
        drafts.keep(connection, issue, release_at=None, now=NOW)


def _written(newsroom: Newsroom) -> Issue:
    """Return an issue as composing makes it, which waits for the editor."""
    newsletter = newsroom.settings.newsletter[0]
    issue = Issue(
        newsletter="daily",
        slot=SLOT,
        status=IssueStatus.HELD,
        hold_reason=HoldReason.APPROVAL,
        hold_detail="an editor approves each issue",
        transport=TransportKind.OUTBOX,
        items=(ENGLISH, CHINESE, TRAP),
        left_out=OUT,
    )
    variants = (
        render(
            issue,
            language=language,
            masthead=masthead(newsroom, newsletter, language),
            templates=newsroom.templates,
        )
        for language in newsletter.variants
    )
    return replace(issue, variants=tuple(variants))


def _spoilt() -> Issue:
    """Return an issue that lint holds, set in Chinese alone."""
    bare = Variant(language="zh", subject="次日", preview="p", html="<p>无</p>", text="无")
    return Issue(
        newsletter="daily",
        slot=NEXT_DAY,
        status=IssueStatus.HELD,
        hold_reason=HoldReason.LINT,
        transport=TransportKind.OUTBOX,
        variants=(bare,),
    )


@pytest.fixture(scope="module")
def answers(studio: Studio) -> dict[str, httpx.Response]:
    """Return what each page answers."""
    return {path: studio.client.get(path) for path in PAGES}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers(answers: dict[str, httpx.Response], path: str) -> None:
    assert answers[path].status_code == 200
    assert "</html>" in answers[path].text


def test_the_pages_lead_only_to_pages_that_are_there(
    studio: Studio, answers: dict[str, httpx.Response]
) -> None:
    linked = {
        link for answer in answers.values() for link in re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)
    }
    assert {"/", "/issues/latest", "/issues/1/readers?", "/issues/1/why", "/issues/1/mail?"} <= linked
    for link in linked:
        studio.page(unescape(link))


def test_the_list_has_the_newest_slot_first_with_status_and_reason(studio: Studio) -> None:
    listed = studio.page("/")
    assert listed.index("Wed 23 Feb 2022, 06:00") < listed.index("Tue 22 Feb 2022, 06:00")
    assert "held · lint" in listed
    assert "held · approval" in listed
    assert "Test Daily" in listed


def test_an_issue_shows_its_subjects_its_state_its_size_and_what_to_type(studio: Studio) -> None:
    shown = unescape(studio.page("/issues/1"))
    with studio.newsroom.database.read() as connection:
        variants = issues.variants(connection, 1)
    assert len(variants) == 3
    assert all(variant.subject in shown for variant in variants)
    for words in (
        "held · approval",
        "an editor approves",
        "metabrief issues approve 1",
        "KB of HTML",
        "total",
    ):
        assert words in shown
    assert "3 items, 2 articles left out" in shown


def test_lints_errors_are_shown_for_the_variant(studio: Studio) -> None:
    assert "no link by which a reader leaves" in studio.page("/issues/2")
    assert "metabrief run daily --slot 2022-02-23T06:00" in studio.page("/issues/2")
    assert "no link by which a reader leaves" not in studio.page("/issues/1")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Hello,"), ("zh", "您好"), ("both", "自行研究"), ("fr", "Hello,")]
)
def test_the_mail_is_shown_in_each_variant_as_html_and_as_text(
    studio: Studio, language: str, words: str
) -> None:
    assert words in studio.page(f"/issues/1/mail?language={language}")
    text = studio.page(f"/issues/1?language={language}&form=text")
    assert words in text
    assert "<iframe" not in text
    assert f'src="/issues/1/mail?language={language}"' in studio.page(f"/issues/1?language={language}")


def test_a_mail_is_framed_at_the_width_asked_for(studio: Studio) -> None:
    assert 'class="mail desktop auto"' in studio.page("/issues/1")
    assert 'class="mail phone dark"' in studio.page("/issues/1?width=phone&light=dark")


@pytest.mark.parametrize(
    ("reader", "greeting", "due"),
    [
        pytest.param(1, "Hello Ann,", "Tue 22 Feb 2022, 07:30", id="English in Berlin"),
        pytest.param(2, "梅，您好", "Tue 22 Feb 2022, 06:00", id="Chinese in Shanghai"),
        pytest.param(3, "Hello,", "Tue 22 Feb 2022, 06:00", id="both, without a name"),
    ],
)
def test_each_reader_sees_a_mail_of_their_own(studio: Studio, reader: int, greeting: str, due: str) -> None:
    shown = studio.page(f"/issues/1?reader={reader}")
    assert greeting in shown
    assert due in shown
    assert "none planned yet" in shown
    assert "lead to the general leave page" in " ".join(shown.split())
    mail = studio.page(f"/issues/1/mail?reader={reader}")
    assert greeting in mail
    assert ("不构成投资建议" in mail) == (reader != 1)
    assert ("not investment advice" in mail) == (reader != 2)


def test_a_reader_gets_what_was_planned_for_them_once_it_was(tmp_path: Path) -> None:
    (tmp_path / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    with open_newsroom(tmp_path, clock=lambda: NOW) as newsroom:
        _invite(newsroom)
        written = replace(_written(newsroom), status=IssueStatus.APPROVED, hold_reason=None)
        _keep(newsroom, written)
        plan(newsroom, newsroom.settings.newsletter[0], replace(written, id=1))
        with newsroom.database.write() as connection:
            connection.execute(subscribers.update().values(language="zh", send_at="09:00"))
        bound = bound_socket()
        address = f"http://127.0.0.1:{bound.getsockname()[1]}/issues/1?reader=1"
        with serving(studio_app(newsroom), bound):
            shown = httpx.get(address, trust_env=False).text
    assert "Hello Ann," in shown
    assert "Tue 22 Feb 2022, 07:30" in shown
    assert "none planned yet" not in shown


def test_no_page_holds_a_token_of_anyone(studio: Studio, answers: dict[str, httpx.Response]) -> None:
    with studio.newsroom.database.read() as connection:
        rows = connection.execute(sa.select(subscribers.c.token, subscribers.c.token_hash)).all()
    secrets = [secret for row in rows for secret in row]
    assert len(secrets) == 6
    for answer in answers.values():
        assert not [secret for secret in secrets if secret in answer.text]
        assert "/leave/" not in answer.text
        assert "/preferences/" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_title_is_text_on_every_page(answers: dict[str, httpx.Response], path: str) -> None:
    page = answers[path].text
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page


def test_why_shows_what_is_in_and_what_is_not(studio: Studio) -> None:
    shown = unescape(studio.page("/issues/1/why"))
    for words in (ENGLISH.headline, HOSTILE, "off the beat", "told before", "https://harbour.example/left"):
        assert words in shown
    assert 'target="_blank" rel="noopener noreferrer"' in shown


def test_readers_are_found_by_search(studio: Studio) -> None:
    assert "mei@b.example" in studio.page("/issues/1/readers")
    found = studio.page("/issues/1/readers?search=ANN@")
    assert "ann@a.example" in found
    assert "mei@b.example" not in found
    assert "Nobody" in studio.page("/issues/1/readers?search=%00%3Cscript%3E")


def test_an_issue_that_was_sent_is_said_to_have_been_got(studio: Studio) -> None:
    assert "3 get it now" in studio.page("/issues/1/readers")
    with studio.newsroom.database.write() as connection:
        issues.set_status(connection, 2, status=IssueStatus.SENT)
    assert "0 got it in the outbox" in studio.page("/issues/2/readers")
    with studio.newsroom.database.write() as connection:
        issues.set_status(connection, 2, status=IssueStatus.HELD, hold_reason=HoldReason.LINT)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_but_ourselves_may_run_load_or_frame(answers: dict[str, httpx.Response], path: str) -> None:
    headers = answers[path].headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_mail_is_sandboxed_by_its_frame_and_by_itself(studio: Studio) -> None:
    policy = studio.client.get("/issues/1/mail").headers["Content-Security-Policy"]
    frame = re.search(r'<iframe[^>]* sandbox="([^"]*)"', studio.page("/issues/1"))
    assert frame is not None
    assert policy.startswith(f"sandbox {frame[1]};")
    assert not {"allow-scripts", "allow-same-origin", "allow-top-navigation", "allow-forms"} & set(
        frame[1].split()
    )
    assert '<base target="_blank">' in studio.page("/issues/1/mail")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""])
def test_another_host_is_refused(studio: Studio, host: str) -> None:
    answer = studio.client.get("/issues/1/readers", headers={"Host": host})
    assert answer.status_code == 400
    assert "ann@" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8081", "desk.example"])
def test_our_own_hosts_are_answered(studio: Studio, host: str) -> None:
    assert studio.client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_but_looking_is_answered(studio: Studio, method: str) -> None:
    answer = studio.client.request(method, "/issues/1", data={"status": "approved"})
    assert answer.status_code == 405
    assert "only show" in answer.text


def test_looking_changes_nothing(studio: Studio) -> None:
    before = studio.dump()
    for path in PAGES:
        studio.page(path)
    studio.client.post("/issues/1")
    assert studio.dump() == before


@pytest.mark.parametrize(
    "path",
    [
        "/issues/3",
        "/issues/0",
        "/issues/-1",
        "/issues/%3Cscript%3E",
        "/issues/99999999999999999999999",
        "/issues/3/mail",
        "/issues/3/readers",
        "/issues/1?reader=99",
        "/issues/1/mail?reader=99",
        "/issues/1/nothing",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_said_on_one_page(studio: Studio, path: str) -> None:
    page = studio.page(path, status=404)
    assert "Nothing to show here" in page
    assert "<script" not in page


def test_an_issue_of_a_newsletter_that_is_no_more_is_explained(tmp_path: Path, studio: Studio) -> None:
    settings = studio.newsroom.settings
    renamed = settings.newsletter[0].model_copy(update={"key": "other"})
    newsroom = replace(studio.newsroom, settings=settings.model_copy(update={"newsletter": (renamed,)}))
    bound = bound_socket()
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with (
        serving(studio_app(newsroom), bound),
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        assert client.get("/").status_code == 200
        answer = client.get("/issues/1")
    assert answer.status_code == 500
    assert "no newsletter &#39;daily&#39;" in answer.text
