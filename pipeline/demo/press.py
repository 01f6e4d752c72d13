"""The sample press as it is read: one small server a site, over real HTTP on loopback.

    serve(sites, articles) → Press: each site on its own address
    sources_toml(press)    → the newsroom's sources.toml for the servers that run

``sites/<site>/*.j2`` are that site's pages. A new form of list is a line in ``sample.KINDS``.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.demo.sample import HTML, KINDS, SampleArticle, Site
from pipeline.errors import MetabriefError
from pipeline.starter import toml_string

RELATED = 4


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a site answers to one request."""

    body: bytes
    content_type: str = HTML
    status: int = 200

    @property
    def etag(self) -> str:
        """Return a strong entity tag of the body (RFC 9110, 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def answer(site: Site, articles: Sequence[SampleArticle], *, path: str, base: str) -> Reply:
    """Return what ``site`` answers for ``path``; ``articles`` are those it has published, newest first."""
    if site.status != 200:
        return _failure(404 if path == "/robots.txt" else site.status)
    if path == "/robots.txt":
        return Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain; charset=utf-8")
    kind = KINDS[site.kind]
    render = partial(_render, site, articles, base=base)
    if path == site.index:
        return Reply(body=render(kind.template), content_type=kind.media_type)
    if path == "/":
        return Reply(body=render("listing.html.j2"))
    found = next((article for article in articles if site.path(article) == path), None)
    return Reply(body=render("article.html.j2", article=found)) if found else _failure(404)


def _failure(status: int) -> Reply:
    return Reply(status=status, body=f"<!doctype html><title>{status}</title><h1>{status}</h1>\n".encode())


def _render(
    site: Site,
    articles: Sequence[SampleArticle],
    name: str,
    *,
    base: str,
    article: SampleArticle | None = None,
) -> bytes:
    template = _environment(site.templates).get_template(name)
    related = [other for other in articles if other is not article][:RELATED]
    page = template.render(
        site=site,
        base=base,
        articles=articles,
        article=article,
        related=related,
        path=site.path,
        url=lambda target: base + site.path(target),
    )
    return page.encode()


@cache
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


class Press:
    """The running press; set ``day`` to let another day's articles appear."""

    def __init__(self, *, sites: Sequence[Site], articles: Sequence[SampleArticle], day: int) -> None:
        self.sites = tuple(sites)
        self.articles = tuple(articles)
        self.day = day
        self._bases: dict[str, str] = {}

    def url(self, key: str, path: str = "") -> str:
        """Return the address of the site ``key``, without a slash at its end, followed by ``path``."""
        return self._bases[key] + path

    def article_url(self, article: SampleArticle) -> str:
        """Return the address at which ``article`` is, or will be, out."""
        site = next(site for site in self.sites if site.key == article.site)
        return self.url(site.key, site.path(article))

    def published(self, key: str) -> list[SampleArticle]:
        """Return what the site ``key`` has out on the current day, newest first."""
        out = [article for article in self.articles if article.site == key and article.day <= self.day]
        return sorted(out, key=lambda article: article.published, reverse=True)

    def opened(self, key: str, base: str) -> None:
        """Note that the site ``key`` answers at ``base``."""
        self._bases[key] = base


class _SiteServer(ThreadingHTTPServer):
    def __init__(self, press: Press, site: Site, port: int) -> None:
        self.press, self.site = press, site
        super().__init__((site.address, port), _Handler)
        self.base = f"http://{site.address}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without the look-up of a host name that ``HTTPServer`` would make."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.site.address, self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a reader who hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _SiteServer
    timeout = 10

    def do_GET(self) -> None:
        """Answer as the site does, or 304 when the reader has the page already."""
        server = self.server
        articles = server.press.published(server.site.key)
        reply = answer(server.site, articles, path=self.path.partition("?")[0], base=server.base)
        if reply.status == 200 and self.headers.get("If-None-Match") == reply.etag:
            reply = Reply(status=304, body=b"")
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if reply.status == 200:
            self.send_header("ETag", reply.etag)
        if reply.status != 304:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet; the reader's side has the log."""


@contextmanager
def serve(
    sites: Sequence[Site], articles: Sequence[SampleArticle], *, day: int = 1, port: int = 0
) -> Iterator[Press]:
    """Serve every site on its own address while the context lasts; port 0 means any free one for each."""
    press = Press(sites=sites, articles=articles, day=day)
    with ExitStack() as stack:
        for site in sites:
            server = stack.enter_context(_listening(press, site, port))
            press.opened(site.key, server.base)
        yield press


@contextmanager
def _listening(press: Press, site: Site, port: int) -> Iterator[_SiteServer]:
    with _bound(press, site, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=site.key, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _bound(press: Press, site: Site, port: int) -> _SiteServer:
    try:
        return _SiteServer(press, site, port)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        where = f"{site.address}:{port}"
        raise MetabriefError(
            f"{where}: the sample press cannot listen there ({reason}); stop what does, or choose another port"
        ) from error


def sources_toml(press: Press) -> str:
    """Return the ``sources.toml`` of a newsroom that reads every site of the running ``press``."""
    return "\n".join(_source_table(press, site) for site in press.sites)


def _source_table(press: Press, site: Site) -> str:
    values: dict[str, object] = {
        "key": site.key,
        "name": site.name,
        "home": press.url(site.key, "/"),
        "language": site.language,
        KINDS[site.kind].source_key: press.url(site.key, site.index),
        "item_selector": site.item_selector,
        "link_selector": site.link_selector,
        "standing": site.standing,
    }
    lines = [
        f"{key} = {toml_string(value) if isinstance(value, str) else value}"
        for key, value in values.items()
        if value is not None
    ]
    return "\n".join(["[[source]]", *lines, ""])
