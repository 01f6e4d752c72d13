"""``serve``: everything in one process: issues by schedule, mails at their readers' hours, and the public pages."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.bounces import tally_lines
from pipeline.cli.letters import letters_line
from pipeline.cli.opening import opened, say
from pipeline.cli.telling import alarm_line, because, failed_line, funnel_line, read_line, sent_line
from pipeline.errors import MetabriefError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from fastapi import FastAPI

    from pipeline.app import Newsroom
    from pipeline.config import Newsletter
    from pipeline.jobs.batch import Batch
    from pipeline.jobs.collect import SourceRead
    from pipeline.jobs.intake import Tally
    from pipeline.jobs.letters import LetterReport
    from pipeline.jobs.send import SendReport
    from pipeline.metrics import DeliveryCounters
    from pipeline.model import Issue, Slot
    from pipeline.store.complaints import Complaints
    from subscribers.metrics import Counters

_TRY_DOOR_SECONDS = 10.0
_REMINDER = timedelta(days=1)
"""How often an alarm that lasts is said again."""


def serve(
    context: typer.Context,
    pages_only: Annotated[
        bool, typer.Option("--pages-only", help="Show the public pages; publish and send nothing.")
    ] = False,
) -> None:
    """Publish each newsletter by its schedule, send at the readers' hours, and show the public pages; until told to end."""
    import asyncio

    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.watch import Watch
    from pipeline.metrics import DeliveryCounters, Standing
    from pipeline.patience import allow_many_files
    from pipeline.public import newsroom_name, public_app
    from subscribers.metrics import Counters

    allow_many_files()
    with opened(context) as newsroom, ExitStack() as stack:
        _ = newsroom.lexicon  # a beat that cannot be read is said now, not when an issue is due
        slots = [] if pages_only else _next_slots(newsroom)
        counters = Counters()
        counters.registry.register(Standing(newsroom))
        told = Told(newsroom, DeliveryCounters(counters.registry))
        pages = _Pages(newsroom, public_app(newsroom, counters), stack=stack, name=newsroom_name(newsroom))
        pages.open()
        _show_counters(newsroom, counters, stack=stack)
        for line in slots:
            say(line)

        async def keep(stop: asyncio.Event) -> None:
            watch = Watch(newsroom, stop=stop, listener=told)
            await asyncio.gather(pages.keep(stop), stop.wait() if pages_only else watch.keep())

        run_until_stopped(keep)
    say("ended as asked")


def _next_slots(newsroom: Newsroom) -> list[str]:
    """Return what is due next, a line a newsletter. Raises ``ConfigurationError`` for a schedule that is never due."""
    from pipeline.schedule import next_slot

    now = newsroom.clock()
    known = newsroom.settings.newsletter
    slots = [(each, next_slot(each.schedule, each.zone, after=now)) for each in known]
    return [f"{each.key}: next slot {slot.wall} ({each.timezone})" for each, slot in slots]


def _show_counters(newsroom: Newsroom, counters: Counters, *, stack: ExitStack) -> None:
    """Show how often the pages were used, where the configuration says; a port in use ends nothing."""
    from pipeline.doorway import authority, bound_socket, serving
    from pipeline.public import counters_app

    metrics = newsroom.settings.metrics
    if metrics.port is None:
        return
    try:
        bound = bound_socket(metrics.host, metrics.port, remedy="set another [metrics] port")
        host, port = bound.getsockname()[:2]
        stack.enter_context(serving(counters_app(counters), bound))
    except MetabriefError as error:
        say(f"the counters are not shown: {error}")
    else:
        say(f"serving the counters at http://{authority(host, port)}/metrics")


class _Pages:
    """The public pages, shown by this process or by another of the same newsroom, whose place it takes once it is gone."""

    def __init__(self, newsroom: Newsroom, app: FastAPI, *, stack: ExitStack, name: str) -> None:
        self._web = newsroom.settings.web
        self._app = app
        self._stack = stack
        self._name = name
        self._is_open = False

    def open(self) -> None:
        """Show the pages, unless another process of this newsroom does. Raises ``MetabriefError`` when a stranger has the port."""
        if not self._opened():
            from pipeline.doorway import authority

            where = authority(self._web.host, self._web.port)
            say(f"another process of this newsroom shows the pages at {where}; this one goes on without them")

    def _opened(self) -> bool:
        from pipeline.doorway import authority, bound_socket, is_served_by, serving

        host, port = self._web.host, self._web.port
        try:
            bound = bound_socket(host, port)
            host, port = bound.getsockname()[:2]
            proxies = [str(network) for network in self._web.proxies]
            self._stack.enter_context(serving(self._app, bound, proxies=proxies))
        except MetabriefError:
            if is_served_by(self._name, host=host, port=port):
                return False
            raise
        say(f"serving /leave, /preferences, /subscribe and /archive at http://{authority(host, port)}")
        self._is_open = True
        return True

    async def keep(self, stop: asyncio.Event) -> None:
        """Wait for the place of the other process, if there is one."""
        import asyncio

        from pipeline.jobs.stopping import wait_for

        said = ""
        while not self._is_open and not await wait_for(stop, seconds=_TRY_DOOR_SECONDS):
            try:
                await asyncio.to_thread(self._opened)
            except MetabriefError as error:  # a stranger was quicker; no reason to end what runs well
                if str(error) != said:
                    say(f"the pages are not shown: {error}")
                said = str(error)


class Told:
    """Says what happens, a line each, with the time on the newsletter's clock; never who reads it."""

    def __init__(self, newsroom: Newsroom, counters: DeliveryCounters) -> None:
        from pipeline.cli.logs import batch_log

        self._newsroom = newsroom
        self._counters = counters
        self._log = batch_log()
        self._alarmed_at: datetime | None = None

    def source_read(self, newsletter: Newsletter, read: SourceRead) -> None:
        """Name a source that failed, or that there was no time to read whole."""
        if read.error is not None:
            self._say(newsletter, f"{newsletter.key}: {failed_line(read)}")
        elif read.left:
            self._say(newsletter, f"{newsletter.key}: {read_line(read)}")

    def issue_made(self, newsletter: Newsletter, issue: Issue) -> None:
        """Say what became of a slot."""
        word = "published" if issue.status == "approved" else issue.status
        way = f"; see: metabrief issues show {issue.id}" if issue.hold_reason else ""
        line = f"{newsletter.key} {issue.slot.wall}: {word}{because(issue)}; {funnel_line(issue)}{way}"
        self._say(newsletter, line)

    def slots_missed(self, newsletter: Newsletter, slots: Sequence[Slot]) -> None:
        """Name what passed while nothing ran."""
        first, last = slots[0].wall, slots[-1].wall
        span = f"{first}: missed" if first == last else f"{len(slots)} slots missed, {first} to {last}"
        way = f"metabrief run {newsletter.key} --slot {last}"
        self._say(newsletter, f"{newsletter.key} {span}, for nothing ran then; to make one after all: {way}")

    def sending_ended(self, newsletter: Newsletter, ended: SendReport) -> None:
        """Say how sending ended, with the sum."""
        self._say(newsletter, sent_line(ended))

    def batch_ended(self, batch: Batch) -> None:
        """Count and log how some tries ended."""
        self._counters.count(batch)
        self._log(batch)

    def complaints_counted(self, complaints: Complaints) -> None:
        """Say that too many complain, once a day."""
        self._counters.note(complaints)
        now = self._newsroom.clock()
        is_told = self._alarmed_at is not None and now - self._alarmed_at < _REMINDER
        if complaints.is_alarming and not is_told:
            self._alarmed_at = now
            self._say(None, alarm_line(complaints))

    def letters_tried(self, report: LetterReport) -> None:
        """Say how many letters of our own left; never to whom."""
        if report.sent or report.failed or report.uncertain:
            self._say(None, letters_line(report, self._newsroom.settings.delivery.transport))

    def mail_taken_at(self, address: str) -> None:
        """Say where mails that come back are taken."""
        self._say(None, f"taking bounces, complaints and leaves by mail at {address}")

    def mails_read(self, tally: Tally) -> None:
        """Say what came back, if anything did."""
        for line in tally_lines(tally) if tally.kinds else ():
            self._say(None, line)

    def trouble(self, newsletter: Newsletter | None, text: str) -> None:
        """Say what cannot be done now."""
        self._say(newsletter, f"{newsletter.key}: {text}" if newsletter else text)

    def _say(self, newsletter: Newsletter | None, text: str) -> None:
        now = self._newsroom.clock()
        local = now.astimezone(newsletter.zone) if newsletter else now
        with suppress(OSError):  # a log on a full disk ends nothing
            say(f"{local:%Y-%m-%d %H:%M:%S %z} {' '.join(text.split())}")
