"""The sample press as it is read: one small server a site, over real HTTP on loopback.

serve(sites, articles) → Press: each site on its own address
sources_toml(press)    → the newsroom's sources.toml for the servers that run
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from pipeline.demo.sample import KINDS, SampleArticle, Site
from pipeline.demo.site import Reply, answer
from pipeline.errors import MetabriefError
from pipeline.starter import toml_string


class Press:
    """The running press; set ``day`` to let another day's articles appear."""

    def __init__(self, *, sites: Sequence[Site], articles: Sequence[SampleArticle], day: int) -> None:
        self.sites = tuple(sites)
        self.articles = tuple(article for article in articles if article.site in {site.key for site in sites})
        self.day = day
        self._bases: dict[str, str] = {}

    def url(self, key: str, path: str = "") -> str:
        """Return the address of the site ``key``, without a slash at its end, followed by ``path``."""
        return self._bases[key] + path

    def article_url(self, article: SampleArticle) -> str:
        """Return the address under which ``article`` is, or will be, listed."""
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
        """Answer as the site does and as slowly, or 304 when the reader has the page already."""
        server = self.server
        time.sleep(server.site.delay_seconds)
        articles = server.press.published(server.site.key)
        reply = answer(server.site, articles, path=self.path.partition("?")[0], base=server.base)
        if reply.status == 200 and self.headers.get("If-None-Match") == reply.etag:
            reply = Reply(status=304, body=b"")
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if reply.status == 200:
            self.send_header("ETag", reply.etag)
        if reply.location:
            self.send_header("Location", reply.location)
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
