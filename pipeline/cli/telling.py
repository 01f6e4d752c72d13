"""How the way of an issue is told: a line for a source read, an issue made, an issue sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pipeline.cli.progress import Pace
    from pipeline.deliver.replies import Attempt
    from pipeline.jobs.collect import SourceRead
    from pipeline.jobs.send import SendReport
    from pipeline.model import Issue
    from pipeline.store.complaints import Complaints

_READ = ("entries", "pages", "articles")
"""What collecting counts; the other steps count what came in since the last issue, by earlier reads too."""
_STEPS = {
    "entries": ("entry", "entries"),
    "pages": ("new page", "new pages"),
    "articles": ("article", "articles"),
    "collected": ("article since the last issue", "articles since the last issue"),
    "on_beat": ("on the beat", "on the beat"),
    "stories": ("story", "stories"),
    "new": ("new", "new"),
    "items": ("item", "items"),
}


def failed_line(read: SourceRead) -> str:
    """Return how a source that could not be read is named."""
    return f"{read.source.key}: failed: {read.error}"


def read_line(read: SourceRead) -> str:
    """Return what a source that could be read gave, and what there was no time for."""
    entries, articles = step_word("entries", read.entries), step_word("articles", read.articles)
    line = f"{read.source.key}: {read.entries} {entries}, {read.articles} new {articles}"
    return f"{line}; it is slow, left for the next time: {read.left}" if read.left else line


def because(issue: Issue) -> str:
    """Return why an issue is held, to stand behind its status."""
    return f" ({issue.hold_reason}: {issue.hold_detail})" if issue.hold_reason else ""


def funnel_line(issue: Issue) -> str:
    """Return what an issue was made of: what was read for it just now, and what became of all since the last one."""
    steps = {step: f"{number} {step_word(step, number)}" for step, number in issue.funnel.items()}
    read = ", ".join(steps.pop(step) for step in _READ if step in steps)
    told = " → ".join(steps.values())
    return f"issue {issue.id}: " + "; ".join(filter(None, (f"just read: {read}" if read else "", told)))


def step_word(step: str, number: int) -> str:
    """Return what a step of collecting or composing counts, for so many of it."""
    one, more = _STEPS.get(step, (step, step))
    return one if number == 1 else more


def composed_line(issue: Issue) -> str:
    """Return what an issue was made of, and how it stands."""
    return f"{funnel_line(issue)}; {issue.status}{because(issue)}"


def sent_line(ended: SendReport, *, pace: Pace | None = None, why_deferred: str = "") -> str:
    """Return how an issue stands, with its sum, how fast it went, and what it waits for."""
    issue = ended.issue
    line = f"issue {issue.id} ({issue.newsletter} {issue.slot.wall}): {issue.status}"
    if issue.hold_reason:
        line += f" for {issue.hold_reason}: {issue.hold_detail}; see: metabrief issues show {issue.id}"
    parts = " + ".join(f"{number} {state}" for state, number in ended.tally.by_state().items())
    line += f"; total {ended.tally.total} = {parts}"
    if pace and pace.mails > 1 and pace.seconds:
        line += f"; {pace.mails:,} mails in {pace.seconds:,.1f} s, {pace.mails / pace.seconds:,.0f}/s"
    if issue.transport == "outbox" and issue.status == "sent":
        line += "; into the outbox: nobody was mailed"
    if ended.tally.deferred and ended.next_try:
        line += f"; {ended.tally.deferred} deferred, next try {ended.next_try:%Y-%m-%d %H:%M:%S} UTC"
        line += f", for most: {why_deferred}" if why_deferred else ""
    if ended.tally.uncertain:
        line += f"; nobody knows whether the uncertain arrived: metabrief issues resolve {issue.id} list"
    if ended.leased:
        line += f"; {ended.leased} are in the hands of another sender, or free at {ended.leased_until:%H:%M:%S} UTC"
    if ended.trouble:
        line += f"; {ended.trouble}"
    return line


def item_lines(number: int, item: dict[str, Any]) -> Iterator[str]:
    """Yield how an item of an issue's record reads, and its words in other languages."""
    mark = "Update · " if item["is_update"] else ""
    yield f"{number}. {mark}{item['headline']}  [{item['section']}, {item['language']}]"
    if item["news"]:
        facts = "; ".join(map(_fact, item["news"]["facts"]))
        yield f"new since {item['news']['since'][:10]}: {facts}"
    yield item["summary"]
    yield from _matters(item)
    yield ", ".join(source["name"] for source in item["sources"])
    for put in item["translations"]:
        by = "machine-translated" if put["is_by_machine"] else f"by {put['outlet']}"
        yield f"{by}, {put['language']}: {put['headline']}"
        yield put["summary"]
        yield from _matters(put)


def _fact(fact: dict[str, str]) -> str:
    said, before = (fact["en"], fact["was_en"]) if fact["en"] else (fact["zh"], fact["was_zh"])
    what = f"now {said}" if fact["kind"] == "stage" else said or f"another {fact['kind']}"
    return f"{what} (was {before})" if before else what


def _matters(words: dict[str, Any]) -> Iterator[str]:
    if words["why_it_matters"]:
        yield f"why it matters (machine-written): {words['why_it_matters']}"


def copy_line(issue: Issue, attempt: Attempt) -> str:
    """Return what became of a copy that was sent to be looked at, in the relay's own words."""
    said = " ".join(filter(None, (str(attempt.code or ""), attempt.reason)))
    if attempt.state != "accepted":
        line = f"the copy of issue {issue.id} was not taken: {said or 'no reply'}"
        return f"{line}; it may have arrived all the same" if attempt.state == "uncertain" else line
    if issue.transport == "outbox":
        return f"a copy of issue {issue.id} is in the outbox: nobody was mailed"
    return f"a copy of issue {issue.id} is on its way; the relay said: {said}"


def alarm_line(complaints: Complaints) -> str:
    """Return that too many readers complain, and what to do before receivers act on it."""
    return (
        f"ALARM: {complaints.number:,} complaints in 7 days on {complaints.accepted:,} mails, more than 1 in 1,000: receivers will begin to "
        "file this mail as spam; see who came how: metabrief subscribers stats"
    )
