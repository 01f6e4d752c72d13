"""The line that tells when a text came out, as pages print it."""

from __future__ import annotations

import re

from pipeline.quantities import MONTH
from pipeline.text import word_count

_ZONE = r"(?:(?:GMT|UTC|[A-Z]{1,3}[SD]?T)\b)?(?:[+-]\d{1,2}(?::?\d\d)?)?"
_PRINTED = re.compile(
    r"\s*(?!(?i:on|at)\b)(?:(?i:last updated|updated|published|posted|发布时间|更新时间|发表时间|时间|日期)\s?(?:on\b|at\b)?[:：]?\s?)?(?:(?:"
    rf"(?i:(?:{MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!:)|\d{{1,2}}(?:st|nd|rd|th)?\s(?:{MONTH}))"
    r"|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
    r"|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}(?:日|T(?=\d))?|\d{1,2}[./]\d{1,2}[./]\d{4}\b|(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日|(?:19|20)\d\d\b"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?Z?\b|(?i:[ap]\.?m\b\.?|at\b|on\b)|[上下]午|(?:星期|周)[一二三四五六日天]"
    r"|(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day)?\b"
    rf"|(?i:(?:china|beijing|hong kong|local|eastern|pacific)(?: standard)? time)|北京时间|{_ZONE}(?<=[\dA-Z])(?=\s|$))[\s,，.·|/()（）-]*)+"
)
_CREDIT = re.compile(r"[\s|·]*(?:来源|來源|作者|编辑|編輯|记者|記者|字号|阅读|浏览|by\s)", re.IGNORECASE)
_SEAM = re.compile(r"\s[·|•—–]\s")
_LONGEST_IMPRINT = 120


def after_printed_date(line: str) -> str:
    """Return what follows the date and time a line opens with, as a page prints them; else the whole line."""
    match = _PRINTED.match(line)
    return line[match.end() :] if match and re.search(r"\d|月", match.group()) else line


def is_imprint(line: str) -> bool:
    """Say whether a line only tells when a text came out, and perhaps by whom: ``A. Writer · 21 Feb 2022 · 2 min read``."""
    rest = after_printed_date(line)
    if len(line) > _LONGEST_IMPRINT or not line.strip():
        return False
    if rest != line and (not rest.strip() or _CREDIT.match(rest)):
        return True
    parts = _SEAM.split(line)
    return any(not after_printed_date(part).strip() for part in parts) and all(map(_is_short, parts))


def _is_short(part: str) -> bool:
    """Say whether it may be a name, a date or a reading time; a clause is longer and ends in a full stop."""
    return word_count(part) <= 8 and not part.rstrip().endswith(("。", "！", "？", "!", "?"))
