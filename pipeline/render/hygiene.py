"""What a mail must not hold, and the form that clients, filters and screen readers ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.render.anatomy import Anatomy, Element
from pipeline.render.links import is_private, scheme
from pipeline.render.specimen import Problem, Specimen, error, warning

LARGEST = 90_000
"""Octets of HTML; Gmail cuts a mail off at 102 KB, headers and coding included."""

_LONGEST_LINE = 998
_FORBIDDEN = {
    "script",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "svg",
    "math",
    "video",
    "audio",
    "canvas",
}
_REMOTE_CSS = re.compile(r"@import|@font-face", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_TINY = re.compile(
    r"(?<![\w-])(?:max-)?(width|height)\s*:\s*[01](?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE
)
_SIZED = re.compile(r"(?<![\w-])(width|height)\s*:\s*[\d.]", re.IGNORECASE)
_LEFTOVER = re.compile(r"\{\{|\{%|[\ue000\ue001]")


def hygiene(mail: Specimen) -> Iterator[Problem]:
    """Yield what should not be in the mail as it is."""
    yield from _size(mail.html)
    yield from _document(mail.anatomy)
    yield from _elements(mail.anatomy)
    yield from _css(mail.anatomy)
    for image in mail.anatomy.named("img"):
        yield from _image(image)
    yield from _targets(mail)
    yield from _leftovers(mail)
    yield from _text_links(mail)
    yield from _long_lines(mail)


def _size(html: str) -> Iterator[Problem]:
    size = len(html.encode("utf-8", "replace"))
    if size > LARGEST:
        yield error("size", "html", f"{size / 1000:.0f} KB of HTML; Gmail cuts it off, keep it under 90 KB")


def _document(anatomy: Anatomy) -> Iterator[Problem]:
    root = next(anatomy.named("html"), None)
    if root is None or root.get("lang").lower() in {"", "und"}:
        yield error("html-lang", "html", 'the html element names no language; write <html lang="en">')
    if not any(title.text for title in anatomy.named("title")):
        yield error("title", "html", "no title; screen readers and browsers need one")
    metas = tuple(anatomy.named("meta"))
    if not any("utf-8" in (meta.get("charset") + meta.get("content")).lower() for meta in metas):
        yield error("charset", "html", 'the charset is not declared; write <meta charset="utf-8">')
    if not any(meta.get("name").lower() == "viewport" for meta in metas):
        yield warning("viewport", "html", "no viewport; phones will show the mail too small")


def _elements(anatomy: Anatomy) -> Iterator[Problem]:
    for element in anatomy.elements:
        where = _at(element)
        if element.tag in _FORBIDDEN:
            yield error("forbidden-element", where, f"<{element.tag}> works in no mail client; remove it")
        if element.tag == "meta" and element.get("http-equiv").lower() == "refresh":
            yield error("forbidden-element", where, "a refresh sends the reader elsewhere; remove it")
        for name in element.attributes:
            if name.startswith("on"):
                yield error("event-handler", where, f"{name} on <{element.tag}> is a script; remove it")


def _css(anatomy: Anatomy) -> Iterator[Problem]:
    for link in anatomy.named("link"):
        if link.get("rel").lower() != "canonical":
            yield error(
                "remote-css", _at(link), "a linked file is not loaded by mail clients; put styles inside"
            )
    for css, line in anatomy.styles:
        if "@" in css and _REMOTE_CSS.search(css):
            yield error(
                "remote-css", f"html:{line}", "@import or @font-face in a style; use installed faces only"
            )
        if "(" in css and _CSS_URL.search(css):
            yield warning(
                "css-url", f"html:{line}", "a style loads a remote file; use an image with alt instead"
            )


def _image(image: Element) -> Iterator[Problem]:
    if "alt" not in image.attributes:
        yield error(
            "image-alt", _at(image), 'an image without alt; describe it, or write alt="" for decoration'
        )
    style = image.get("style")
    sized = {match.lower() for match in _SIZED.findall(style)}
    missing = [
        side
        for side in ("width", "height")
        if not image.get(side).rstrip("px%").isdigit() and side not in sized
    ]
    if missing:
        yield warning(
            "image-size", _at(image), f"an image without {' and '.join(missing)}; give both as numbers"
        )
    if _is_pixel(image) and scheme(image.get("src")) != "cid" and not image.get("src").startswith("data:"):
        yield error(
            "tracking-pixel", _at(image), "a remote image nobody can see watches the reader; remove it"
        )


def _is_pixel(image: Element) -> bool:
    styled = {match.lower() for match in _TINY.findall(image.get("style"))}
    tiny = [
        side for side in ("width", "height") if image.get(side).rstrip("px ") in {"0", "1"} or side in styled
    ]
    return len(tiny) == 2 or image.is_hidden


def _targets(mail: Specimen) -> Iterator[Problem]:
    for link in mail.anatomy.named("a", "area"):
        if "href" in link.attributes:
            yield from _target(link, link.get("href"), mail.allowed_hosts)
            if link.tag == "a" and not link.text:
                yield error(
                    "link-text",
                    _at(link),
                    f"a link without words: {_short(link.get('href'))}; say where it leads",
                )
    for element in mail.anatomy.elements:
        for name in ("src", "background"):
            if scheme(element.get(name)) in {"http", "https"} and is_private(
                element.get(name), mail.allowed_hosts
            ):
                yield error(
                    "private-link",
                    _at(element),
                    f"{_short(element.get(name))} is not public; use a public address",
                )


def _target(link: Element, url: str, allowed_hosts: tuple[str, ...]) -> Iterator[Problem]:
    if url.startswith("#") and len(url) > 1:
        return
    kind = scheme(url)
    if kind not in {"http", "https"}:
        yield error(
            "link-scheme",
            _at(link),
            f"{_short(url) or 'an empty address'} is no web address; correct it, or write it as plain text",
        )
    elif is_private(url, allowed_hosts):
        yield error("private-link", _at(link), f"{_short(url)} is not public; use a public address")


def _leftovers(mail: Specimen) -> Iterator[Problem]:
    marked = mail.html if _LEFTOVER.search(mail.html) else ""
    for number, line in enumerate(marked.split("\n"), 1):
        if _LEFTOVER.search(line):
            yield error(
                "leftover", f"html:{number}", "a field or template mark was not filled; fill or remove it"
            )
    for number, line in enumerate((mail.text or "").split("\n"), 1):
        found = set(_LEFTOVER.findall(line))
        if any(mark not in mail.anatomy.visible for mark in found) or found & {"\ue000", "\ue001"}:
            yield error(
                "leftover", f"text:{number}", "a field or template mark was not filled; fill or remove it"
            )


def _text_links(mail: Specimen) -> Iterator[Problem]:
    if mail.text is None:
        return
    for link in mail.anatomy.named("a"):
        url = link.get("href")
        if url and not url.startswith("#") and not link.is_hidden and url not in mail.text:
            yield warning(
                "text-links", _at(link), f"{_short(url)} is missing from the text part; add it there"
            )


def _long_lines(mail: Specimen) -> Iterator[Problem]:
    for part, source in (("html", mail.html), ("text", mail.text or "")):
        for number, line in enumerate(source.split("\n"), 1):
            if len(line.encode("utf-8", "replace")) > _LONGEST_LINE:
                yield warning(
                    "long-line", f"{part}:{number}", f"over {_LONGEST_LINE} octets in a line; break it"
                )


def _at(element: Element) -> str:
    return f"html:{element.line}" if element.line else "html"


def _short(url: str) -> str:
    return url if len(url) <= 60 else f"{url[:57]}…"
