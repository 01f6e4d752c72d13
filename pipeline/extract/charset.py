"""Decode a page: declarations are tried first, but what they give has to look like writing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from charset_normalizer import from_bytes

_DECLARED = re.compile(
    rb"charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,30})|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([a-z0-9_-]{2,30})",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"(gb|x-gb|big5|utf|iso-?8859|latin|windows-|cp\d|euc|shift|sjis|koi8|ks_c|iso-2022|ascii|us-ascii|tis|mac)",
    re.IGNORECASE,
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
_META_BYTES = 4_096
_RUN = re.compile(r"[^\x00-\x7f]+")
_RUNS = 1_000
_GOOD, _DOUBTFUL = 0.9, 0.5


def decode(body: bytes, content_type: str = "") -> str:
    """Return the page's text; without loss where any known charset allows it, else with U+FFFD in the gaps.

    A byte order mark decides, and so does the look of UTF-16. Bytes beyond ASCII that are strict UTF-8 are UTF-8, whatever is declared. Else the header's
    charset, the page's own, GB18030 and Big5 are compared, an earlier one winning when it is good enough.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    unmarked = _unmarked_utf16(body)
    if unmarked is not None:
        return body.decode(unmarked, "replace")
    strict = _strict_utf8(body)
    if strict is not None:
        return strict
    return _best(body, list(_candidates(body, content_type)))


def _unmarked_utf16(body: bytes) -> str | None:
    """Tell UTF-16 without its mark by the zeroes that every second byte of the markup is."""
    beginning = body[:_META_BYTES]
    evens, odds = beginning[::2].count(0), beginning[1::2].count(0)
    if max(evens, odds) < 0.1 * len(beginning) or min(evens, odds) > 0.01 * len(beginning):
        return None
    return "utf-16-le" if odds > evens else "utf-16-be"


def _strict_utf8(body: bytes) -> str | None:
    if b"\x1b$" in body[:_META_BYTES]:
        return None  # the ISO 2022 family looks like ASCII
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    header = _DECLARED.search(content_type.encode("ascii", "replace"))
    meta = _DECLARED.search(body[:_META_BYTES])
    for found in (header, meta):
        if found is not None:
            declared = _codec((found[1] or found[2]).decode("ascii"))
            if declared is not None:
                yield declared
    yield from ("gb18030", "big5hkscs", "utf-8")


def _codec(name: str) -> str | None:
    """Return the codec for a declared name, its superset where pages use more than they declare."""
    if name.lower() in _WIDER:
        return _WIDER[name.lower()]
    try:
        found = codecs.lookup(name).name if _KNOWN.match(name) else None
    except LookupError:
        return None
    return _WIDER.get(found, found) if found else None


def _best(body: bytes, names: list[str]) -> str:
    best, most = "", -2.0
    for name in dict.fromkeys(names):
        text = body.decode(name, "replace")
        likely = plausibility(text)
        if likely >= _GOOD:
            return text
        if likely > most:
            best, most = text, likely
    return best if most >= _DOUBTFUL else _guessed(body) or best


def _guessed(body: bytes) -> str | None:
    guess = from_bytes(body[:100_000]).best()
    return body.decode(guess.encoding, "replace") if guess is not None else None


def plausibility(text: str) -> float:
    """Say how far the characters beyond ASCII look like writing, in [-1, 1]; 1 when there are none."""
    runs = [found[0] for found in islice(_RUN.finditer(text), _RUNS)]
    count = sum(map(len, runs))
    return sum(map(_worth, runs)) / count if count else 1.0


def _worth(run: str) -> float:
    if max(run) < "\u0250" and len(run) > 2:
        return 0.0  # accents stand between plain letters; a run of them is another charset's bytes
    return sum(map(_character_worth, run))


@lru_cache(maxsize=65_536)
def _character_worth(character: str) -> float:
    if character == "\ufffd" or "\x80" <= character <= "\x9f" or "\ue000" <= character <= "\uf8ff":
        return -1.0
    if "\u3400" <= character <= "\u9fff":
        return 1.0 if _is_common(character) else 0.0
    return 1.0


def _is_common(character: str) -> bool:
    """Tell whether a Chinese character is in the first level of GB 2312 or of Big5, those in daily use."""
    simplified = character.encode("gb2312", "ignore")
    traditional = character.encode("big5", "ignore")
    return (simplified[:1] >= b"\xb0" and simplified[:1] <= b"\xd7") or (
        b"\xa4" <= traditional[:1] <= b"\xc6"
    )
