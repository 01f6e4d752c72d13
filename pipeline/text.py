"""Words, sentences, scripts and numbers: what every stage must see the same way."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
QUOTED = re.compile(r"“[^”\n]{0,400}”|\"[^\"\n]{0,400}\"|「[^」\n]{0,400}」|『[^』\n]{0,400}』")
"""What somebody else says, quotation marks and all."""
_HAN_RUN = re.compile(HAN.pattern + "+")
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\uff66-\uff9d]")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9'’.,&%$-]*")
_SPACE = re.compile(r"[^\S\n]+")
_CROWD = re.compile(r"[^\w\x00-\x7f]{31,}")
"""More signs in a row than Unicode's stream-safe form has accents (UAX 15); putting so many in order takes their square."""
_WINDOW = 4000
"""Characters, far more than a sentence has."""
_UNWANTED = {"Cc", "Cf", "Co", "Cs", "Cn"}
_KEPT = {"\n", "\t", "\u200d"}  # the zero-width joiner holds emoji together
_LIST_NUMBER = re.compile(r"\d{1,2}\.")
_BEFORE_FIGURE = re.compile(r"\b(?:approx|avg|ca|cf|est|excl|incl|max|resp|vs)\.$", re.IGNORECASE)
"""Abbreviations that announce a number, whose full stop ends no sentence."""
_HAN_SENTENCE = re.compile(r"[^。！？!?…\n]+(?:[。！？!?…]+[”’」』》）)\"']*|$)|[。！？!?…]+")


def clean(text: str) -> str:
    """Return outside text as plain NFC text: no control, private-use or bidi characters, spaces folded.

    Newlines stay, so that paragraphs do; runs of blank lines become one newline.
    """
    bearable = _CROWD.sub(_without_accents, text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = unicodedata.normalize("NFC", bearable)
    unwanted = (ord(c) for c in set(plain) - _KEPT if unicodedata.category(c) in _UNWANTED)
    kept = plain.translate(dict.fromkeys(unwanted))
    lines = (_SPACE.sub(" ", line).strip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_accents(crowd: re.Match[str]) -> str:
    return "".join(sign for sign in crowd[0] if not unicodedata.combining(sign))


def clean_line(text: str) -> str:
    """Return outside text as one clean line."""
    if (
        text.isascii() and text.isprintable() and "  " not in text
    ):  # most names: this is asked for every reader
        return text.strip()
    return clean(text).replace("\n", " ")


def simplified(text: str) -> str:
    """Write traditional Chinese characters the simplified way, one for one, so that places in the text stay."""
    if not HAN.search(text):
        return text
    written: str = _simplifier().convert(text)
    return written if len(written) == len(text) else text


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC  # its tables are read when first needed

    return OpenCC("t2s")


def han_count(text: str) -> int:
    """Count the Chinese characters."""
    return sum(map(len, _HAN_RUN.findall(text)))


def is_mostly_han(text: str) -> bool:
    """Say whether Chinese characters outnumber the words in Latin letters."""
    han = han_count(text)
    return han > 0 and han >= len(_LATIN_WORD.findall(text))


def script_language(text: str) -> str:
    """Tell the language by its script alone: ``zh``, ``ja``, ``ko``, ``en`` (any Latin text) or ``und``.

    A tenth of kana among the East Asian characters makes a text Japanese, a fifth of hangul Korean:
    Chinese text quotes a foreign name now and then, and no more.
    """
    han, kana, hangul = han_count(text), len(_KANA.findall(text)), len(_HANGUL.findall(text))
    east_asian = han + kana + hangul
    if east_asian and hangul * 5 >= east_asian:
        return "ko"
    if kana > 1 and kana * 10 >= east_asian:
        return "ja"
    if is_mostly_han(text):
        return "zh"
    return "en" if _LATIN_WORD.search(text) else "und"


def word_count(text: str) -> int:
    """Count words: each Chinese character is one, each run of Latin letters or digits is one."""
    return han_count(text) + len(_LATIN_WORD.findall(_HAN_RUN.sub(" ", text)))


def words(text: str) -> list[str]:
    """Return the words in order: Latin words in lower case, Chinese as overlapping pairs of characters.

    Pairs stand in for Chinese words: they need no dictionary and know every new name.
    """
    found = [(match.start(), match.group().rstrip(".,'’-&").lower()) for match in _LATIN_WORD.finditer(text)]
    for run in _HAN_RUN.finditer(text):
        characters = run.group()
        pairs = [characters[i : i + 2] for i in range(max(len(characters) - 1, 1))]
        found += [(run.start() + i, pair) for i, pair in enumerate(pairs)]
    return [word for _, word in sorted(found) if word]


def sentences(text: str, language: str) -> list[str]:
    """Split into whole sentences, in order and none empty; a newline always ends one."""
    split = _han_sentences if language in ("zh", "ja") else _latin_sentences
    return [sentence for line in text.split("\n") if line.strip() for sentence in split(line, language)]


def _han_sentences(line: str, _language: str) -> list[str]:
    found = (match.group().strip() for match in _HAN_SENTENCE.finditer(line))
    return [sentence for sentence in found if sentence]


def _latin_sentences(line: str, language: str) -> list[str]:
    found: list[str] = []
    for piece in _pieces(line, "en" if language == "und" else language):
        sentence = piece.strip()
        if found and sentence and _goes_on(found[-1], sentence):
            found[-1] = f"{found[-1]} {sentence}"
        elif sentence:
            found.append(sentence)
    return found


def _goes_on(before: str, piece: str) -> bool:
    """Say whether a piece belongs to the sentence before it: ``"It works!" he said.``, ``approx. 5``, ``1. The list``."""
    if piece[0].islower() or _LIST_NUMBER.fullmatch(before):
        return True
    return piece[0].isdigit() and _BEFORE_FIGURE.search(before[-20:]) is not None


def _pieces(line: str, language: str) -> Iterator[str]:
    """Split window by window, for the splitter's time grows with the square; what a window's end cuts goes to the next."""
    from sentencex import segment  # a native library, loaded by those who split

    start = 0
    while start + _WINDOW < len(line):
        window = line[start : start + _WINDOW]
        whole = segment(language, window)[:-1] or [window]
        yield from whole
        start += sum(map(len, whole))
    yield from segment(language, line[start:])


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number as it stands in a text, with scale words and units worked out."""

    value: float
    unit: str
    """``CNY``, ``USD``, …, ``%``, ``date`` (month × 100 + day), ``year``, or empty."""
    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Return one spelling for equal quantities, whatever the language: ``150000000 CNY``."""
        return f"{self.value:.12g} {self.unit}".strip()


_MONTH_NAMES = (
    ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
    ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
    ("dec", "december"),
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_SCALES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3,
    "萬億": 1e12, "億": 1e8, "千萬": 1e7, "百萬": 1e6, "萬": 1e4,
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6, "m": 1e6, "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_UNITS = {
    **dict.fromkeys(("元人民币", "人民币", "元", "yuan", "rmb", "renminbi", "cny", "¥", "￥"), "CNY"),
    **dict.fromkeys(
        ("美元", "美金", "us dollars", "u.s. dollars", "dollars", "dollar", "usd", "$", "us$"), "USD"
    ),
    **dict.fromkeys(("港元", "港币", "港幣", "hk dollars", "hkd", "hk$"), "HKD"),
    **dict.fromkeys(("欧元", "歐元", "euros", "euro", "eur", "€"), "EUR"),
    **dict.fromkeys(("日元", "日圆", "yen", "jpy"), "JPY"),
    **dict.fromkeys(("英镑", "英鎊", "pounds", "gbp", "£"), "GBP"),
    **dict.fromkeys(("%", "％", "percent", "per cent", "个百分点", "個百分點", "percentage points"), "%"),
    **dict.fromkeys(("年",), "year"),
}


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(
        re.escape(name) + (r"\b" if name[-1].isascii() and name[-1].isalpha() else "")
        for name in longest_first
    )


_AMOUNT = re.compile(
    r"(?:(?P<before>(?:hk|us)?\$|[€£¥￥]|\b(?:rmb|cny|usd|hkd|eur)\s?)|(?<![\d.,A-Za-z]))"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"[余餘多]?\s?(?:[-–]?(?P<scale>{_any_of(_SCALES)})(?:(?<=[亿億])(?P<rest>\d{{1,4}})[万萬](?!\d)|(?<=[万萬])(?P<thousands>\d)千)?)?"
    rf"(?:[余餘多]|[\s-])?(?P<after>{_any_of(_UNITS)})?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号號]"
    rf"|\b(?P<name>{_any_of(_MONTHS)})\.?\s(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:,]?\d)"
    rf"|\b(?P<day_before>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<name_after>{_any_of(_MONTHS)})\b",
    re.IGNORECASE,
)
_DIGITS = {character: index for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_HAN_NUMBER = re.compile(
    r"百分之(?P<percent>[零〇一二三四五六七八九十百]{1,9}(?:点[零〇一二三四五六七八九]{1,9})?)"
    r"|(?<![数數几幾一二三四五六七八九])(?![一二三四五六七八九]{2}[十百千万萬亿億])(?P<number>(?:[百千](?=[万萬亿億][美港欧]?元)|[一二两兩三四五六七八九十])(?:[零〇一二两兩三四五六七八九十百千万萬亿億]|[点余餘多几幾](?=[零〇一二三四五六七八九]{0,9}[万萬亿億])){1,24})"
    r"[余餘多]?(?P<after>元人民币|元|美元|港元|欧元)?"
)


def quantities(text: str) -> tuple[Quantity, ...]:
    """Find the numbers, amounts and dates in order, with units made comparable across languages.

    ``1.5亿元`` and ``150 million yuan`` have the same ``key``, so have ``2月21日`` and ``Feb 21``.
    """
    dates = list(_dates(text))
    taken = {position for date in dates for position in range(date.start, date.end)}
    numbers = (*_amounts(text), *_han_amounts(text))
    return tuple(
        sorted((*dates, *(n for n in numbers if n.start not in taken)), key=lambda found: found.start)
    )


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        name = match["name"] or match["name_after"]
        month = _MONTHS[name.lower()] if name else int(match["month"])
        day = int(match["day"] or match["day_after"] or match["day_before"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield _quantity(match, value=month * 100 + day, unit="date")


def _amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        value, scale = float(match["number"].replace(",", "")), (match["scale"] or "").lower()
        rest = float(match["rest"] or 0) * 1e4 + float(match["thousands"] or 0) * 1e3
        unit = _UNITS.get((match["before"] or match["after"] or "").strip().lower(), "")
        if len(scale) == 1 and scale in "mbk" and unit in ("", "%", "year"):
            yield _quantity(
                match, value=value, unit=unit
            )  # 5m may be metres: a scale only after a currency sign
        elif unit == "year" and not (value.is_integer() and 1900 <= value <= 2100):
            yield _quantity(match, value=value * _SCALES.get(scale, 1), unit="")
        else:
            total = value * _SCALES.get(scale, 1) + rest
            yield _quantity(match, value=total, unit=_year_or(unit, value, match))


def _year_or(unit: str, value: float, match: re.Match[str]) -> str:
    is_bare = not unit and not match["scale"] and re.fullmatch(r"(?:19|20)\d\d", match["number"])
    return "year" if is_bare and 1900 <= value <= 2100 else unit


def _han_amounts(text: str) -> Iterator[Quantity]:
    for match in _HAN_NUMBER.finditer(text):
        if match["percent"]:
            yield _quantity(match, value=_han_value(match["percent"]), unit="%")
        elif any(character in _TENS or character in _MYRIADS for character in match["number"]):
            yield _quantity(
                match, value=_han_value(match["number"]), unit=_UNITS.get(match["after"] or "", "")
            )


def _han_value(numeral: str) -> float:
    """Read ``三千``, ``二十多万`` (200,000, for that is what is known of it), ``三点五亿``."""
    whole, point, decimals = numeral.partition("点")
    if point:
        scale = math.prod(_MYRIADS[character] for character in decimals if character in _MYRIADS)
        digits = "".join(str(_DIGITS[character]) for character in decimals if character in _DIGITS)
        return round((_han_value(whole) + float(f"0.{digits or 0}")) * scale, 6)
    total = section = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section, digit = section + (digit or 1) * _TENS[character], 0
        elif character in "亿億":
            total, section, digit = max(total + section + digit, 1) * _MYRIADS[character], 0, 0
        elif character in _MYRIADS:
            total, section, digit = total + max(section + digit, 1) * _MYRIADS[character], 0, 0
    return total + section + digit


def _quantity(match: re.Match[str], *, value: float, unit: str) -> Quantity:
    exact = float(f"{value:.12g}")  # 2.3 x 1e8 is not 230,000,000 to the last bit
    return Quantity(value=exact, unit=unit, text=match.group().strip(), start=match.start(), end=match.end())


_ZONE = r"(?:(?:GMT|UTC|[A-Z]{1,3}[SD]?T)\b)?(?:[+-]\d{1,2}(?::?\d\d)?)?"
_PRINTED = re.compile(
    r"\s*(?!(?i:on|at)\b)(?:(?i:last updated|updated|published|posted|发布时间|更新时间|发表时间|时间|日期)\s?(?:on\b|at\b)?[:：]?\s?)?(?:(?:"
    rf"(?i:(?:{_any_of(_MONTHS)})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!:)|\d{{1,2}}(?:st|nd|rd|th)?\s(?:{_any_of(_MONTHS)}))"
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
