"""A checkup is judged by the kind of its failure, whatever the reason's words."""

from __future__ import annotations

import pytest

from pipeline.errors import ExtractionError, FetchError, FetchKind
from pipeline.jobs.check import Checkup, FailedPage
from pipeline.model import Entry, Source

HOME = "https://harbour.example/"
SOURCE = Source(key="harbour", name="Harbour", home=HOME, language="en", feed=f"{HOME}feed")
ENTRY = Entry(source="harbour", url=f"{HOME}hall", title="Lantern Hall")


@pytest.mark.parametrize(
    ("kind", "robots", "advice"),
    [
        (FetchKind.FORBIDDEN, "forbidden", "ask the site for leave"),
        (FetchKind.ROBOTS_UNREAD, "unreadable", "try again later"),
        (FetchKind.GONE, "allowed", f"look for the new one on {HOME}"),
        (FetchKind.BUSY, "allowed", "try again tomorrow"),
        (FetchKind.REFUSED, "allowed", "the site refuses us"),
        (FetchKind.TROUBLED, "allowed", "in trouble: try again later"),
        (FetchKind.SLOW, "allowed", "slow: try again later"),
        (FetchKind.NO_NAME, None, "how the host is spelt"),
        (FetchKind.NO_ROUTE, None, "this machine is on the network"),
        (FetchKind.PRIVATE, None, "[fetch] allow_private"),
        (FetchKind.UNTRUSTED, None, "its certificate"),
        (FetchKind.NO_ANSWER, None, "does not answer: try again later"),
    ],
)
def test_each_kind_says_what_was_reached_and_what_to_do(
    kind: FetchKind, robots: str | None, advice: str
) -> None:
    checkup = Checkup(source=SOURCE, error=FetchError(SOURCE.address, "HTTP 404", kind=kind))
    assert (checkup.is_reached, checkup.robots) == (robots is not None, robots)
    assert advice in (checkup.advice or "")
    assert checkup.trouble == "HTTP 404"


@pytest.mark.parametrize("error", [FetchError(HOME, "no text but x"), ExtractionError(f"{HOME}: no feed")])
def test_where_the_reason_says_it_all_there_is_no_advice(error: FetchError | ExtractionError) -> None:
    checkup = Checkup(source=SOURCE, error=error)
    assert (checkup.is_reached, checkup.robots, checkup.advice) == (True, "allowed", None)


def test_an_article_that_fails_leaves_its_site_reached() -> None:
    error = FetchError(ENTRY.url, "name does not resolve", kind=FetchKind.NO_NAME)
    checkup = Checkup(source=SOURCE, entries=(ENTRY,), failed=(FailedPage(entry=ENTRY, error=error),))
    assert (checkup.is_listed, checkup.is_fine, checkup.is_reached) == (True, False, True)
    assert (checkup.verdict, checkup.robots) == ("reads", "allowed")
    assert checkup.trouble == f"pages failed: 1 of 1 ({ENTRY.url}: name does not resolve)"
    assert "how the host is spelt" in (checkup.advice or "")


def test_an_article_that_is_gone_says_nothing_of_where_its_list_is() -> None:
    error = FetchError(ENTRY.url, "HTTP 404", kind=FetchKind.GONE)
    checkup = Checkup(source=SOURCE, entries=(ENTRY,), failed=(FailedPage(entry=ENTRY, error=error),))
    assert checkup.advice is None
