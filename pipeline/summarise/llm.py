"""What a language model is asked, and what may be taken of its answer. Pure; ``llm_client`` does the asking.

An answer is an outsider's text like any other: read by a strict form, and looked over before anybody sees it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from pipeline.errors import ConfigurationError
from pipeline.summarise.boilerplate import is_call
from pipeline.summarise.extractive import (
    FEWEST_HAN,
    FEWEST_WORDS,
    MOST_HAN,
    MOST_SENTENCES,
    MOST_WORDS,
    READ_CHARACTERS,
    story_sentences,
)
from pipeline.summarise.orders import is_to_model
from pipeline.text import clean_line, han_count, is_mostly_han, sentences, word_count

SUMMARY, HEADLINE, WHY = "summary", "headline", "why_it_matters"
LANGUAGES = {"en": "English", "zh": "Chinese"}
SHOWN_CHARACTERS = 8000
"""How much of an article the model is shown: news tells what matters in its first paragraphs, and all is paid for."""
_PROMPTS = Path(__file__).parent / "prompts"
_LENGTHS = {"en": ("60 words", "25 words"), "zh": ("100 characters", "45 characters")}
"""What the model is told, of a summary and of a line; somewhat less than what is let through."""
_SCRIPT = {"own": "Chinese, in the characters of the article", "other": "Chinese, in simplified characters"}
CALENDAR = {
    "Monday": "周一 星期一 週一", "Tuesday": "周二 星期二 週二", "Wednesday": "周三 星期三 週三", "Thursday": "周四 星期四 週四",
    "Friday": "周五 星期五 週五", "Saturday": "周六 星期六 週六", "Sunday": "周日 周天 星期日 星期天 週日",
    "January": "1月 一月 元月", "February": "2月 二月", "March": "3月 三月", "April": "4月 四月", "May": "5月 五月", "June": "6月 六月",
    "July": "7月 七月", "August": "8月 八月", "September": "9月 九月", "October": "10月 十月", "November": "11月 十一月", "December": "12月 十二月",
}  # fmt: skip
_CALENDAR_NAME = re.compile(rf"\b(?:{'|'.join(CALENDAR)})\b")
_ENDING = re.compile(r"[.!?。！？…][”’」』》）)\"']*$")
_NO_PLAIN_TEXT = re.compile(r"</?[A-Za-z!]|&#?\w+;|\*\*|`|\[[^\]]*\]\(|[{}]")
_LINK = re.compile(r"(?i:https?:|www\.|\w@\w)|(?<![\w.])[a-z][\w-]*\.(?:com|cn|net|org|io|xyz)\b")
"""A firm that has its name from its site, as JD.com, writes it with a capital."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to ask: instructions of ours, and the outside text they are about."""

    instructions: str
    """``{fence}`` stands where the name of the fence goes."""
    text: str
    keys: tuple[str, ...]
    """What the answer must hold; ``why_it_matters`` may be missing."""

    @property
    def form(self) -> type[BaseModel]:
        """Return the model of an answer, which takes these keys and no others."""
        fields: dict[str, Any] = {key: (str, "" if key == WHY else ...) for key in self.keys}
        return create_model("Answer", __config__=ConfigDict(extra="forbid", strict=True), **fields)

    def digest(self, model: str) -> str:
        """Return what the answer of one model depends on, hashed."""
        told = json.dumps([model, self.instructions, self.text, self.keys], ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def messages(self, fence: str) -> list[dict[str, str]]:
        """Return the question, its text within a fence that nobody who wrote it could know."""
        return [
            {"role": "system", "content": self.instructions.replace("{fence}", fence)},
            {"role": "user", "content": f"<{fence}>\n{self.text}\n</{fence}>"},
        ]

    def read(self, content: str) -> dict[str, str] | None:
        """Return an answer's texts as plain lines; None for one that is not of the form."""
        start, end = content.find("{"), content.rfind("}")
        try:
            answer = self.form.model_validate_json(content[start : end + 1])
        except ValidationError:
            return None
        return {key: clean_line(value) for key, value in answer.model_dump().items()}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of a question: an answer's texts, or why there are none."""

    words: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    is_answer: bool = False
    """Whether the model answered, well or badly: the same question need not be paid for again."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a model is asked, and within what."""

    base_url: str
    model: str
    api_key: str | None = field(repr=False)
    timeout: timedelta
    """Of one question, its repeats with it."""
    issue_timeout: timedelta
    answer_tokens: int


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What an issue may use; prices are of a million tokens."""

    tokens: int
    price_in: float | None = None
    price_out: float | None = None
    cost: float | None = None


class Budget:
    """What an issue has used, and may still: each question is let in with the most that it can take."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self.tokens_in = self.tokens_out = 0

    def take(self, tokens_in: int, tokens_out: int) -> bool:
        """Set tokens aside; False, and nothing set aside, when that would be over a limit."""
        self.settle(tokens_in, tokens_out)
        is_over = self.tokens_in + self.tokens_out > self._limit.tokens
        if self._limit.cost is not None:
            is_over |= self.cost is None or self.cost > self._limit.cost
        if is_over:
            self.settle(-tokens_in, -tokens_out)
        return not is_over

    def settle(self, tokens_in: int, tokens_out: int) -> None:
        """Count tokens, or take back those set aside and not used."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out

    @property
    def cost(self) -> float | None:
        """Return what was used in money; None when a price is not known."""
        prices = self._limit.price_in, self._limit.price_out
        if prices[0] is None or prices[1] is None:
            return None
        return (self.tokens_in * prices[0] + self.tokens_out * prices[1]) / 1e6


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """The instructions, from ``prompts/*.md``."""

    summary: str
    translation: str
    why: str
    data: str

    def to_sum_up(self, title: str, told: str, *, language: str, with_why: bool) -> Task:
        """Return the question for a summary in the article's own language."""
        keys = (SUMMARY, WHY) if with_why else (SUMMARY,)
        parts = (self.summary, self.why, self.data) if with_why else (self.summary, self.data)
        return Task(
            instructions=_filled("\n".join(parts), keys, language=language, script="own"),
            text=f"{title}\n\n{told}",
            keys=keys,
        )

    def to_translate(self, words: Mapping[str, str], *, language: str) -> Task:
        """Return the question for the same words in another language."""
        keys = tuple(words)
        return Task(
            instructions=_filled(f"{self.translation}\n{self.data}", keys, language=language, script="other"),
            text=json.dumps(dict(words), ensure_ascii=False, indent=1),
            keys=keys,
        )


def load_prompts(own: Path) -> Prompts:
    """Read the prompts; each file in the newsroom's folder, which need not exist, wins. Raises ``ConfigurationError``."""
    names = Prompts.__dataclass_fields__
    return Prompts(**{name: _prompt(name, own) for name in names})


def _prompt(name: str, own: Path) -> str:
    path = own / f"{name}.md"
    try:
        return (path if path.is_file() else _PROMPTS / path.name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read as UTF-8; mend it, or remove it") from error


def _filled(prompt: str, keys: tuple[str, ...], *, language: str, script: str) -> str:
    length, short = _LENGTHS[language]
    name = _SCRIPT[script] if language == "zh" else LANGUAGES[language]
    values = {"language": name, "length": length, "short": short, "keys": ", ".join(keys)}
    for name, value in values.items():
        prompt = prompt.replace(f"{{{name}}}", value)
    return prompt


def calendar_names(said: str) -> dict[str, frozenset[str]]:
    """Return the days and months that an English text names, each with its Chinese names."""
    return {name: frozenset(CALENDAR[name].split()) for name in _CALENDAR_NAME.findall(said)}


def shown(title: str, text: str, *, language: str) -> str:
    """Return what of an article a model gets to see: its story, and no order to a model."""
    told = story_sentences(title, text[:READ_CHARACTERS], language=language)
    return "\n".join(told)[:SHOWN_CHARACTERS]


def flaw(key: str, said: str, *, language: str, source: str) -> str:
    """Return why a text cannot stand, however true it is; empty when it can.

    ``source`` is what it was made from: signs that stand there are no flaw.
    """
    if not said:
        return "empty"
    if _NO_PLAIN_TEXT.search(said) or _LINK.search(said):
        return "no plain text"
    if _is_disguised(said, source):
        return "odd characters"
    if is_mostly_han(said) != (language == "zh"):
        return "wrong language"
    told = sentences(said, language)
    if any(is_to_model(sentence) or is_call(sentence) for sentence in told):
        return "no news"
    if key == HEADLINE:
        return _too_long(said, words=30, han=60)
    return _measured(key, said, told)


def _measured(key: str, said: str, told: list[str]) -> str:
    if _is_short(said):
        return "too short"
    if not _ENDING.search(said):
        return "cut short"
    if key == WHY:
        return "too long" if len(told) > 1 else _too_long(said, words=40, han=70)
    return "too long" if len(told) > MOST_SENTENCES else _too_long(said, words=MOST_WORDS, han=MOST_HAN)


def _too_long(said: str, *, words: int, han: int) -> str:
    is_long = han_count(said) > han if is_mostly_han(said) else word_count(said) > words
    return "too long" if is_long or len(said) > 12 * words else ""


def _is_short(said: str) -> bool:
    return han_count(said) < FEWEST_HAN if is_mostly_han(said) else word_count(said) < FEWEST_WORDS


def _is_disguised(said: str, source: str) -> bool:
    """Say whether a text has letters or digits that no check reads: of other scripts, or ones that only look alike."""
    strange = (c for c in set(said) - set(source) if not c.isascii() and unicodedata.category(c)[0] in "LN")
    return any(not _is_plain(character) for character in strange)


def _is_plain(character: str) -> bool:
    is_known = han_count(character) > 0 or unicodedata.name(character, "").startswith("LATIN")
    return is_known and unicodedata.normalize("NFKC", character) == character
