"""What the desk's pages show. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pipeline.config import Newsletter
from pipeline.deliver.gate import MAX_HTML_BYTES
from pipeline.model import HoldReason, Issue, IssueStatus, Slot
from pipeline.schedule import at_or_after
from pipeline.store.readers import Delivery, Reader

LANGUAGES = {"en": "English", "zh": "中文", "both": "English + 中文"}
SWITCHES = {"form": ("html", "text"), "width": ("desktop", "phone"), "light": ("auto", "light", "dark")}
"""How a mail may be looked at; the first of each is what an address without it means."""
_MOST_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Look:
    """How an issue is being looked at."""

    language: str = ""
    form: str = "html"
    width: str = "desktop"
    light: str = "auto"
    reader: int | None = None

    def showing(self, language: str) -> Look:
        """Return the same look with the language it comes to."""
        return replace(self, language=language)

    def fields(self) -> dict[str, object]:
        """Return what an address or a form must say of this look; the usual needs no words."""
        usual = asdict(Look())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    def query(self, **changes: object) -> str:
        """Return the address part of this look, or of one that differs in ``changes``."""
        looked = replace(self, **changes)  # type: ignore[arg-type]  # a template names them
        return f"?{urlencode(looked.fields())}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a person may do next, as the line to type."""

    words: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large the HTML is."""

    kilobytes: float
    percent: int
    """Of what may leave; more than 100 may not."""

    @property
    def is_too_large(self) -> bool:
        """Say whether the mail may not leave for its size."""
        return self.percent > 100


@dataclass(frozen=True, kw_only=True)
class ReaderFacts:
    """How one reader gets an issue."""

    due: str
    zone: str
    state: str
    """Where the delivery stands; empty while none is planned."""


def read_look(query: Mapping[str, str]) -> Look:
    """Return the look that an address asks for; what it does not know is as if it were not there."""
    switched = {
        name: query[name] if query.get(name) in values else values[0] for name, values in SWITCHES.items()
    }
    return Look(language=query.get("language", ""), reader=read_number(query.get("reader", "")), **switched)


def read_number(text: str) -> int | None:
    """Return a number of at most nine digits."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def wall(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as clocks in ``zone`` show it, such as ``Tue 22 Feb 2022, 06:00``."""
    return f"{moment.astimezone(zone):%a %-d %b %Y, %H:%M}"


def slot_words(slot: Slot) -> str:
    """Return a slot as people write it; the wall time of its own zone."""
    return f"{datetime.fromisoformat(slot.wall):%a %-d %b %Y, %H:%M}"


def size(html: str) -> Size:
    """Measure a mail against what may leave."""
    octets = len(html.encode())
    return Size(kilobytes=octets / 1000, percent=-(-octets * 100 // MAX_HTML_BYTES))


def language_of(reader: Reader, delivery: Delivery | None, *, languages: Sequence[str]) -> str:
    """Return the language setting a reader gets an issue in: as planned, as wished, else the first it is set in."""
    wanted = delivery.language if delivery else reader.language
    return wanted if wanted in languages else languages[0]


def reader_facts(
    reader: Reader, delivery: Delivery | None, *, newsletter: Newsletter, slot: Slot
) -> ReaderFacts:
    """Return when a reader is due, on their own clock, and where the delivery stands."""
    zone = ZoneInfo(reader.timezone)
    due_at = delivery.due_at if delivery else _due_at(reader, newsletter, slot)
    return ReaderFacts(
        due=wall(due_at, zone),
        zone=reader.timezone,
        state=delivery.state.replace("_", " ") if delivery else "",
    )


def _due_at(reader: Reader, newsletter: Newsletter, slot: Slot) -> datetime:
    wanted = reader.send_at or newsletter.send_at
    return slot.instant if wanted == "now" else at_or_after(slot.instant, wanted, ZoneInfo(reader.timezone))


def steps(issue: Issue) -> tuple[Step, ...]:
    """Return what a person may do with an issue now, the likeliest first; empty when it is over."""
    again = f"metabrief run {issue.newsletter} --slot {issue.slot.wall}"
    run_again = Step(words="Mend what it names, then make it again", command=again)
    read_again = Step(words="Read the sources again", command=again)
    approve, send, hold, cancel = (
        Step(words=words, command=f"metabrief {command} {issue.id}")
        for words, command in (
            ("Let it go", "issues approve"),
            ("Send it", "send"),
            ("Hold it back", "issues hold"),
            ("Call it off", "issues cancel"),
        )
    )
    match issue.status, issue.hold_reason:
        case IssueStatus.HELD, HoldReason.LINT | HoldReason.GATE:
            return run_again, cancel
        case IssueStatus.HELD, HoldReason.THIN:
            return read_again, approve, cancel
        case IssueStatus.HELD, _:
            return approve, cancel
        case ((IssueStatus.APPROVED | IssueStatus.SENDING), _):
            return send, hold, cancel
        case _:
            return ()
