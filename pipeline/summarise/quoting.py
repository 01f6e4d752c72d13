"""Did the source quote these words, and from the same speaker?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.summarise.evidence import Evidence
from pipeline.summarise.folding import fold
from pipeline.text import HAN, han_count

FEWEST_QUOTED = 4
"""Chinese characters; fewer in quotation marks are a name or a figure of speech."""
REACH = 80
"""Characters around a quotation where its speaker is named."""
_QUOTED = re.compile(r"[“「『]([^“”「」『』]{2,500})[”」』]|(?<![\w])\"([^\"]{2,500})\"")
_PAUSE = re.compile(r"[，,。！？!?；;：:、]")
_ENDS = ".,，。!?！？ "
_CLOSING = f'”」』"{_ENDS}'
_SENTENCE_END = re.compile(r"[。！？!?；;\n”」』]|\.(?=\s)")
_SENTENCE_START = re.compile(r"[。！？!?；;\n]|(?<=[。！？!?])[”」』]|\.(?=\s)")
_SAYING = (
    r"(?:said|says|say|told|tells|added|adds|argued|argues|noted|notes|warned|warns|cautioned|cautions|joked|jokes|explained|explains|called|calls"
    r"|insisted|insists|replied|replies|wrote|writes|recalled|recalls|promised|promises|conceded|concedes)"
)
_SAYING_HAN = (
    r"(?:表示|认为|認為|指出|强调|強調|介绍|介紹|透露|形容|称赞|稱讚|直言|坦言|回应|回應|提醒|批评|批評|质疑|質疑|看重|笑言|告诉|告訴|评价|評價|解释|解釋"
    r"|补充|補充|呼吁|呼籲|担心|擔心|感叹|感嘆|写道|寫道|说|說|称|稱)"
)
_BEFORE = re.compile(
    rf"(?P<name>[^,，。；;:：“”\"]{{2,60}}?)(?:,[^,“”\"]{{1,50}},)?\s(?:also\s|then\s)?{_SAYING}\b[^.;“”\"]{{0,40}}$"
    rf"|(?P<han>[\u4e00-\u9fff·A-Za-z\d]{{2,24}}?)(?:又|还|還|则|則|也|曾)?{_SAYING_HAN}[^。；]{{0,30}}$"
)
_AFTER = re.compile(
    rf"^(?:{_SAYING}\s(?P<inverted>[^,.;“”\"]{{2,50}})|(?P<name>[^,.;“”\"]{{2,50}}?)\s(?:also\s)?{_SAYING}\b)"
    rf"|^(?P<han>[\u4e00-\u9fff·A-Za-z\d]{{2,24}}?)(?:又|还|還|则|則|也)?{_SAYING_HAN}(?=[。，,；]|$)"
)
_NAMELESS = frozenset(
    ("he", "she", "they", "it", "who", "one", "and", "but", "that", "the", "also", "他", "她", "他们", "她们", "对此", "其", "并", "该")
)  # fmt: skip
_WORD = re.compile(r"[a-z\u00c0-\u024f]{2,}")
_SMALL = frozenset(
    ("the", "of", "a", "an", "and", "in", "at", "for", "his", "her", "its", "who", "as", "one", "some")
)


def unsupported_quotations(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Name each quotation that the source does not have, and each speaker to whom another's words are given."""
    for match in _QUOTED.finditer(sentence):
        quoted = match[1] or match[2]
        if fold(quoted).strip(_ENDS) not in evidence.folded:
            if _is_saying(match, sentence):
                yield f"quotation “{quoted}”"
        elif speaker := _wrong_speaker(match, sentence, evidence.text):
            yield f"speaker “{speaker}”"


def _is_saying(match: re.Match[str], sentence: str) -> bool:
    """Tell what somebody said from a word in quotation marks; Chinese puts them about any name or figure of speech."""
    quoted = match[1] or match[2]
    if not HAN.search(quoted):
        return len(quoted.split()) >= 2
    is_introduced = sentence[: match.start()].rstrip().endswith(("：", ":", "，", ",", "说", "称", "表示"))
    return han_count(quoted) >= FEWEST_QUOTED and (is_introduced or _PAUSE.search(quoted) is not None)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What stands before and behind a quotation, as far as it may name the speaker."""

    before: str
    after: str

    @property
    def speaker(self) -> str:
        """Who is named as saying it; empty when nobody is."""
        found = _BEFORE.search(self.before) or _AFTER.search(self.after)
        name = next((name for name in found.groupdict().values() if name), "").strip() if found else ""
        return "" if not name or name.lower() in _NAMELESS or not _parts(name) else name


def _place(text: str, start: int, end: int) -> _Place:
    before = text[max(start - REACH, 0) : start].rstrip("“「『\"'` ：:，,")
    after = text[end : end + REACH].lstrip(_CLOSING)
    stop = _SENTENCE_END.search(after)
    return _Place(before=_SENTENCE_START.split(before)[-1], after=after[: stop.start() if stop else None])


def _wrong_speaker(match: re.Match[str], sentence: str, source: str) -> str:
    """Return a quotation's speaker when the source names another beside it, and this one not there."""
    quoted = (match[1] or match[2]).strip(_ENDS)
    told = _place(sentence, match.start(), match.end()).speaker
    start = source.find(quoted) if told else -1
    if start < 0:
        return ""
    place = _place(source, start, start + len(quoted))
    actual = place.speaker
    beside = (
        _parts(place.before) if _BEFORE.search(place.before) else _parts(place.before + " " + place.after)
    )
    return told if actual and not _parts(told) & (beside | _parts(actual)) else ""


def _parts(text: str) -> frozenset[str]:
    """Return the words of a text, in Chinese the pairs of characters."""
    latin = frozenset(_WORD.findall(text.lower())) - _SMALL - _NAMELESS
    han = "".join(character if HAN.match(character) else " " for character in text)
    return latin | {han[at : at + 2] for at in range(len(han) - 1) if " " not in han[at : at + 2]}
