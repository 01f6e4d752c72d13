"""Tell the furniture of a page (menus, share bars, captions, related boxes …) from what may be its article."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.tree import Element

_TAGS = frozenset({"nav", "footer", "aside", "figure", "figcaption", "menu", "form"})
_ROLES = frozenset({"navigation", "complementary", "banner", "contentinfo", "search", "dialog", "menu"})
_NAMES = (
    *("ad", "ads", "adv", r"advert\w*", r"sponsor\w*", r"promo\w*", "outbrain", "taboola", "revcontent", "guanggao"),
    *("nav", "navbar", "navigation", "menu", "toolbar", "masthead", "footer", "breadcrumbs?", "crumbs?", "skip", "toc"),
    *("pagination", "pager", "paging", "modal", "overlay", "popup", "cookies?", "consent", "gdpr", "privacy"),
    *("comments?", "commentlist", r"disqus\w*", "respond", "rating", "pinglun"),
    *(r"share\w*", "sharing", r"social\w*", "fenxiang", "qrcode", "ewm", "twitter-tweet", "instagram-media"),
    *("login", "signin", "sign-?up", r"newsletter\w*", r"subscri\w*", r"teaser\w*", "read-?more"),
    *(r"related\w*", r"recommend\w*", r"recirc\w*", "most-?read", "most-?popular", "popular", "trending", "xiangguan"),
    *("tags", "taglist", "keywords", "bio", r"byline\w*", r"author\w*", "zuozhe", "bianji", "zeren", "laiyuan", "tuijian"),
    *("meta", "postmeta", "timestamp", "dateline", "pubtime", "captions?", "credits?", "copyright", "banquan", "shengming"),
    *("sr-only", "visually-hidden", "noprint", "print-only"),
)  # fmt: skip
_NAMED = re.compile(
    rf"(?:^|[\s_-])(?:(?:{'|'.join(_NAMES)})(?=[\s_-]|$|\d)|(?:sidebar|banner|widget)(?=\s|$|\d))",
    re.IGNORECASE,
)
"""The last three only at a name's end: ``sidebar-grid`` and ``widget-wrap`` name layouts that hold the article too."""
_ARTICLE = re.compile(
    r"(?:article|story|post|entry|news|content)s?[-_]*(?:body|content|text|main|detail)"
    r"|(?:^|[\s_-])(?:has|with|no|is|gate|layout)[-_]",
    re.IGNORECASE,
)
"""Names of articles, and of states (``has-sidebar``)."""
_LONGEST_NAMES = 500
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_furniture(element: Element) -> bool:
    """Tell by element, role, visibility and name; how much an element holds, the caller has to weigh."""
    if element.tag in _TAGS:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    if attributes.get("role") in _ROLES or "hidden" in attributes:
        return True
    if "none" in attributes.get("style", "") and "display:none" in attributes["style"].replace(" ", ""):
        return True
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return attributes.get("itemprop") != "articleBody" and _is_named_so(names[:_LONGEST_NAMES])


@lru_cache(maxsize=8_192)
def _is_named_so(names: str) -> bool:
    return _NAMED.search(_HUMP.sub("-", names)) is not None and _ARTICLE.search(names) is None
