"""Lines that stand in an article's text without being of it."""

from __future__ import annotations

import re
from itertools import dropwhile

from pipeline.extract.dates import MONTHS
from pipeline.imprint import is_imprint
from pipeline.text import han_count


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NAMED_SITES = "twitter|facebook|instagram|google|x|linkedin|youtube|weibo|wechat"
_BARRIER = (
    r"(?:please )?(?:subscribe|register|sign up|log in|sign in|join)(?: now)? (?:to|for) (?:read|continue|keep|unlock|more|see|view|get|access)\b.{0,80}",
    r"(?:want )?to (?:continue|keep|read)\b.{0,60}(?:reading|article|story|more)\b.{0,60}",
    r"(?:this )?(?:article|content|story)? ?(?:is )?(?:only |exclusively )?(?:for|reserved for|available (?:only )?to) (?:our )?(?:subscribers|members)\b.{0,40}",
    r"already (?:a|have an?) (?:subscriber|member|account).{0,80}",
    r".{0,20}(?:订阅|登录|注册|付费|开通会员|购买)(?:后|即可|以|才能|，)?(?:继续)?(?:阅读|查看|解锁).{0,30}",
    r".{0,20}(?:试读结束|剩余.{0,6}(?:付费|会员|未读)).{0,20}|(?:本文|以下)为(?:付费|会员).{0,30}",
)
BARRIER = _any_of(*_BARRIER)
"""What stands over the offers of a page that is only open in part."""
_EDGE = _any_of(
    # who wrote, edited and took over
    r"(?:本文)?(?:来源|來源|文章来源|稿源|责任编辑|责编|编辑|作者|原标题|记者|校对|审核|发布时间|声明|免责声明)\s?[:：].{0,60}",
    r"[（(](?:原标题|责任编辑|责编|编辑|来源|记者)\s?[:：].{0,60}[)）](?:\s?【.{1,8}】)*",
    r"[（(][\u4e00-\u9fff]{0,8}(?:记者|通讯员)[^。！？）)]{2,60}[）)]|(?:本报|本刊|本网)?(?:记者|通讯员)[\s/][^。！？，]{2,40}",
    r"[【\[](?:[\u4e00-\u9fff]{2,4})?(?:声明|提示)[】\]].{0,400}",
    rf"by\s+[\w.'’ -]{{3,50}}(?:[,|·]\s?(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})[a-z]*\.? \d.{{0,20}})?",
    r"(?:posted|written) by\b.{3,120}|(?:published|updated|posted)\b.{0,40}\d{4}.{0,30}",
    r"\W{0,3}(?:(?:additional )?reporting by|with (?:files|reports?|reporting) (?:from|by)|first published (?:in|on|by))\b.{0,200}",
    r".{3,200}\bcontributed to this (?:report|story|article)\W{0,2}",
    # what a reader can do
    r"(?:share|tweet|print|e-?mail|comments?|tags|facebook|twitter|linkedin|whatsapp|weibo|wechat|copy link|read more)[:：]?",
    r"(?:分享|打印|收藏|字号|点赞|评论|扫一扫|返回搜狐|关键词).{0,20}",
)
_ANYWHERE = _any_of(
    *_BARRIER,
    # sharing, following, consenting
    r"share (?:this|on|via)\b.{0,80}|(?:we|this (?:web)?site) uses? cookies.{0,200}|(?:accept|reject|manage) (?:all )?cookies.{0,40}",
    rf"follow us|follow [\w .]{{1,30}} on (?:{_NAMED_SITES})\b.{{0,150}}|join the conversation|.{{0,40}}\btell us what you think\b.{{0,200}}",
    r"(?:分享到|扫描二维码|长按识别|长按二维码|点击关注|点击上方|关注我们|点击下载|本网站使用\s?cookie).{0,40}",
    # letters, offers
    r".{0,80}\bsign up (?:for|to|now)\b.{0,80}\b(?:newsletters?|e-?mails?|alerts|briefing|inbox)\b.{0,60}",
    r"get the (?:latest|day|best)\b.{0,80}\b(?:inbox|phone)\b.{0,60}",
    r"(?:click here to|please) subscribe.{0,60}|subscribe(?: now| today|(?: to| for)\b.{0,100})?\W?",
    r".{0,40}\baffiliate (?:links?|commission)\b.{0,200}",
    # other articles
    r"(?:read|see|watch) (?:more|also)(?: on [\w ]{1,30})?\s?[:：].{0,200}|(?:延伸|相关|推荐)(?:阅读|新闻|报道)(?:[:：].{0,100})?",
    # pictures, and words for those who cannot see the page
    r"(?:photo(?:graph)?s?|images?|pictures?|drawings?|illustrations?|graphics?|credit)(?: by| credit| copyright)?\s?[:：].{0,60}",
    r"image copyright\b.{0,60}|getty(?: images)?|图片?\s?[:：].{0,40}",
    r"(?:story|article|advert\w*) continues? (?:below|after).{0,40}|skip past .{0,60}|media playback is .{0,40}",
    r"advert(?:isement)?|caption|close|watch now|key points",
)
_EDGE_LINES = 5
_TAIL = re.compile(
    r"\s*[（(](?:责任编辑|責任編輯|责编|编辑|校对)\s?[:：/]?\s?[^（()）。]{1,40}[)）](?:\s?【.{1,8}】)*$"
)
"""An editor named behind the last sentence."""


def article_lines(text: str, *, title: str) -> str:
    """Return the text without cookie and share lines, and at both ends without bylines, dates, sources and the title again."""
    lines = [line for line in text.split("\n") if not _ANYWHERE.fullmatch(line)]
    from_start = _without_edge(lines, title)
    return _TAIL.sub("", "\n".join(reversed(_without_edge(from_start[::-1], title))))


def _without_edge(lines: list[str], title: str) -> list[str]:
    """Drop the first lines that are no text; a list of dates, which looks like them, runs on longer."""
    edge, rest = lines[:_EDGE_LINES], lines[_EDGE_LINES:]
    return [*dropwhile(lambda line: _is_edge(line, title), edge), *rest]


def _is_edge(line: str, title: str) -> bool:
    return line == title or is_imprint(line) or _EDGE.fullmatch(line) is not None


def length(text: str) -> int:
    """Measure a text in letters of about the same content: a Chinese character counts for three."""
    return len(text) + 2 * han_count(text)
