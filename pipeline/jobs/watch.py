"""Keep a newsroom going: each slot published when it is due, each issue sent at its readers' hours, until told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.config.sections import Intake
from pipeline.errors import MetabriefError
from pipeline.jobs import publish
from pipeline.jobs.batch import Batch
from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.intake import Tally, intake_folder, read_intake, remove_old_mails
from pipeline.jobs.letters import LetterReport, send_letters
from pipeline.jobs.publish import Publisher
from pipeline.jobs.receiving import receiving
from pipeline.jobs.run import release_all_due
from pipeline.jobs.send import SENDABLE, SendReport, send
from pipeline.jobs.stopping import wait_for
from pipeline.model import Issue
from pipeline.schedule import next_slot
from pipeline.store import issues
from pipeline.store.complaints import Complaints, complaint_rate

LOOK_SECONDS = 12.0
"""How soon is noticed what no schedule tells: an approval, a clock that jumped, a process that died."""
_LETTER_SECONDS = 2.0
"""How soon a letter leaves: somebody has just filled in a form and looks for it."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 15.0, 900.0

Work = Callable[[], Coroutine[Any, Any, None]]


class Listener(publish.Listener, Protocol):
    """Hears how a newsroom goes on."""

    def sending_ended(self, newsletter: Newsletter, ended: SendReport) -> None:
        """An issue is sent, held or called off."""

    def batch_ended(self, batch: Batch) -> None:
        """Some hundred deliveries of an issue were tried."""

    def complaints_counted(self, complaints: Complaints) -> None:
        """It was counted how many readers complained lately."""

    def letters_tried(self, report: LetterReport) -> None:
        """Letters of our own were due."""

    def mail_taken_at(self, address: str) -> None:
        """Mails that come back are taken there now."""

    def mails_read(self, tally: Tally) -> None:
        """Mails that came back were read."""

    def trouble(self, newsletter: Newsletter | None, text: str) -> None:
        """Something cannot be done now; it is tried again."""


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # the library is untyped
    """Fires at the slots of a schedule, where ``pipeline.schedule`` finds them."""

    def __init__(self, schedule: str, zone: ZoneInfo) -> None:
        self._schedule = schedule
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the instant of the next slot; those that passed meanwhile are the look's to find."""
        after = max(previous_fire_time or now, now)
        return next_slot(self._schedule, self._zone, after=after).instant


@dataclass(frozen=True, kw_only=True)
class _Fault:
    """How often in a row something failed, and when it is tried again by the loop's clock."""

    times: int
    until: float


class Watch:
    """Runs what is due of a newsroom, each thing once at a time; what fails is said, and tried again after a pause."""

    def __init__(
        self,
        newsroom: Newsroom,
        *,
        stop: asyncio.Event,
        listener: Listener,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._newsroom = newsroom
        self._stop = stop
        self._listener = listener
        self._look_seconds = look_seconds
        self._publisher = Publisher(newsroom, stop=stop, listener=listener)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._faults: dict[str, _Fault] = {}
        self._letter_trouble = ""
        self._has_mail = False

    async def keep(self) -> None:
        """Go on until told to stop; then let end what cannot be left."""
        scheduler = self._scheduler()
        scheduler.start()
        writing = asyncio.create_task(self._look_for_letters())
        await self._look()
        while not await wait_for(self._stop, seconds=self._look_seconds):  # by a clock that nobody sets
            await self._look()
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it ends itself in the loop's next turn
        await asyncio.gather(writing, *self._tasks.values())

    def _scheduler(self) -> AsyncIOScheduler:
        """Return a scheduler whose jobs only begin tasks, so that it never waits for one and never cuts one off."""
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # what is to be said, the listener hears
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for newsletter in self._newsroom.settings.newsletter:
            trigger = SlotTrigger(newsletter.schedule, newsletter.zone)
            scheduler.add_job(self._begin_publishing, trigger, args=[newsletter])
        for hourly in (self._begin_tidying, self._begin_counting):
            scheduler.add_job(hourly, "interval", hours=1, next_run_time=datetime.now(UTC))
        return scheduler

    async def _look(self) -> None:
        self._begin("look", None, self._begin_sending)
        self._begin_intake()
        for newsletter in self._newsroom.settings.newsletter:
            await self._begin_publishing(newsletter)

    async def _look_for_letters(self) -> None:
        is_over = False
        while not is_over:
            self._begin("letters", None, self._send_letters)
            is_over = await wait_for(self._stop, seconds=min(_LETTER_SECONDS, self._look_seconds))

    async def _send_letters(self) -> None:
        report = await send_letters(self._newsroom, stop=self._stop)
        if report.trouble and report.trouble != self._letter_trouble:
            self._listener.trouble(None, f"letters wait: {report.trouble}")
        if report != LetterReport():
            self._letter_trouble = report.trouble
            self._listener.letters_tried(report)

    async def _begin_publishing(self, newsletter: Newsletter) -> None:
        self._begin(f"publish {newsletter.key}", newsletter, lambda: self._publish(newsletter))

    async def _publish(self, newsletter: Newsletter) -> None:
        await self._publisher.publish(newsletter)
        await self._begin_sending()

    def _begin_intake(self) -> None:
        """Read what came back, and take such mail where the configuration says."""
        intake = self._newsroom.settings.intake
        if intake is not None:
            self._begin("intake", None, self._read_intake)
        if intake is not None and intake.port is not None:
            self._begin("receive", None, lambda: self._receive(intake))

    async def _receive(self, intake: Intake) -> None:
        def hear() -> None:
            self._has_mail = True
            self._begin("intake", None, self._read_intake)

        async with receiving(intake, intake_folder(self._newsroom), on_mail=hear) as address:
            self._listener.mail_taken_at(address)
            await self._stop.wait()

    async def _read_intake(self) -> None:
        """Read the mailbox, and again when mail came meanwhile; in a thread, so that nobody's sending waits."""
        is_done = False
        while not is_done:
            self._has_mail = False
            tally = await asyncio.to_thread(read_intake, self._newsroom, must_stop=self._stop.is_set)
            self._listener.mails_read(tally)
            if tally.troubles:
                raise MetabriefError(f"mail {tally.troubles[0].name}: {tally.troubles[0].why}")
            is_done = not self._has_mail

    async def _begin_tidying(self) -> None:
        async def tidy() -> None:
            await asyncio.to_thread(remove_old_mails, self._newsroom)

        self._begin("old mails", None, tidy)

    async def _begin_counting(self) -> None:
        """Count complaints; in a thread, for it reads the ledger of a fortnight."""

        async def count() -> None:
            self._listener.complaints_counted(await asyncio.to_thread(self._complaints))

        self._begin("complaints", None, count)

    def _complaints(self) -> Complaints:
        with self._newsroom.database.read() as connection:
            return complaint_rate(connection, now=self._newsroom.clock())

    async def _begin_sending(self) -> None:
        """Release what was held until now, and see that each issue that may go out has a task of its own."""
        release_all_due(self._newsroom)
        with self._newsroom.database.read() as connection:
            sendable = issues.in_states(connection, SENDABLE)
        known = {newsletter.key: newsletter for newsletter in self._newsroom.settings.newsletter}
        for issue in sendable:
            self._begin_issue(known.get(issue.newsletter), issue)

    def _begin_issue(self, newsletter: Newsletter | None, issue: Issue) -> None:
        async def work() -> None:
            if newsletter is None:
                raise MetabriefError(
                    f"issue {issue.id} cannot be sent, for there is no newsletter {issue.newsletter!r} any more; "
                    f"name it again, or: metabrief issues cancel {issue.id}"
                )
            await self._send(newsletter, issue)

        self._begin(f"send {issue.id}", newsletter, work)

    async def _send(self, newsletter: Newsletter, issue: Issue) -> None:
        said = ""

        def hear(each: SendReport) -> None:
            nonlocal said
            if each.trouble and each.trouble != said:
                self._listener.trouble(newsletter, f"issue {issue.id} waits: {each.trouble}")
            said = each.trouble

        ended = await send(
            self._newsroom,
            newsletter,
            issue,
            wait=True,
            keeps_hours=True,
            stop=self._stop,
            hearers=Hearers(batch=self._listener.batch_ended),
            on_round=hear,
        )
        if ended.issue.status not in SENDABLE:
            self._listener.sending_ended(newsletter, ended)

    def _begin(self, name: str, newsletter: Newsletter | None, work: Work) -> None:
        """Begin a task, unless it runs already, rests after a fault, or all must stop."""
        fault = self._faults.get(name)
        rests = fault is not None and asyncio.get_running_loop().time() < fault.until
        if name in self._tasks or rests or self._stop.is_set():
            return
        task = asyncio.create_task(self._guarded(name, newsletter, work))
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name))

    async def _guarded(self, name: str, newsletter: Newsletter | None, work: Work) -> None:
        """Do a piece of work; whatever goes wrong in it is said and harms no other."""
        try:
            await work()
        except Exception as error:
            pause = self._note_fault(name)
            text = str(error) if isinstance(error, MetabriefError) else f"{type(error).__name__}: {error}"
            self._listener.trouble(newsletter, f"{text} ({name}; again in {pause:.0f} s)")
        else:
            self._faults.pop(name, None)

    def _note_fault(self, name: str) -> float:
        """Count a fault and return how many seconds its work rests: twice as long each time, up to a quarter of an hour."""
        before = self._faults.get(name)
        times = before.times + 1 if before else 1
        pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** min(times - 1, 10), _LONGEST_PAUSE_SECONDS)
        self._faults[name] = _Fault(times=times, until=asyncio.get_running_loop().time() + pause)
        return pause
