"""Read the headlines of a list page: by its selectors, else by what such pages have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeGuard
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, CData, NavigableString, PageElement, Tag

from pipeline.errors import ExtractionError
from pipeline.model import Entry, Page, Source
from pipeline.sources.address import site_of, web_address, without_fragment
from pipeline.sources.dates import address_date, nearby_date, plausible, read_moment
from pipeline.text import clean_line, han_count

MOST_ENTRIES = 200
_MOST_LINKS = 3_000
_MOST_BYTES = 1_000_000
_DEPTH = 40
"""Ancestors looked at; real pages nest less, and hostile ones would make this quadratic."""
_MOST_STEPS = 400
"""Into a container: one item has fewer tags and texts, and to walk whole pages for each link takes minutes."""
_MOST_TEXT = 2_000
"""Characters of a container, a link or an attribute that are looked at."""
_HEADLINE_WORDS = 4
_HEADLINE_HAN = 8
_SLUG_LENGTH = 12
_REPEATED = 3
"""Links in containers of one shape that make a list rather than a coincidence."""
_ASIDE = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|menu|footer|foot|breadcrumbs?|copyright|links?-friend|friend-?links?|sidebar|login)(?:$|[-_ ])",
    re.IGNORECASE,
)
_DECLARATION = re.compile(
    r"\A[\ufeff\s]*<\?xml[^>]{0,200}>"
)  # it would make BeautifulSoup take XHTML for XML
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-z0-9_-]{2,20})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Headline:
    """A link that reads like a headline, and the shape of the containers it stands in."""

    url: str
    title: str
    published: datetime | None
    shape: tuple[str, ...] = ()


def parse_listing(page: Page, source: Source) -> tuple[Entry, ...]:
    """Return the page's headlines in its order, each address once, at most 200; raise ExtractionError when there are none."""
    soup = BeautifulSoup(_DECLARATION.sub("", _decoded(page)), "lxml")
    if source.item_selector or source.link_selector:
        headlines = list(_selected(soup, page, source))
    else:
        headlines = _largest_list(_guessed(soup, page, source))
    if not headlines:
        raise ExtractionError(
            f"{page.url} shows no headlines; set item_selector and link_selector for source {source.key!r} in sources.toml, or read its feed"
        )
    return tuple(
        Entry(
            source=source.key,
            url=line.url,
            title=line.title,
            published=plausible(line.published, fetched_at=page.fetched_at),
        )
        for line in _once_each(headlines)[:MOST_ENTRIES]
    )


def _decoded(page: Page) -> str:
    body = page.body[:_MOST_BYTES]
    declared = _CHARSET.search(page.content_type.encode("ascii", "replace")) or _CHARSET.search(body[:4096])
    names = ["utf-8", declared[1].decode("ascii") if declared else "gb18030", "gb18030"]
    for name in names:
        try:
            return body.decode("gb18030" if name.lower() in {"gb2312", "gbk"} else name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def _selected(soup: BeautifulSoup, page: Page, source: Source) -> Iterator[_Headline]:
    """Yield what the source's selectors point at."""
    base = _base(soup, page)
    items = soup.select(source.item_selector or source.link_selector or "a", limit=_MOST_LINKS)
    for item in items:
        link = _link_in(item, source.link_selector if source.item_selector else None)
        url = web_address(str(link.get("href", "")), base=base) if link is not None else None
        if link is not None and url is not None and link.get("href"):
            title = _title(link) or clean_line(_text(item))
            yield _Headline(
                url=url, title=title[:500], published=_date_in([item], link, url, source.language)
            )


def _link_in(item: Tag, selector: str | None) -> Tag | None:
    if selector is not None:
        return item.select_one(selector)
    link = item if item.name == "a" else item.find("a", href=True)
    return link if isinstance(link, Tag) else None


def _guessed(soup: BeautifulSoup, page: Page, source: Source) -> Iterator[_Headline]:
    """Yield links on the same site that read like headlines and lead deeper than the page itself."""
    base, here = _base(soup, page), urlsplit(page.final_url)
    for link in soup.find_all("a", href=True, limit=_MOST_LINKS):
        url = web_address(str(link["href"]), base=base)
        title = _title(link)
        if (
            url is None
            or not _is_headline(title)
            or not _is_deeper(url, here.path)
            or site_of(url) != site_of(page.final_url)
        ):
            continue
        above = list(islice((parent for parent in link.parents if isinstance(parent, Tag)), _DEPTH))
        if not any(_is_aside(parent) for parent in above):
            yield _Headline(
                url=url,
                title=title,
                published=_date_in(above, link, url, source.language),
                shape=_shape(above),
            )


def _base(soup: BeautifulSoup, page: Page) -> str:
    base = soup.find("base", href=True)
    named = web_address(str(base["href"]), base=page.final_url) if isinstance(base, Tag) else None
    return named or page.final_url


def _beginning(tag: Tag) -> Iterator[PageElement]:
    """Yield what stands in a container in the page's order, as far as one item may reach."""
    levels = [iter(tag.contents)]
    for _ in range(_MOST_STEPS):
        node = next(levels[-1], None)
        if node is not None:
            yield node
        elif len(levels) == 1:
            return
        else:
            levels.pop()
        if isinstance(node, Tag):
            levels.append(iter(node.contents))


def _text(tag: Tag) -> str:
    """Return the text that a container begins with."""
    text = ""
    for node in _beginning(tag):
        if type(node) in (NavigableString, CData):  # no comment, no script
            text += f"{str(node)[:_MOST_TEXT]} "
        if len(text) > _MOST_TEXT:
            break
    return text[:_MOST_TEXT]


def _title(link: Tag) -> str:
    shown, full = clean_line(_text(link)), clean_line(str(link.get("title") or "")[:_MOST_TEXT])
    cut = shown.endswith(("…", "...")) or not shown
    return (full if cut and full else shown)[:500]


def _is_headline(title: str) -> bool:
    return len(title.split()) >= _HEADLINE_WORDS or han_count(title) >= _HEADLINE_HAN


def _is_deeper(url: str, path: str) -> bool:
    """Tell whether an address names a page of its own rather than a section; a query may do so too."""
    there = urlsplit(url)
    last = there.path.rstrip("/").rpartition("/")[2]
    numbered = any(character.isdigit() for character in there.path + there.query)
    names_a_page = numbered or "-" in last or "." in last or len(last) >= _SLUG_LENGTH
    return there.path.rstrip("/") != path.rstrip("/") and names_a_page


def _is_aside(tag: Tag) -> bool:
    if tag.name in {"html", "body"}:
        return False
    names = f"{_classes(tag)} {str(tag.get('id') or '')[:200]}"
    return tag.name in {"nav", "footer"} or bool(_ASIDE.search(names[:200]))


def _classes(tag: Tag) -> str:
    """Return a tag's classes, 200 characters at most."""
    return " ".join((name or "")[:200] for name in tag.get_attribute_list("class")[:100])[:200]


def _shape(above: Iterable[Tag]) -> tuple[str, ...]:
    """Describe the nearest five containers; headlines of one list agree in it."""
    return tuple(f"{tag.name}.{_classes(tag).partition(' ')[0]}" for tag in islice(above, 5))


def _date_in(around: Iterable[Tag], link: Tag, url: str, language: str) -> datetime | None:
    """Find a date beside the link: in its nearest containers as long as they hold no other headline, else in the address."""
    title = _title(link)
    for tag in islice(around, 4):
        if not _is_one_item(tag):
            break
        beside = clean_line(_text(tag)).replace(title, " ")
        found = _time_in(tag, language) or nearby_date(beside, language=language)
        if found is not None:
            return found
    return address_date(url)


def _is_one_item(tag: Tag) -> bool:
    """Tell whether the links of a container hold no more than one headline."""
    headlines: set[str] = set()
    for link in islice((node for node in _beginning(tag) if _is_link(node)), 20):
        address = str(link["href"])[:_MOST_TEXT]
        if address not in headlines and _is_headline(_title(link)):
            headlines.add(address)
        if len(headlines) > 1:
            return False
    return True


def _is_link(node: PageElement) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and node.name == "a" and node.has_attr("href")


def _time_in(tag: Tag, language: str) -> datetime | None:
    for node in _beginning(tag):
        if isinstance(node, Tag) and node.name == "time" and node.has_attr("datetime"):
            return read_moment(str(node["datetime"]), language=language)
    return None


def _largest_list(headlines: Iterable[_Headline]) -> list[_Headline]:
    """Keep the list with the most headlines when there is a clear one, else all of them."""
    lists: dict[tuple[str, ...], list[_Headline]] = {}
    for headline in headlines:
        lists.setdefault(headline.shape, []).append(headline)
    largest = max(lists.values(), key=lambda lines: len({line.url for line in lines}), default=[])
    return largest if len(largest) >= _REPEATED else [line for lines in lists.values() for line in lines]


def _once_each(headlines: Iterable[_Headline]) -> list[_Headline]:
    """Keep one headline an address, the longest, in the place of the first."""
    best: dict[str, _Headline] = {}
    for headline in headlines:
        address = without_fragment(headline.url)
        if address not in best or len(headline.title) > len(best[address].title):
            best[address] = headline
    return list(best.values())
