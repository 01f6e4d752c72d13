"""``run``, ``collect``, ``compose``, ``send``: making and sending issues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, FAILED, NEEDS_A_PERSON, find_issue, opened, say
from pipeline.cli.telling import because, composed_line, failed_line, read_line, sent_line

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from pipeline.app import Newsroom
    from pipeline.cli.progress import Mailing, Pace
    from pipeline.config import Newsletter
    from pipeline.jobs.collect import CollectReport, SourceRead
    from pipeline.jobs.send import SendReport
    from pipeline.model import Issue, Slot

Key = Annotated[str, typer.Argument(metavar="NEWSLETTER", help="The newsletter's key, such as daily.")]
When = Annotated[
    str | None,
    typer.Option(
        "--slot", metavar="WHEN", help="YYYY-MM-DDTHH:MM in the newsletter's zone, or a day with one slot."
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Stay until the issue is final or too late.")]


def run(
    context: typer.Context,
    newsletter: Key,
    slot: When = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the items; store no issue and no delivery.")
    ] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Compose, and wait for a person.")] = False,
    wait: Wait = False,
) -> None:
    """Make one issue: collect, compose, send; an unfinished one is taken up where it stands."""
    from pipeline.cli.progress import mailing
    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs import compose as composing
    from pipeline.jobs.run import StoppedError
    from pipeline.jobs.run import run as run_job

    with opened(context) as newsroom:
        chosen = newsroom.settings.find_newsletter(newsletter)
        due = composing.resolve_slot(newsroom, chosen, slot)
        _ = newsroom.lexicon  # a beat that cannot be read is said before the sources are
        if dry_run:
            raise typer.Exit(_dry_run(newsroom, chosen, due))
        say(f"{chosen.key} {due.wall} ({chosen.timezone})")
        if due.instant > newsroom.clock():
            say("this slot is still to come: what is made of it now is its issue, and is not made again")
        with mailing() as begin:
            heard = begin()
            try:
                ended, was_stopped = run_until_stopped(
                    lambda stop: run_job(
                        newsroom,
                        chosen,
                        due,
                        wants_hold=hold,
                        wait=wait,
                        stop=stop,
                        on_read=_say_read,
                        on_composed=_say_composed,
                        hearers=heard.hearers,
                    )
                )
            except StoppedError as stopped:
                say(str(stopped))
                raise typer.Exit(DONE) from stopped
        code = _say_sent(newsroom, [(ended.sent, heard.pace)], was_stopped=was_stopped)
    raise typer.Exit(code)


def _dry_run(newsroom: Newsroom, newsletter: Newsletter, slot: Slot) -> int:
    import asyncio

    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs import compose as composing
    from pipeline.jobs.plan import audience_size

    if _collected(newsroom) is None:
        return DONE
    issue, was_stopped = run_until_stopped(
        lambda _: asyncio.to_thread(composing.draft_issue, newsroom, newsletter, slot)
    )
    if was_stopped:
        say("stopped as asked; no issue was stored, nothing was sent")
        return DONE
    for number, item in enumerate(issue.items, 1):
        say(f"{number}. [{item.section}] {item.headline}\n   {item.summary}")
    say(f"dry run: it would be {issue.status}{because(issue)}; {len(issue.items)} items")
    say(
        f"{audience_size(newsroom, newsletter)} readers would be mailed; no issue was stored, nothing was sent"
    )
    return DONE


def collect(
    context: typer.Context,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE.warc.gz", help="Keep every answer in this file.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FILE.warc.gz", help="Take the answers from this file.")
    ] = None,
) -> None:
    """Read every enabled source and keep what is new."""
    from pipeline.errors import UsageError

    if record and replay:
        raise UsageError("--record and --replay do not go together; choose one")
    with opened(context) as newsroom:
        collected = _collected(newsroom, record=record, replay=replay)
    raise typer.Exit(_say_collected(collected) if collected else FAILED)


def _collected(
    newsroom: Newsroom, *, record: Path | None = None, replay: Path | None = None
) -> CollectReport | None:
    """Read the sources and return what it came to; None when told to stop, which is said."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.collect import collect as collect_job
    from pipeline.jobs.stopping import unless_stopped

    def job(stop: asyncio.Event) -> Coroutine[None, None, CollectReport | None]:
        return unless_stopped(collect_job(newsroom, record=record, replay=replay, on_read=_say_read), stop)

    collected, _ = run_until_stopped(job)
    if collected is None:
        say("stopped as asked; not all sources were read, and what was read is kept")
    return collected


def compose(context: typer.Context, newsletter: Key, slot: When = None) -> None:
    """Compose a slot's issue from what was collected."""
    from pipeline.jobs import compose as composing
    from pipeline.jobs.send import report

    with opened(context) as newsroom:
        chosen = newsroom.settings.find_newsletter(newsletter)
        due = composing.resolve_slot(newsroom, chosen, slot)
        composed = composing.compose(newsroom, chosen, due)
        if not composed.is_new:
            say(f"the slot {due.wall} has its issue already")
        _say_composed(report(newsroom, composed.issue.id).issue)
    raise typer.Exit(NEEDS_A_PERSON if composed.issue.status == "held" else DONE)


def send(
    context: typer.Context,
    issue: Annotated[str | None, typer.Argument(metavar="ISSUE", help="Its number, or latest.")] = None,
    wait: Wait = False,
) -> None:
    """Send one issue, or every approved or sending one, oldest slot first; each due reader is tried once."""
    from pipeline.cli.progress import mailing
    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.run import release_all_due
    from pipeline.jobs.send import SENDABLE, report
    from pipeline.jobs.send import send as send_job
    from pipeline.store import issues

    with opened(context) as newsroom:
        known = {newsletter.key: newsletter for newsletter in newsroom.settings.newsletter}
        if issue is None:
            release_all_due(newsroom)
            with newsroom.database.read() as connection:
                wanted = issues.in_states(connection, SENDABLE)
        else:
            wanted = (find_issue(newsroom, issue),)

        async def send_all(
            stop: asyncio.Event, begin: Callable[[], Mailing]
        ) -> list[tuple[SendReport, Pace]]:
            ended = []
            for each in wanted:
                chosen, heard = known.get(each.newsletter), begin()
                if each.status in SENDABLE and chosen is not None and not stop.is_set():
                    sent = await send_job(newsroom, chosen, each, wait=wait, stop=stop, hearers=heard.hearers)
                else:
                    trouble = "" if chosen else f"there is no newsletter {each.newsletter!r} any more"
                    sent = report(newsroom, each.id, trouble=trouble)
                ended.append((sent, heard.pace))
            return ended

        with mailing() as begin:
            ended, was_stopped = run_until_stopped(lambda stop: send_all(stop, begin))
        if not ended:
            say("nothing to send: no issue is approved or being sent")
        code = _say_sent(newsroom, ended, was_stopped=was_stopped)
    raise typer.Exit(code)


def _say_read(read: SourceRead) -> None:
    if read.error is not None:
        say(f"  {failed_line(read)}")
    elif read.pages or read.left or not read.entries:
        say(f"  {read_line(read)}")
    for failure in read.failures:
        say(f"  {read.source.key}: {failure.entry.url}: {failure.reason}")


def _say_collected(collected: CollectReport) -> int:
    """Say how a collect ended; return 0 when all sources were read, 3 when some failed, 1 when none was read."""
    if not collected.reads:
        say("no source is enabled; add some to sources.toml, or set [sources] shipped = true")
        return FAILED
    read = len(collected.reads) - len(collected.failed)
    articles = sum(each.articles for each in collected.reads)
    say(f"collected: {read} of {len(collected.reads)} sources read, {articles} new articles")
    if not collected.failed:
        return DONE
    return NEEDS_A_PERSON if read else FAILED


def _say_composed(issue: Issue) -> None:
    say(f"composed: {composed_line(issue)}")


def _say_sent(newsroom: Newsroom, sent: list[tuple[SendReport, Pace]], *, was_stopped: bool) -> int:
    """Say how sending ended, an issue a line, and return the exit status of the contract."""
    for each, pace in sent:
        say(sent_line(each, pace=pace, why_deferred=_why_deferred(newsroom, each)))
    if was_stopped:
        say("stopped as asked; what was not sent stays planned")
    ended = [each for each, _ in sent]
    if any(each.issue.status == "held" or each.tally.uncertain for each in ended):
        return NEEDS_A_PERSON
    if was_stopped:
        return DONE
    done = ("sent", "skipped")
    return DONE if all(each.issue.status in done for each in ended) else FAILED


def _why_deferred(newsroom: Newsroom, ended: SendReport) -> str:
    """Return why most of the deferred wait, in the relay's words; empty when none does."""
    from pipeline.model import DeliveryState
    from pipeline.store.breakdown import frequent_reasons

    if not ended.tally.deferred:
        return ""
    with newsroom.database.read() as connection:
        found = frequent_reasons(connection, ended.issue.id, states=(DeliveryState.DEFERRED,), limit=1)
    return " ".join(f"{each.code or ''} {each.words}".strip() for each in found)
