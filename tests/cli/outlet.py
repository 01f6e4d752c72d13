"""An outlet of a test's own: a feed and its articles on a real server, and the newsroom that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import SETTINGS
from tests.fetch.conftest import Reply, Site

FEED = "/feed"
_ARTICLE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>Tencent showed {title} in Shenzhen on Monday, a metaverse hall in which two thousand visitors meet as avatars.</p>
<p>The company said that the hall of {title} opens in May, and that virtual humans of its own guide the visitors.</p>
<p>Shanghai named the metaverse in its five-year plan for the electronic information industry in December.</p>
</article></body></html>"""
_ITEM = "<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
MONDAY = "Mon, 21 Feb 2022 09:00:00 GMT"


class Outlet:
    """A site with a feed that carries an entity tag of its content; ``add`` publishes one more article."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._items: list[str] = []
        self._publish()

    def add(
        self, title: str, *, page: Reply | None = None, link: str | None = None, date: str = MONDAY
    ) -> str:
        """List an article and return its address as the feed gives it."""
        path = f"/{title.lower().replace(' ', '-')}"
        self.site.replies[path] = page or Reply(body=_ARTICLE.format(title=title).encode())
        link = link or self.site.url(path)
        self._items.insert(0, _ITEM.format(title=title, link=link, date=date))
        self._publish()
        return link

    def mend(self, title: str) -> None:
        """Let the page of an article be whole from now on."""
        self.site.replies[f"/{title.lower().replace(' ', '-')}"] = Reply(
            body=_ARTICLE.format(title=title).encode()
        )

    def answers(self, path: str = FEED) -> list[int]:
        """Return the status of each answer for a path."""
        return [status for asked, status in self.site.answered if asked == path]

    def source(self, key: str = "outlet", *, feed: str = FEED) -> str:
        """Return its table for ``sources.toml``."""
        return source(key, feed=self.site.url(feed))

    def _publish(self) -> None:
        body = f'<rss version="2.0"><channel><title>Outlet</title>{"".join(self._items)}</channel></rss>'
        tag = f'"{len(self._items)}"'
        self.site.replies[FEED] = Reply(body=body.encode(), content_type="application/rss+xml", etag=tag)


def source(key: str, *, feed: str) -> str:
    """Return a table for ``sources.toml``."""
    return f'[[source]]\nkey = "{key}"\nname = "{key}"\nhome = "{feed}"\nlanguage = "en"\nfeed = "{feed}"\n\n'


def newsroom(folder: Path, *sources: str, allow: str = "127.0.0.0/8") -> Path:
    """Make a newsroom that reads these sources."""
    folder.mkdir(exist_ok=True)
    settings = SETTINGS.replace("127.0.0.0/8", allow)
    (folder / "metabrief.toml").write_text(settings, encoding="utf-8")
    (folder / "sources.toml").write_text("".join(sources), encoding="utf-8")
    return folder


@contextmanager
def open_outlet() -> Iterator[Outlet]:
    """Serve an outlet while the context lasts."""
    site = Site()
    site.start()
    try:
        yield Outlet(site)
    finally:
        site.stop()
