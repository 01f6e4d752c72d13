"""What stands in an article and is no part of its story: datelines, bylines, credits, calls to subscribe."""

from __future__ import annotations

import re

from pipeline.text import after_printed_date, is_imprint

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_PLACE = r"[A-Z][A-Za-z.'’-]+(?:[ ,]+[A-Z][A-Za-z.'’-]+){0,3}"
_DATE = rf"(?:,?\s{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?,?|,?\s\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?,?)"
_AGENCY = r"\s?\([A-Z][\w .’'-]{1,30}\)"
_DATELINE_EN = re.compile(
    "^(?:"
    rf"{_PLACE}{_DATE}?{_AGENCY}\s?(?:[-–—:]+\s?)?"  # Wuhan, Feb 21 (Agency) -
    rf"|{_PLACE}{_DATE}\s?[-–—]{{1,2}}\s?"  # Wuhan, Feb 21 —
    rf"|(?![A-Z]{{1,3}}\s?[-–—])[A-Z][A-Z.'’ -]{{2,30}}(?:,\s[A-Z][A-Za-z. ]{{1,30}}?)?{_DATE}?(?:{_AGENCY})?\s?[-–—]{{1,2}}\s"  # WUHAN, China -
    ")"
)
_HAN = r"[\u4e00-\u9fff]"
_REPORTERS = r"(?:[（(][^）)]{1,60}[）)])?"
_WIRE = rf"(?:(?:{_HAN}{{0,4}}[专專])?[电電讯訊]|消息|报道|報道)"
_DATELINE_ZH = re.compile(
    "^(?:"
    r"【[^】]{1,20}】\s*"
    r"|[（(](?:本报|记者|見習記者|见习记者|通讯员|文/)[^）)]{0,40}[）)]\s*"
    rf"|(?:{_HAN}{{2,8}}[社网報报]|中新{_HAN}{{0,4}}|央视{_HAN}{{0,4}})[\u4e00-\u9fff·]{{0,12}}?\d{{1,2}}月\d{{1,2}}日?"
    rf"{_WIRE}\s?(?:综合新华社驻外记者报道)?(?:[题題][:：]?[^（(。]{{0,40}})?{_REPORTERS}[：:，,]?\s*"
    rf"|(?:本报|本網|本网|本刊|{_HAN}{{2,6}}[网社]|{_HAN}{{2,5}}日报){_HAN}{{0,8}}?(?:\d{{1,2}}月\d{{1,2}}日)?(?:综合)?{_WIRE}\s?"
    rf"{_REPORTERS}(?:记者[\u4e00-\u9fff·、 ]{{2,16}}报道)?[：:，,]?\s*"
    r"|(?:[^，。]{0,8}记者[^，。]{0,30}(?:获悉|了解到|采访发现|看到)|据(?:悉|了解|介绍))[，,：:]\s*"
    r"|据[^，。]{2,16}(?:消息|报道|報道)[，,：:]\s*"
    ")"
)
_CREDITS_ZH = "来源|來源|作者|编辑|編輯|记者|記者|责编|責編|责任编辑|责任編輯|原标题|原標題|图片来源|图源|文|撰文|出品|校对|审核"
_BYLINE = re.compile(
    r"^(?:by\s[A-Z][\w.'’-]+(?:\s(?:and\s)?[A-Z][\w.'’-]+){0,5}"
    rf"|(?:{_CREDITS_ZH})\s?[:：|丨/／].{{0,60}}"
    r"|(?:photo|image|credit|source|editor|written|reported|updated|published)\b[^.!?]{0,80})$",
    re.IGNORECASE,
)
_CALLS = (
    r"^(?:subscribe|sign up|follow|share|read more|click|log in|advertisement|related|scroll down)\b",
    r"\b(?:subscribe|sign up|log in) (?:here|now|today|(?:to|for) our|to (?:read|continue))\b",
    r"\b(?:click here|read more (?:at|on|here)|follow us|contact us|our newsletter|all rights reserved)\b",
    r"\b(?:we use cookies|our (?:privacy policy|app)|terms of (?:use|service)|copyright (?:©|\d{4}))|©",
    r"\bthis (?:article|story) (?:was (?:originally|first)|originally|first) (?:published|appeared)\b|\bnot investment advice\b",
    r"点击(?:关注|上方|阅读|下方|这里|查看)|點擊(?:關注|閱讀|查看)|扫码|掃碼|(?:扫描|识别|掃描).{0,6}(?:二维码|二維碼)|关注我们|關注我們",
    r"关注.{0,8}公众号|微信公众号[:：]|版权所有|版權所有|未经(?:授权|许可|允许)|未經(?:授權|許可)|转载(?:请|须|需)|(?:禁止|谢绝|不得)转载|欢迎(?:订阅|关注|留言|投稿)",
    r"投稿邮箱|下载.{0,6}(?:APP|客户端)|免责声明|免責聲明|不构成投资建议|不構成投資建議|阅读原文|本文(?:来自|首发|作者|系作者)|延伸阅读|相关阅读|猜你喜欢|长按识别",
)
_CALL = re.compile("|".join(_CALLS), re.IGNORECASE)
_CLOCK = re.compile(r"\d:\d\d")
_LONGEST_CALL = 200
"""Longer sentences that hold such words tell of them, as news on an app's privacy policy does."""


def without_dateline(line: str) -> str:
    """Return a paragraph without the place, date, agency and reporters it opens with.

    A date printed before them goes too; one that opens a sentence of its own stays.
    """
    told = after_printed_date(line)
    opened, printed = _without_openers(told), line[: len(line) - len(told)]
    is_furniture = opened != told or (_CLOCK.search(printed) and printed[-1].isspace())
    return opened if printed and is_furniture else _without_openers(line)


def _without_openers(line: str) -> str:
    pattern = _DATELINE_ZH if re.search(r"[\u4e00-\u9fff]", line[:40]) else _DATELINE_EN
    stripped = line
    for _ in range(3):  # 【栏目】 本报讯 （记者 …）
        shorter = pattern.sub("", stripped, count=1).lstrip(" 　:：-–—")
        if shorter == stripped or not shorter:
            break
        stripped = shorter
    return stripped


def is_byline(line: str) -> bool:
    """Say whether a whole line only names who wrote, took, edited or published, or when."""
    return is_imprint(line) or _BYLINE.match(line.strip()) is not None


def is_call(sentence: str) -> bool:
    """Say whether a sentence speaks to the reader of the site and not of the story."""
    return _CALL.search(sentence) is not None and len(sentence) < _LONGEST_CALL
