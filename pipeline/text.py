"""Words, sentences and scripts: what every stage must see the same way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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


def primary_language(tag: str) -> str:
    """Return the language of a tag (BCP 47) without script or region: ``zh`` for ``zh-Hant``."""
    return tag.replace("_", "-").partition("-")[0].lower()


def language_name(tag: str) -> str:
    """Return the English name of a tag's language, or the tag itself when it has none."""
    from babel import Locale  # its tables are read when first needed

    return str(Locale("en").languages.get(primary_language(tag), tag))


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
