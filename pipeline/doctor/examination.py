"""The whole examination: every check at once, each in a thread of its own, none waited for beyond the time there is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

from pipeline.app import Newsroom
from pipeline.config import read_secret
from pipeline.deliver.replies import without_secret
from pipeline.doctor import (
    beat,
    clock,
    complaints,
    configuration,
    database,
    folder,
    issues,
    letters,
    press,
    records,
    relay,
    site,
)
from pipeline.doctor.finding import Check, Finding, Level, problem, trouble
from pipeline.doctor.looking import WHOLE_SECONDS
from pipeline.errors import ConfigurationError, MetabriefError

DATABASE = Check(topic="database", look=database.opening)
ALWAYS = (
    Check(topic="configuration", look=configuration.settings),
    Check(topic="configuration", look=configuration.environment),
    Check(topic="beat", look=beat.beat),
    Check(topic="folder", look=folder.rights),
    Check(topic="folder", look=folder.room),
    Check(topic="folder", look=folder.secrets),
    Check(topic="folder", look=folder.outbox),
    Check(topic="templates", look=letters.templates),
    Check(topic="templates", look=letters.own_letters),
    Check(topic="relay", look=relay.signing),
    Check(topic="relay", look=relay.relay),
    Check(topic="dns", look=records.records),
    Check(topic="site", look=site.site),
    Check(topic="clock", look=clock.clock),
)
"""These ask the database nothing."""
STORED = (
    Check(topic="folder", look=folder.keys),
    Check(topic="database", look=database.wholeness),
    Check(topic="database", look=database.journal),
    Check(topic="clock", look=database.clock),
    Check(topic="readers", look=configuration.readers),
    Check(topic="readers", look=letters.waiting),
    Check(topic="readers", look=complaints.complaints),
    Check(topic="sources", look=press.sources),
    Check(topic="schedule", look=issues.schedule),
    Check(topic="issues", look=issues.waiting),
)
TOPICS = (
    *("configuration", "beat", "folder", "database", "clock", "readers", "sources"),
    *("schedule", "issues", "templates", "relay", "dns", "site"),
)
"""In the order they are told."""


def examine(newsroom: Newsroom, *, seconds: float = WHOLE_SECONDS) -> tuple[Finding, ...]:
    """Return all findings by topic; what is stored is looked at only when the database is this program's."""
    until = time.monotonic() + seconds
    begun = [_Running(check, newsroom) for check in ALWAYS]
    found = look(newsroom, [DATABASE], until=until)
    if all(finding.level is Level.OK for finding in found):
        found += look(newsroom, STORED, until=until)
    found += [finding for each in begun for finding in each.findings(until=until)]
    secrets = tuple(_secrets(newsroom))
    ordered = sorted(found, key=lambda finding: TOPICS.index(finding.topic))
    return tuple(_without(finding, secrets) for finding in ordered)


def look(newsroom: Newsroom, checks: Iterable[Check], *, until: float) -> list[Finding]:
    """Run checks all at once, and return what they found, check by check; ``until`` is on the monotonic clock."""
    begun = [_Running(check, newsroom) for check in checks]
    return [finding for each in begun for finding in each.findings(until=until)]


class _Running:
    """A check on its way, in a thread that the program does not wait for when it ends."""

    def __init__(self, check: Check, newsroom: Newsroom) -> None:
        self._check = check
        self._future: Future[list[Finding]] = Future()
        threading.Thread(
            target=lambda: self._future.set_result(_looked(check, newsroom)), daemon=True
        ).start()

    def findings(self, *, until: float) -> list[Finding]:
        """Return what it found, or that it did not end in time."""
        try:
            found = self._future.result(max(0, until - time.monotonic()))
        except TimeoutError:
            message = f"{self._check.look.__name__}: this took too long to be looked at"
            found = [problem(message, remedy="look again; if it stays, something it asks does not answer")]
        return [replace(finding, topic=self._check.topic) for finding in found]


def _looked(check: Check, newsroom: Newsroom) -> list[Finding]:
    """Run a check; its failure is one more finding, so that the others go on."""
    found: list[Finding] = []
    try:
        for finding in check.look(newsroom):
            found.append(finding)  # one at a time: what came before a failure counts
    except MetabriefError as error:
        found.append(trouble(error))
    except Exception as error:  # anything can be wrong with what is looked at
        said = " ".join(f"{type(error).__name__}: {error}".split())
        found.append(
            problem(f"{check.look.__name__}: this could not be looked at ({said})", remedy="report this line")
        )
    return found


def _secrets(newsroom: Newsroom) -> Iterator[str]:
    """Yield whatever must not be shown; a relay or a library may well repeat it."""
    settings, url = newsroom.settings, newsroom.database.url
    yield from (value for key, value in url.query.items() if "password" in key and isinstance(value, str))
    if url.password:
        yield str(url.password)
    given = [(settings.smtp.password, settings.smtp.password_file, "[smtp] password")]
    if settings.llm is not None:
        given.append((settings.llm.api_key, settings.llm.api_key_file, "[llm] api_key"))
    for value, file, key in given:
        try:
            yield read_secret(value, file, home=newsroom.home, key=key) or ""
        except ConfigurationError:
            continue  # the check that needs it says so


def _without(finding: Finding, secrets: Sequence[str]) -> Finding:
    message, remedy = finding.message, finding.remedy
    for secret in secrets:
        message, remedy = without_secret(message, secret), without_secret(remedy, secret)
    return replace(finding, message=message, remedy=remedy)
