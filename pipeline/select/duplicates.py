"""The same text told twice: one article under several addresses, and wire copies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit
from zlib import crc32

from pipeline.model import Article
from pipeline.text import words

SAME_TEXT = 0.8
"""The share of the shorter text's shingles found in the longer one from which they are one text."""
SHINGLE_WORDS = 8
READ_WORDS = 600
READ_CHARACTERS = 8000
"""More than so many words have; what follows in an endless page is not looked at."""
FEWEST_SHINGLES = 12
"""Shorter texts are told apart by their whole wording alone: few shingles agree by chance."""
SKETCH = 24
"""How many of a text's smallest hashes stand in the index: of two like texts, one five times as long, some four meet."""
MOST_POSTINGS = 50
"""A hash that this many originals share is a page's furniture, and finds no further candidates."""
_TRACKING = re.compile(
    r"utm_.*|mc_.*|ga_.*|_ga|_gl|hsa_.*|pk_.*|mtm_.*|spm(_id_from)?|scm|fbclid|gclid|dclid|yclid|msclkid|igshid|wbraid|gbraid"
    r"|cmpid|ncid|sr_share|share_(source|medium|token|from|id|to)|isappinstalled|from_source|vd_source|ref|ref_src|referer|ftag"
    r"|at_(medium|campaign)|smid|bd_vid|tt_from|timestamp|wxshare_count|weibo_id|nsukey|chksm|scene|mod|ocid|cmp|guccounter|__twitter_impression|taid|partner|__source",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"(?:^|\n|(?<=[.。!！?？”\"）)]))[\s（(【\[]{0,3}(?:read (?:more|the full (?:story|article))|continue reading|click here|related(?: articles?)?:|source:"
    r"|edited by|editing by|reporting by|follow us|share this|阅读(?:全文|更多|原文)|查看(?:全文|更多)|点击(?:阅读|查看|下载)|展开全文|下一页|相关阅读|推荐阅读|更多精彩"
    r"|(?:责任|责|本文|值班|新媒体)?\s?编辑\s?[：:/]|责编\s?[：:]|(?:文章|稿件|信息)?来源\s?[：:]|校对\s?[：:]|审核\s?[：:]|作者\s?[：:]|原标题\s?[：:]|閱讀(?:全文|更多)|責任編輯)[^\n]{0,80}\s*$",
    re.IGNORECASE,
)
"""A last line that invites to read on or credits an editor."""
_SITE = re.compile(r"\s*(?:\s[-–—|｜_·]\s|[|｜_])[^-–—|｜_]{2,30}$")
"""A site's name after a title."""
FEWEST_TITLE_CHARACTERS = 12
"""A shorter title, as that of a column, may stand over many texts."""
_PAGE_PARAMETER = re.compile(r"(?:page|pageno|pagewanted|pagenum|amp|print|outputtype)", re.IGNORECASE)
_PAGE_VALUE = re.compile(r"\d{0,2}|all|amp|true|print", re.IGNORECASE)
_SENT_FROM = {"from", "source"}
_SHARED_IN = {"singlemessage", "groupmessage", "timeline", "wechat", "weibo", "feed", "rss"}
_PAGE_ENDING = re.compile(r"(?<=\d{4})_\d(?=\.s?html?$)", re.IGNORECASE)
_AMP = re.compile(r"(?:/amp|\.amp|/amp\.html?)/?$|\.amp(?=\.html?$)|(?<=/)amp/(?=.)", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"^https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]{2,6}/amp)/(s/)?", re.IGNORECASE
)
"""Before the address of a page kept elsewhere; with ``s`` the page is behind https."""
_SLASHES = re.compile(r"/{2,}")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?)$", re.IGNORECASE)
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|wap|amp|mip|touch|h5|3g)\.(?=[^.]+\.)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """An article that tells what another one tells already, and how that shows."""

    article: Article
    original: Article
    why: str


def cut_tracking_parameters(url: str) -> str:
    """Return the address without the parameters that only say where the reader came from."""
    try:
        parts = urlsplit(url)
        kept = [
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _is_tracking(key)
        ]
    except ValueError:
        return url
    is_untouched = len(kept) == len(parse_qsl(parts.query, keep_blank_values=True))
    return url if is_untouched else urlunsplit(parts._replace(query=urlencode(kept)))


def _is_tracking(key: str) -> bool:
    return _TRACKING.fullmatch(key) is not None


def canonical_url(url: str) -> str:
    """Return one key for all addresses of a page: http and https, www, mobile and AMP, tracking and fragment.

    It is for comparing; for following a link use the address as it came.
    """
    try:
        parts = urlsplit(cut_tracking_parameters(_AMP_CACHE.sub("https://", url.strip())))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    place = _HOST_PREFIX.sub("", host) + ("" if port in (None, _PORTS.get(parts.scheme)) else f":{port}")
    plain = quote(unquote(_SLASHES.sub("/", parts.path)), safe="/%:@!$&'()*+,;=~")
    path = _PAGE_ENDING.sub("", _INDEX.sub("/", _AMP.sub("", plain))).rstrip("/")
    query = urlencode(
        sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_view(*pair))
    )
    return urlunsplit(("https", place, path, query, ""))


def _is_view(key: str, value: str) -> bool:
    """Say whether a parameter chooses a view or a part of a page, and not the page."""
    if key.lower() in _SENT_FROM:
        return value.lower() in _SHARED_IN
    return bool(_PAGE_PARAMETER.fullmatch(key) and _PAGE_VALUE.fullmatch(value))


def shingles(text: str) -> frozenset[int]:
    """Return the hashes of every run of eight words, or nine Chinese characters; short texts count as one run."""
    found = words(text[:READ_CHARACTERS])[:READ_WORDS]
    runs = (" ".join(found[i : i + SHINGLE_WORDS]) for i in range(max(len(found) - SHINGLE_WORDS, 0) + 1))
    return frozenset(crc32(run.encode()) for run in runs if run)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the share of the shorter text that the longer one holds, in [0, 1]."""
    shorter = min(len(one), len(other))
    if not shorter or (shorter < FEWEST_SHINGLES and one != other):
        return 0.0
    return len(one & other) / shorter


def find_duplicates(articles: Sequence[Article], *, earlier: Sequence[Article] = ()) -> tuple[Duplicate, ...]:
    """Find the articles that repeat a better one, each with the one it repeats.

    Better is: of higher standing, longer, earlier; originals are never duplicates themselves. Of ``earlier`` articles
    those are found that repeat one of ``articles``, or a better one of their own; they are originals of one another alone.
    """
    originals = _Originals()
    ordered = (*sorted(articles, key=_worst_last), *sorted(earlier, key=_worst_last))
    found = {id(article): originals.match_or_add(article) for article in ordered}
    return tuple(duplicate for article in (*articles, *earlier) if (duplicate := found[id(article)]))


def _worst_last(article: Article) -> tuple[float, int, float, str]:
    return (
        -article.standing,
        -len(article.text),
        (article.published or article.first_seen).timestamp(),
        article.url,
    )


def _told(article: Article) -> frozenset[int]:
    """Return the shingles of a text without its last lines of furniture; of a page without text those of its title."""
    text = article.text[:READ_CHARACTERS]
    while (cut := _TRAILER.sub("", text)) != text:
        text = cut
    if text.strip():
        return shingles(text)
    title = _SITE.sub("", article.title)
    return shingles(title) if len(title) >= FEWEST_TITLE_CHARACTERS else frozenset()


class _Originals:
    """The articles kept so far, found again by address and by the smallest hashes of their text."""

    def __init__(self) -> None:
        self._by_url: dict[str, Article] = {}
        self._by_hash: dict[int, list[tuple[Article, frozenset[int]]]] = {}

    def match_or_add(self, article: Article) -> Duplicate | None:
        """Return the article as a duplicate of an original, or keep it as a new original."""
        known = self._by_url.get(canonical_url(article.url))
        if known:
            return Duplicate(article=article, original=known, why=f"the same page as {known.url}")
        own = _told(article)
        sketch = sorted(own)[:SKETCH]
        candidates = {id(a): (a, s) for hashed in sketch for a, s in self._by_hash.get(hashed, ())}
        for other, theirs in candidates.values():
            if likeness(own, theirs) >= SAME_TEXT:
                return Duplicate(article=article, original=other, why=f"the same text as {other.url}")
        self._add(article, own, sketch)
        return None

    def _add(self, article: Article, own: frozenset[int], sketch: Sequence[int]) -> None:
        self._by_url[canonical_url(article.url)] = article
        for hashed in sketch:
            postings = self._by_hash.setdefault(hashed, [])
            if len(postings) < MOST_POSTINGS:
                postings.append((article, own))
