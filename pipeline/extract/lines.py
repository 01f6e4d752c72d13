"""Lines that stand in an article's text without being of it."""

from __future__ import annotations

import re
from itertools import dropwhile

from pipeline.text import han_count, is_imprint

_EDGE = re.compile(
    r"(?:来源|來源|文章来源|稿源|责任编辑|责编|编辑|作者|原标题|记者|校对|审核|发布时间|声明|免责声明)\s?[:：].{0,40}"
    r"|[（(](?:原标题|责任编辑|责编|编辑|来源|记者)\s?[:：].{0,60}[)）]"
    r"|by\s+[\w.'’ -]{3,50}"
    r"|(?:share|tweet|print|e-?mail|comments?|facebook|twitter|linkedin|whatsapp|weibo|wechat|copy link|read more|advertisement)"
    r"|(?:photo(?:graph)?s?|images?|pictures?|drawings?|illustrations?|graphics?|credit)(?: by| credit)?\s?[:：].{0,60}|图片?\s?[:：].{0,40}"
    r"|(?:published|updated|posted)\b.{0,40}\d{4}.{0,30}"
    r"|(?:分享|打印|收藏|字号|点赞|评论|扫一扫|返回搜狐).{0,20}",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    r"share (?:this|on|via)\b.{0,80}|(?:we|this (?:web)?site) uses? cookies.{0,200}|(?:accept|reject|manage) (?:all )?cookies.{0,40}"
    r"|sign up (?:for|to) (?:our|the) .{0,60}newsletter.{0,60}|click here to subscribe.{0,60}|subscribe to (?:our|the) newsletter.{0,60}"
    r"|(?:分享到|扫描二维码|长按识别|点击关注|关注我们|本网站使用\s?cookie).{0,40}",
    re.IGNORECASE,
)
_EDGE_LINES = 4


def article_lines(text: str, *, title: str) -> str:
    """Return the text without cookie and share lines, and at both ends without bylines, dates, sources and the title again."""
    lines = [line for line in text.split("\n") if not _ANYWHERE.fullmatch(line)]
    head, body = lines[:_EDGE_LINES], lines[_EDGE_LINES:]
    kept = list(dropwhile(lambda line: _is_edge(line, title), head)) + body
    trailing = dropwhile(lambda line: _is_edge(line, title), reversed(kept))
    return "\n".join(reversed(list(trailing)))


def _is_edge(line: str, title: str) -> bool:
    return line == title or is_imprint(line) or _EDGE.fullmatch(line) is not None


def length(text: str) -> int:
    """Measure a text in letters of about the same content: a Chinese character counts for three."""
    return len(text) + 2 * han_count(text)
