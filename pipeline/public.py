"""The pages that anyone may see: the readers' own door, how to subscribe, and what has been sent."""

from __future__ import annotations

import hashlib
import hmac

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse

from pipeline.app import Newsroom
from pipeline.doorway import NEWSROOM_HEADER
from pipeline.errors import StoreError
from pipeline.jobs.fill import sample_content
from pipeline.model import IssueStatus
from pipeline.store import issues
from subscribers.web import Door, reader_app


def public_app(newsroom: Newsroom) -> FastAPI:
    """Return the public pages of a newsroom: /leave, /preferences, /subscribe, /archive and /healthz."""
    app = reader_app(_door(newsroom))

    @app.get("/subscribe")
    def subscribe() -> Response:
        titles = [newsletter.title for newsletter in newsroom.settings.newsletter]
        return _page(
            newsroom, "web/subscribe.html.j2", titles=titles, contact=newsroom.settings.publisher.contact
        )

    @app.get("/archive")
    def archive() -> Response:
        return _page(newsroom, "web/archive.html.j2", issues=_sent(newsroom))

    @app.get("/archive/{newsletter}/{slot}/{language}")
    def archived(newsletter: str, slot: str, language: str) -> Response:
        found = _find(newsroom, newsletter, slot, language)
        return found or _page(newsroom, "web/leave.html.j2", reader=None, state="unknown", status=404)

    name = {NEWSROOM_HEADER: newsroom_name(newsroom)}

    @app.get("/healthz")
    def healthz() -> Response:
        try:
            with newsroom.database.read() as connection:
                issues.latest_id(connection)
        except StoreError:
            return HTMLResponse("the database is away", status_code=503, headers=name)
        return HTMLResponse("ok", headers=name)

    return app


def newsroom_name(newsroom: Newsroom) -> str:
    """Return a name that says nothing to strangers: two servers have it in common when they serve one newsroom."""
    return hmac.new(newsroom.return_path_key, b"newsroom", hashlib.sha256).hexdigest()[:32]


def _door(newsroom: Newsroom) -> Door:
    return Door(
        read=newsroom.database.read,
        write=newsroom.database.write,
        render=newsroom.templates.render,
        clock=newsroom.clock,
        suppression_key=newsroom.suppression_key,
        publisher=newsroom.settings.publisher.name,
    )


def _page(newsroom: Newsroom, name: str, *, status: int = 200, **context: object) -> Response:
    settings = newsroom.settings.publisher
    html = newsroom.templates.render(name, publisher=settings.name, language=settings.language, **context)
    return HTMLResponse(html, status_code=status)


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
