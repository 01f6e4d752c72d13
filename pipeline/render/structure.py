"""Look set MJML over before it is compiled, because the compiler loses or mangles what it does not know.

Measured on mrml 6: an unknown tag or attribute, text outside ``mj-text``, a stray closing tag and a
missing body all pass without a word and end as an invisible or empty mail. Here each is an error with a line.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from pipeline.errors import TemplateError

_BOX = "background-color border border-top border-bottom border-left border-right border-radius css-class padding padding-top padding-bottom padding-left padding-right"
_TYPE = "align color font-family font-size font-style font-weight letter-spacing line-height text-align text-decoration text-transform"
_BACKGROUND = (
    "background-repeat background-size background-position background-url direction full-width text-align"
)
_ATTRIBUTES = {
    tag: frozenset(names.split())
    for tag, names in {
        "mjml": "lang dir",
        "mj-head": "",
        "mj-title": "",
        "mj-preview": "",
        "mj-raw": "",
        "mj-attributes": "",
        "mj-style": "",
        "mj-breakpoint": "width",
        "mj-class": f"name {_BOX} {_TYPE} width height",
        "mj-all": f"{_BOX} {_TYPE}",
        "mj-body": "background-color css-class width",
        "mj-wrapper": f"{_BOX} {_BACKGROUND} mj-class",
        "mj-section": f"{_BOX} {_BACKGROUND} mj-class",
        "mj-group": "background-color css-class direction vertical-align width mj-class",
        "mj-column": f"{_BOX} inner-background-color vertical-align width mj-class",
        "mj-text": f"{_BOX} {_TYPE} height vertical-align container-background-color mj-class",
        "mj-table": f"{_BOX} {_TYPE} cellpadding cellspacing width table-layout container-background-color mj-class role",
        "mj-button": f"{_BOX} {_TYPE} href rel target name inner-padding width height vertical-align container-background-color mj-class",
        "mj-image": f"{_BOX} align alt src href rel target title width height fluid-on-mobile container-background-color mj-class",
        "mj-divider": f"{_BOX} align border-color border-style border-width width container-background-color mj-class",
        "mj-spacer": f"{_BOX} height container-background-color mj-class",
    }.items()
}
_HEAD = ("mj-title", "mj-preview", "mj-attributes", "mj-style", "mj-breakpoint")
_IN_COLUMN = ("mj-text", "mj-table", "mj-button", "mj-image", "mj-divider", "mj-spacer")
_PARENTS = {
    "mjml": {""},
    "mj-head": {"mjml"},
    "mj-body": {"mjml"},
    "mj-wrapper": {"mj-body"},
    "mj-section": {"mj-body", "mj-wrapper"},
    "mj-group": {"mj-section"},
    "mj-column": {"mj-section", "mj-group"},
    "mj-raw": {"mj-head", "mj-body", "mj-wrapper", "mj-section", "mj-column"},
    "mj-all": {"mj-attributes"},
    "mj-class": {"mj-attributes"},
    **{tag: {"mj-head"} for tag in _HEAD},
    **{tag: {"mj-column", "mj-attributes"} for tag in _IN_COLUMN},
}
_HOLDS_HTML = {"mj-title", "mj-preview", "mj-raw", "mj-style", "mj-text", "mj-table", "mj-button"}
_LENGTHS = {
    "font-size",
    "padding",
    "padding-top",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "height",
}
_LENGTH = re.compile(r"(?:0|auto|-?[\d.]+(?:px|em|rem|%))(?:\s+(?:0|-?[\d.]+(?:px|em|rem|%)))*")
_SINGLE_QUOTED = re.compile(r"<[A-Za-z][^<>]*=\s*'[^'<>\"]*\"")
_VOID = re.compile(r"<((?:area|br|col|hr|img|input|link|meta|source|wbr)\b[^<>]*?)/?>", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_DOCTYPE = '<!DOCTYPE mjml SYSTEM "">'
"""With an outer subset, entities that XML does not know (``&nbsp;``) are passed over; none is ever loaded."""
_FOUND = {
    expat.errors.XML_ERROR_TAG_MISMATCH: "a closing tag that does not fit; close tags in the order they were opened",
    expat.errors.XML_ERROR_INVALID_TOKEN: "not well-formed; quote attributes, and write < in a text as &lt;",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute stands twice; keep one",
    expat.errors.XML_ERROR_NO_ELEMENTS: "a tag is never closed, or nothing is there; close it",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "something stands after </mjml>; remove it",
}


def check_structure(source: str, *, name: str) -> None:
    """Raise ``TemplateError`` with the line and what to do at the first thing the compiler would not keep."""
    if quoted := _SINGLE_QUOTED.search(source):
        line = source.count("\n", 0, quoted.end()) + 1
        raise _fault(name, line, "a single-quoted attribute holds '\"'; quote with \" and use ' inside")
    _Reading(name).read(source)


class _Reading:
    """Walk the tags once, with the open ones as a stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open: list[str] = []
        self.holders = 0
        self.bodies = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartCdataSectionHandler = lambda: self.fail("CDATA is lost; write &lt; for < instead")
        self.parser.ProcessingInstructionHandler = lambda *_: self.fail("<?…?> is lost; remove it")

    def read(self, source: str) -> None:
        """Check the whole source."""
        lenient = _BARE_AMPERSAND.sub("&amp;", _VOID.sub(r"<\1/>", source))
        try:
            self.parser.Parse(_DOCTYPE + lenient, True)
        except expat.ExpatError as error:
            found = expat.ErrorString(error.code)
            raise _fault(self.name, error.lineno, _FOUND.get(found, f"{found}; mend it")) from error
        if self.bodies != 1:
            self.fail(f"{self.bodies} mj-body; there must be exactly one")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Check a tag where it stands."""
        if tag.startswith("mj"):
            self.check_mjml(tag, attributes)
        elif not self.holders:
            self.fail(f"<{tag}> stands outside mj-text; move it into one")
        self.bodies += tag == "mj-body"
        self.holders += tag in _HOLDS_HTML
        self.open.append(tag)

    def end(self, tag: str) -> None:
        """Leave a tag; that it is the innermost one is sure by now."""
        self.holders -= tag in _HOLDS_HTML
        self.open.pop()

    def text(self, text: str) -> None:
        """Check that text stands where it is printed."""
        if not self.holders and text.strip():
            line = self.parser.CurrentLineNumber - text.lstrip().count("\n")
            raise _fault(self.name, line, f"text outside mj-text: {text.strip()[:40]!r}; move it into one")

    def check_mjml(self, tag: str, attributes: dict[str, str]) -> None:
        """Check an MJML tag's name, place and attributes."""
        if tag not in _ATTRIBUTES:
            self.fail(f"unknown tag <{tag}>; use one of {', '.join(sorted(_ATTRIBUTES))}")
        parent = self.open[-1] if self.open else ""
        if parent not in _PARENTS[tag]:
            places = " or ".join(sorted(_PARENTS[tag])) or "the top"
            self.fail(f"<{tag}> inside <{parent or 'nothing'}>; it belongs into {places}")
        for name, value in attributes.items():
            if name not in _ATTRIBUTES[tag]:
                self.fail(f"<{tag}> has no attribute {name!r}; correct or remove it")
            if name in _LENGTHS and not _LENGTH.fullmatch(value):
                self.fail(f"<{tag} {name}={value!r}> is no length; write it with a unit, like 12px")

    def fail(self, message: str) -> None:
        """Stop at the line that was read last."""
        raise _fault(self.name, self.parser.CurrentLineNumber, message)


def _fault(name: str, line: int, message: str) -> TemplateError:
    return TemplateError(f"{name}: line {line} of the MJML it makes: {message}")
