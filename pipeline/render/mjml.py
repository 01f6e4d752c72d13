"""From set MJML to the HTML of a mail."""

from __future__ import annotations

import re
import unicodedata

from mjml import mjml2html

from pipeline.errors import TemplateError
from pipeline.render.personalise import CLOSE, OPEN
from pipeline.render.structure import check_structure

_STYLE = re.compile(r"(<mj-style\b.*?</mj-style>)", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_SUSPECT = re.compile(r"[\\{]|[^\w !-~\n]")
_PRINTED = ("L", "N", "P", "S")
_BLOCK = re.compile(r"><((?:table|tr|td|div|h[1-6]|p)\b)")


def to_html(source: str, *, name: str) -> str:
    """Compile set MJML; raises ``TemplateError`` naming the template ``name`` for whatever would be lost."""
    check_structure(source, name=name)
    try:
        html = str(mjml2html(_armoured(source), fonts={}))  # empty, or the compiler links to a web font
    except ValueError as error:
        raise TemplateError(
            f"{name}: MJML cannot be compiled: {error}; compare it with the shipped template"
        ) from error
    return _broken(_opened(html)) + "\n"


def _armoured(source: str) -> str:
    """Write what the compiler mangles as character references, which it keeps as they are.

    mrml prints attributes the way Rust prints strings for debugging: a backslash is doubled, a line break
    becomes ``\\n``, an unprintable or combining character ``\\u{…}``; and ``mj-title`` becomes an attribute.
    """
    pieces = _STYLE.split(source)
    pieces[::2] = [_SUSPECT.sub(_reference, _TAG.sub(_one_line, piece)) for piece in pieces[::2]]
    return "".join(pieces)


def _one_line(tag: re.Match[str]) -> str:
    return " ".join(re.split(r"[\t\r\n]+", tag[0]))


def _reference(suspect: re.Match[str]) -> str:
    is_plain = suspect[0] not in "\\{" and unicodedata.category(suspect[0]).startswith(_PRINTED)
    return suspect[0] if is_plain else f"&#{ord(suspect[0])};"


def _opened(html: str) -> str:
    """Bring the fields back; outside text cannot pose as one, for its ``&`` is escaped."""
    return html.replace(f"&#{ord(OPEN)};", OPEN).replace(f"&#{ord(CLOSE)};", CLOSE)


def _broken(html: str) -> str:
    """Break lines where nothing shows: before blocks, and between attributes (no text has a bare quote)."""
    blocks = _BLOCK.sub(r">\n<\1", html)
    return blocks.replace('" href="', '"\nhref="').replace('" style="', '"\nstyle="')
