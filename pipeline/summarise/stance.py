"""Does a sentence deny what another affirms, tell a plan as done, or the other way round?

Pure: a sentence in, what it takes for true of which words out. Both are looked at word by word, for a sentence denies
one thing and affirms the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from pipeline.summarise.naming import EMPTY_WORDS
from pipeline.text import HAN


class Mode(IntEnum):
    """How far a thing has come, as told."""

    UNTOLD = 0
    POSSIBLE = 1
    PLANNED = 2
    DONE = 3


@dataclass(frozen=True, kw_only=True)
class Stance:
    """What a sentence takes for true of one word."""

    word: str
    """As compared: an English word's stem, a pair of Chinese characters."""
    phrase: str
    """As it stands, from the word that turns it to the word itself."""
    denied: bool
    mode: Mode


TOKEN = re.compile(r"\d[\d.,]*|[A-Za-z]+(?:['’-][A-Za-z]+)*|[.,;:!?()“”\"—]")
_DENYING = frozenset(
    ("not", "never", "neither", "nor", "cannot", "without", "denied", "denies", "deny", "refused", "failed", "fails", "declined", "unable", "no", "stop", "stops", "stopped", "stopping", "cease", "ceased", "refuses", "hardly", "barely", "scarcely")
)  # fmt: skip
_PLANNING = frozenset(
    (
        "will", "would", "shall", "plans", "plan", "planned", "planning", "intends", "intended", "aims", "hopes", "seeks", "wants", "proposes",
        "proposed", "expects", "expected", "scheduled", "due", "set", "preparing", "prepares", "pledged", "promised", "agreed", "going", "'ll",
    )
)  # fmt: skip
"""The second half of these plan only with “to” behind."""
_PLAINLY_PLANNING = frozenset(("will", "would", "shall"))
_POSSIBLE = frozenset(
    ("may", "might", "could", "considers", "considering", "mulls", "mulling", "weighs", "weighing")
)
_PASSED_OVER = frozenset(
    (
        "be", "been", "being", "have", "has", "had", "also", "yet", "still", "only", "ever", "to", "any", "the", "a", "an", "its", "their", "his",
        "her", "do", "does", "did", "soon", "now", "then", "get", "start", "begin", "that", "it", "is", "allowed", "permitted", "able", "want", "wanted", "says", "said", "was", "are", "were", "in", "by", "well", "likely", "found", "longer",
    )
)  # fmt: skip
_PERFECT = frozenset(("has", "have", "had"))
_BE = frozenset(("is", "are", "was", "were"))
_SMALL = EMPTY_WORDS | _PASSED_OVER | _PLAINLY_PLANNING
_COORDINATED = 16
"""Words within which “will” must stand before the first of two verbs."""
_SENTENCE_ENDS = frozenset(".;!?")
_REACH = 6
"""Words within which a word that turns another must stand before it."""
_PAST = {
    past: present
    for present, forms in {
        "build": "built", "buy": "bought", "sell": "sold", "begin": "began begun", "hold": "held", "make": "made", "win": "won", "lose": "lost",
        "take": "took taken", "give": "gave given", "send": "sent", "spend": "spent", "lead": "led", "find": "found", "grow": "grew grown",
        "rise": "rose risen", "fall": "fell fallen", "leave": "left", "pay": "paid", "meet": "met", "show": "shown", "speak": "spoke spoken",
        "write": "wrote written", "drive": "drove driven", "become": "became", "bring": "brought", "get": "got", "go": "went gone", "keep": "kept",
        "break": "broke broken", "choose": "chose chosen", "run": "ran", "see": "saw seen", "withdraw": "withdrew withdrawn", "come": "came",
    }.items()
    for past in forms.split()
}  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """Return the words, numbers and signs of an English text."""
    return TOKEN.findall(text)


def is_content(token: str) -> bool:
    """Say whether a word says something of its own."""
    return len(token) > 2 and token.lower() not in _SMALL


def stem_places(tokens: Sequence[str]) -> dict[str, list[int]]:
    """Return where words of each stem stand; small words are left out."""
    stems = {token: stem(token) for token in set(tokens) if is_content(token)}
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        if token in stems:
            places.setdefault(stems[token], []).append(place)
    return places


def stance(tokens: Sequence[str], place: int) -> Stance:
    """Say what an English sentence takes for true of a word: look back over the small ones to those that turn it."""
    denied, mode, first = False, Mode.UNTOLD, place
    has_to = is_perfect = False
    for back in range(place - 1, max(place - _REACH, -1), -1):
        before = tokens[back].lower()
        if before in _DENYING or before.endswith(("n't", "n’t")):
            denied, first = not denied, back
        elif before in _POSSIBLE:
            mode, first = mode or Mode.POSSIBLE, back
        elif (
            before in _PLAINLY_PLANNING
            or (has_to and before in _PLANNING)
            or (before in _BE and tokens[back + 1].lower() == "to")
        ):
            mode, first = mode or Mode.PLANNED, back
        elif before == "and" and back == place - 1 and not is_past(tokens[place]):
            mode = mode or _mode_before(tokens[:back])
            break
        elif before not in _PASSED_OVER and not before.endswith("ly"):
            break
        has_to = has_to or before == "to"
        is_perfect = is_perfect or (before in _PERFECT and not has_to)
    if mode is Mode.UNTOLD and not has_to and (is_perfect or is_past(tokens[place])):
        mode = Mode.DONE
    return Stance(
        word=stem(tokens[place]), phrase=" ".join(tokens[first : place + 1]), denied=denied, mode=mode
    )


def _mode_before(tokens: Sequence[str]) -> Mode:
    """Return the mode that a verb behind “and” has from the one before: planned after “will”, else untold."""
    for before in map(str.lower, reversed(tokens[-_COORDINATED:])):
        if before in _PLAINLY_PLANNING:
            return Mode.PLANNED
        if before in _SENTENCE_ENDS or is_past(before):
            return Mode.UNTOLD
    return Mode.UNTOLD


def is_past(word: str) -> bool:
    """Say whether an English verb tells of what has been."""
    return word.lower() in _PAST or (len(word) > 4 and word.lower().endswith("ed"))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return an English word without its ending: the same for opens, opened and opening."""
    low = _PAST.get(word.lower(), word.lower())
    for ending in ("ing", "ed", "es", "s"):
        if low.endswith(ending) and len(low) - len(ending) >= 3 and not low.endswith("ss"):
            low = low[: -len(ending)]
            break
    if len(low) > 3 and low[-1] == low[-2]:
        low = low[:-1]
    return low.rstrip("e") if len(low) > 3 else low


_HAN_DENYING = re.compile(
    r"(?:[尚从從并並仍还還]?未(?![来來成必知央])[能曾]?|[并並]?[没沒]有|[没沒](?=[能被])|[并並][非不]|[无無](?:意|法|需|须)|否[认認]|拒[绝絕]|不再|停止|[难難]以)(?P<far>)"
    r"|(?<![从從毫无無若岂豈绝絕差得])不(?![仅僅但断斷少同过過久足错錯得止已妨管论論法良动動锈确確超低高到等再失料愧幸乏负負含单單只光外大小太])"
)
_HAN_MAY_DENY = re.compile(r"[不无無未没沒非免勿否拒]|停止|取消|[暂暫]停")
"""What may deny something, even where it is not plain what."""
_HAN_DONE = re.compile(
    r"(?:已经|已經|已)(?:正式|全面|成功|完成|陆续|陸續)?(?P<verb>[\u4e00-\u9fff]{1,2})|(?P<before>[\u4e00-\u9fff]{2})了(?!解)|完成|日前|昨日|曾"
)
_HAN_PLANNED = re.compile(
    r"(?<![即或])[将將](?![军軍士领領近])|即[将將]|(?<![虚虛模])[拟擬](?![人态合])|[计計][划劃]|打算|准备|準備|[预預][计計]|力[争爭]|[争爭]取|[筹籌][备備划劃]"
)
_HAN_POSSIBLE = re.compile(r"可能|或[将將]|或[许許]|也[许許]|或(?=于|於|在|会|會)|考[虑慮]|不排除|有望")
_HAN_RUN = re.compile(HAN.pattern + "{1,12}")
_HAN_REACH = {True: 8, False: 3}
"""Characters behind a word that denies which it may deny; “not” alone reaches less far than words like it."""
_HAN_LOOK_BACK, _HAN_LOOK = 12, {True: 8, False: 5}
_BEFORE_VERB = "获獲被能会會再予经經得可就"


@dataclass(frozen=True, kw_only=True)
class HanStance:
    """What a Chinese clause takes for true; words are pairs of characters."""

    denied: frozenset[str]
    """All that it may deny."""
    denied_first: frozenset[str]
    """What stands right behind a word that denies."""
    done: frozenset[str]
    """What it tells as done."""
    may_deny: bool
    """Whether it has a word that may deny anything."""
    mode: Mode
    """How far what it tells of has come; untold where it tells two things."""


def han_stance(clause: str) -> HanStance:
    """Say what a Chinese clause denies, and how far what it tells of has come."""
    denied: set[str] = set()
    first: set[str] = set()
    for match in _HAN_DENYING.finditer(clause):
        run = _HAN_RUN.match(clause, match.end())
        reached = run.group().lstrip(_BEFORE_VERB)[: _HAN_REACH[match["far"] is not None]] if run else ""
        denied.update(reached[at : at + 2] for at in range(len(reached) - 1))
        first.add(reached[:2])
    return HanStance(
        denied=frozenset(denied),
        denied_first=frozenset(first),
        done=frozenset(match["verb"] or match["before"] or "" for match in _HAN_DONE.finditer(clause)) - {""},
        may_deny=_HAN_MAY_DENY.search(clause) is not None,
        mode=_han_mode(clause),
    )


def han_turn(clause: str, place: int, *, since: int = 0) -> tuple[bool, Mode]:
    """Say whether a Chinese clause denies what stands at a place of it, by a word behind ``since``, and how far that has come."""
    denials = (
        match for match in _HAN_DENYING.finditer(clause, max(place - _HAN_LOOK_BACK, since), place + 1)
    )
    told = (match for match in denials if match.end() <= place <= match.end() + _han_reach(match))
    denied = sum(
        clause[match.start() - 1 : match.start()] != clause[match.end() : match.end() + 1] for match in told
    )
    return denied % 2 == 1, _han_mode(clause)


def _han_reach(denial: re.Match[str]) -> int:
    """Return how far behind it a word that denies reaches: not past what is done “without” (未经), which is told."""
    is_without = denial.string.startswith("经", denial.end())
    return 1 if is_without else _HAN_LOOK[denial["far"] is not None]


def _han_mode(clause: str) -> Mode:
    is_done = _HAN_DONE.search(clause) is not None
    if _HAN_POSSIBLE.search(clause):
        return Mode.UNTOLD if is_done else Mode.POSSIBLE
    if _HAN_PLANNED.search(clause):
        return Mode.UNTOLD if is_done else Mode.PLANNED
    return Mode.DONE if is_done else Mode.UNTOLD
