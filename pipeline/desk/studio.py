"""The preview's pages. They only show: a GET changes nothing, and nothing else is answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.ledger import tally
from pipeline.desk import view
from pipeline.errors import MetabriefError, TemplateError
from pipeline.jobs.fill import Filled, fill_to_show, letterset, own_first
from pipeline.jobs.plan import audience_size
from pipeline.jobs.proof import proofread
from pipeline.jobs.record import reasons_record
from pipeline.model import Issue, Variant
from pipeline.render.links import web_link
from pipeline.store import deliveries, issues, readers
from subscribers.preferences import parse_name

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ISSUES_A_PAGE = 50
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MAIL_HEADERS = {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
}
"""A mail's own rules: no script, no form, no way to the page around it; links open a page of their own, and a
newsroom's logo shows as it will."""


class AbsentError(MetabriefError):
    """Nothing is to be shown at that address."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The mail on the page: a variant filled, and the reader it is filled for, if any."""

    newsletter: Newsletter
    variants: tuple[Variant, ...]
    variant: Variant
    filled: Filled
    reader: readers.Reader | None
    delivery: readers.Delivery | None


def studio_app(newsroom: Newsroom, *, hosts: Collection[str] = ()) -> FastAPI:
    """Return the pages that show a newsroom's issues; only requests to loopback names or ``hosts`` are answered."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    # a site that points its own name at 127.0.0.1 must not read readers' addresses here
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *hosts], www_redirect=False)

    @app.middleware("http")
    async def guard(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    _add_errors(app, newsroom)
    _add_pages(app, newsroom)
    return app


def _add_pages(app: FastAPI, newsroom: Newsroom) -> None:
    @app.get("/")
    def listed(page: str = "") -> Response:
        return _list_page(newsroom, page=view.read_number(page) or 1)

    @app.get("/issues/{number}")
    def shown(number: str, request: Request) -> Response:
        return _issue_page(newsroom, _issue(newsroom, number), view.read_look(request.query_params))

    @app.get("/issues/{number}/mail")
    def mail(number: str, request: Request) -> Response:
        return _mail(newsroom, _issue(newsroom, number), view.read_look(request.query_params))

    @app.get("/issues/{number}/readers")
    def readers_of(number: str, request: Request) -> Response:
        return _readers_page(newsroom, _issue(newsroom, number), request.query_params)

    @app.get("/issues/{number}/why")
    def why(number: str) -> Response:
        return _why_page(newsroom, _issue(newsroom, number))


def _add_errors(app: FastAPI, newsroom: Newsroom) -> None:
    @app.exception_handler(HTTPException)
    def refused(_request: Request, error: HTTPException) -> Response:
        message = "these pages only show, and change nothing"
        if error.status_code == 404:
            message = "there is no such page"
        return _problem(newsroom, message, status=error.status_code)

    @app.exception_handler(MetabriefError)
    def failed(_request: Request, error: MetabriefError) -> Response:
        return _problem(newsroom, str(error), status=404 if isinstance(error, AbsentError) else 500)


def _problem(newsroom: Newsroom, message: str, *, status: int) -> Response:
    try:
        return _page(newsroom, "desk/problem.html.j2", status=status, message=message)
    except TemplateError as error:  # the newsroom's own file of that name, perhaps
        return PlainTextResponse(f"{message}\n{error}", status_code=status)


def _page(newsroom: Newsroom, name: str, *, status: int = 200, **context: object) -> Response:
    publisher = newsroom.settings.publisher.name
    html = newsroom.templates.render(name, publisher=publisher, languages=view.LANGUAGES, **context)
    return HTMLResponse(html, status_code=status)


def _issue(newsroom: Newsroom, number: str) -> Issue:
    with newsroom.database.read() as connection:
        issue_id = issues.latest_id(connection) if number == "latest" else view.read_number(number)
        issue = issues.load(connection, issue_id) if issue_id is not None else None
    if issue is None:
        raise AbsentError(f"there is no issue {number[:40]}")
    return issue


def _list_page(newsroom: Newsroom, *, page: int) -> Response:
    start = (page - 1) * ISSUES_A_PAGE
    with newsroom.database.read() as connection:
        found = issues.listing(connection, limit=ISSUES_A_PAGE + 1, offset=start)
        shown = found[:ISSUES_A_PAGE]
        subjects = issues.subjects(connection, [issue.id for issue in shown if issue.id is not None])
    return _page(
        newsroom,
        "desk/issues.html.j2",
        issues=shown,
        subjects=subjects,
        titles=_titles(newsroom),
        slot_words=view.slot_words,
        page=page,
        has_more=len(found) > ISSUES_A_PAGE,
    )


def _issue_page(newsroom: Newsroom, issue: Issue, look: view.Look) -> Response:
    shown = _shown(newsroom, issue, look)
    with newsroom.database.read() as connection:
        counted = tally(deliveries.counts(connection, issue.id))
    return _page(
        newsroom,
        "desk/issue.html.j2",
        issue=issue,
        slot=view.slot_words(issue.slot),
        look=look,
        switches=view.SWITCHES,
        shown=shown,
        facts=shown.reader
        and view.reader_facts(shown.reader, shown.delivery, newsletter=shown.newsletter, slot=issue.slot),
        size=view.size(shown.filled.content.html),
        problems=proofread(newsroom, shown.newsletter, shown.variant),
        steps=view.steps(issue),
        counted=counted,
    )


def _mail(newsroom: Newsroom, issue: Issue, look: view.Look) -> Response:
    """Return the mail alone, for the frame; its links open pages of their own instead of taking the frame's place."""
    shown = _shown(newsroom, issue, look)
    html = shown.filled.content.html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(html, headers=MAIL_HEADERS)


def _readers_page(newsroom: Newsroom, issue: Issue, query: Mapping[str, str]) -> Response:
    newsletter = newsroom.settings.find_newsletter(issue.newsletter)
    search = parse_name(query.get("search", ""))
    after = view.read_number(query.get("after", "")) or 0
    with newsroom.database.read() as connection:
        found = readers.find_readers(connection, newsletter.key, search=search, after=after)
        accepted = tally(deliveries.counts(connection, issue.id)).accepted
    return _page(
        newsroom,
        "desk/readers.html.j2",
        issue=issue,
        title=newsletter.title,
        slot=view.slot_words(issue.slot),
        look=view.read_look(query),
        found=found,
        search=search,
        after=after,
        number=audience_size(newsroom, newsletter),
        accepted=accepted,
    )


def _why_page(newsroom: Newsroom, issue: Issue) -> Response:
    return _page(
        newsroom,
        "desk/why.html.j2",
        issue=issue,
        title=_titles(newsroom).get(issue.newsletter, issue.newsletter),
        slot=view.slot_words(issue.slot),
        reasons=reasons_record(issue),
        link=lambda url: web_link(url, newsroom.settings.fetch.allow_private),
    )


def _shown(newsroom: Newsroom, issue: Issue, look: view.Look) -> Shown:
    """Fill the variant that is looked at, or the one its reader gets. Raises ``AbsentError``."""
    newsletter = newsroom.settings.find_newsletter(issue.newsletter)
    variants = own_first(newsletter, issue.variants)
    if not variants:
        raise AbsentError(f"issue {issue.id} is set in no language; cancel it, and compose its slot anew")
    reader, delivery = _reader(newsroom, issue, look.reader) if look.reader is not None else (None, None)
    by_language = {variant.language: variant for variant in variants}
    language = view.language_of(reader, delivery, languages=tuple(by_language)) if reader else look.language
    variant = by_language.get(language, variants[0])
    filled = fill_to_show(letterset(newsroom, newsletter, variant), name=reader.name if reader else "")
    return Shown(
        newsletter=newsletter,
        variants=variants,
        variant=variant,
        filled=filled,
        reader=reader,
        delivery=delivery,
    )


def _reader(
    newsroom: Newsroom, issue: Issue, reader_id: int
) -> tuple[readers.Reader, readers.Delivery | None]:
    with newsroom.database.read() as connection:
        reader = readers.find_reader(connection, issue.newsletter, reader_id)
        delivery = readers.find_delivery(connection, issue.id, reader_id)
    if reader is None:
        raise AbsentError(f"reader {reader_id} does not get {issue.newsletter!r}, or no longer")
    return reader, delivery


def _titles(newsroom: Newsroom) -> dict[str, str]:
    return {newsletter.key: newsletter.title for newsletter in newsroom.settings.newsletter}
