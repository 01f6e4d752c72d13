"""The pages that anyone may see: the readers' own door, how to subscribe, and what has been sent."""

from __future__ import annotations

import hashlib
import hmac
import logging

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.doorway import NEWSROOM_HEADER
from pipeline.errors import MetabriefError, StoreError
from pipeline.jobs.elsewhere import Elsewhere
from pipeline.jobs.fill import sample_content
from pipeline.model import IssueStatus
from pipeline.store import issues
from pipeline.store.letters import Letters
from subscribers.limits import Limits, Rates
from subscribers.links import Links
from subscribers.metrics import Counters
from subscribers.web import Door, Offered, away, page, reader_app

_LOOKS = ["GET", "HEAD"]


def public_app(newsroom: Newsroom, counters: Counters | None = None) -> FastAPI:
    """Return the public pages of a newsroom: its readers' own, /archive and /healthz."""
    door = _door(newsroom, counters or Counters())
    app = reader_app(door)
    app.add_exception_handler(MetabriefError, _away)

    @app.api_route("/archive", methods=_LOOKS)
    def archive(request: Request) -> Response:
        return page(door, request, "archive", issues=_sent(newsroom))

    @app.api_route("/archive/{newsletter}/{slot}/{language}", methods=_LOOKS)
    def archived(newsletter: str, slot: str, language: str) -> Response:
        found = _find(newsroom, newsletter, slot, language)
        if found is None:
            raise HTTPException(404)
        return found

    name = {NEWSROOM_HEADER: newsroom_name(newsroom)}

    @app.api_route("/healthz", methods=_LOOKS)
    def healthz() -> Response:
        try:
            with newsroom.database.read() as connection:
                issues.latest_id(connection)
        except StoreError:
            return HTMLResponse("the database is away", status_code=503, headers=name)
        return HTMLResponse("ok", headers=name)

    return app


def counters_app(counters: Counters) -> FastAPI:
    """Return the page that Prometheus reads: /metrics."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(counters.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return app


def newsroom_name(newsroom: Newsroom) -> str:
    """Return a name that says nothing to strangers: two servers have it in common when they serve one newsroom."""
    return hmac.new(newsroom.return_path_key, b"newsroom", hashlib.sha256).hexdigest()[:32]


def _door(newsroom: Newsroom, counters: Counters) -> Door:
    settings = newsroom.settings
    return Door(
        read=newsroom.database.read,
        write=newsroom.database.write,
        render=newsroom.templates.render,
        clock=newsroom.clock,
        suppression_key=newsroom.suppression_key,
        publisher=settings.publisher.name,
        language=settings.publisher.language,
        contact=settings.publisher.contact,
        newsletters=tuple(_offered(newsletter) for newsletter in settings.newsletter),
        links=Links(newsroom.link_keys, clock=newsroom.clock),
        mailer=Letters(),
        elsewhere=Elsewhere(newsroom),
        limits=Limits(Rates(per_network=settings.signup.per_network, in_all=settings.signup.in_all)),
        counters=counters,
    )


def _offered(newsletter: Newsletter) -> Offered:
    return Offered(
        key=newsletter.key,
        title=newsletter.title,
        rhythm=newsletter.period,
        languages=newsletter.variants,
        timezone=newsletter.timezone,
    )


def _away(_request: Request, error: Exception) -> Response:
    """Answer while the database or a key is away; the operator gets the reason on standard error."""
    logging.getLogger(__name__).error("the pages cannot answer: %s", error)
    return away(503)


def _sent(newsroom: Newsroom) -> list[dict[str, object]]:
    """Return what the archive lists, the newest first."""
    titles = {newsletter.key: newsletter.title for newsletter in newsroom.settings.newsletter}
    with newsroom.database.read() as connection:
        sent = issues.in_states(connection, (IssueStatus.SENT,))
        subjects = issues.subjects(connection)
    return [
        {
            "newsletter": issue.newsletter,
            "title": titles[issue.newsletter],
            "slot": issue.slot.wall,
            "subjects": {
                key: subject for key, subject in subjects.get(issue.id, {}).items() if key != "both"
            },
        }
        for issue in reversed(sent)
        if issue.newsletter in titles
    ]


def _find(newsroom: Newsroom, key: str, slot: str, language: str) -> Response | None:
    """Return a sent issue's page as a reader without name got it."""
    newsletter = next((each for each in newsroom.settings.newsletter if each.key == key), None)
    with newsroom.database.read() as connection:
        issue = issues.find(connection, key, slot)
        is_sent = issue is not None and issue.status is IssueStatus.SENT
        variants = issues.variants(connection, issue.id) if issue and is_sent else ()
    chosen = next((each for each in variants if each.language == language), None)
    if newsletter is None or chosen is None:
        return None
    return HTMLResponse(sample_content(newsroom, newsletter, chosen).html)
