"""``bounces``: the mails that come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, NEEDS_A_PERSON, counting, opened, say, standard_input
from pipeline.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    import asyncio

    from pipeline.app import Newsroom
    from pipeline.config.sections import Intake
    from pipeline.jobs.intake import Tally
    from pipeline.jobs.mailboxes import Found

app = typer.Typer(help="Read the mails that come back.", no_args_is_help=True, rich_markup_mode=None)

_SHOWN = 20
_TIDY_SECONDS = 3600.0


@app.callback()
def _bounces() -> None:
    """Keep ``read`` a word of its own, though it is the only one."""


@app.command(short_help="Read bounces, complaints and leaves.")
def read(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(metavar="[MAILDIR|MBOX|-]", help="Else the mailbox of [intake]; - is standard input."),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="HOST:PORT", help="Take mail there until told to end."),
    ] = None,
) -> None:
    """Read mails that came back: who bounced too often or complained is written to no more, who asks to leave has left.

    Only a mail with a valid token of ours changes anything; one that may be genuine without it is named, for a person to
    look at. None is ever answered, and none counts twice.
    """
    if source is not None and listen is not None:
        raise UsageError("name a mailbox or --listen, not both")
    with opened(context) as newsroom:
        if listen is not None:
            _listen(newsroom, _intake_at(newsroom, listen))
            raise typer.Exit(DONE)
        tally = _read(newsroom, source)
    troubles = (f"mail {each.name}: {each.why}" for each in tally.troubles)
    for line in (*tally_lines(tally, with_message_ids=True), *_first(troubles, of=tally.troubled)):
        say(line)
    raise typer.Exit(NEEDS_A_PERSON if tally.troubled or tally.doubted else DONE)


def _read(newsroom: Newsroom, source: str | None) -> Tally:
    from pipeline.jobs.intake import read_mails, remove_old_mails

    with counting("mails") as count:
        tally = read_mails(newsroom, _mails(newsroom, source), on_mail=count)
    remove_old_mails(newsroom)
    return tally


def _mails(newsroom: Newsroom, source: str | None) -> Iterable[Found]:
    """Return the mails of a source, without one the unread ones of the newsroom's own mailbox."""
    from pipeline.jobs.intake import unread_mails
    from pipeline.jobs.mailboxes import mails_at, stream_mails

    if source == "-":
        return stream_mails(standard_input("a mailbox"))
    if source is not None:
        return mails_at(Path(source))
    if newsroom.settings.intake is None:
        raise ConfigurationError(
            "metabrief.toml has no [intake]; add it, or name a Maildir, an mbox, or - for standard input"
        )
    return unread_mails(newsroom)


def _intake_at(newsroom: Newsroom, where: str) -> Intake:
    """Return the configured intake, listening elsewhere. Raises ``UsageError``."""
    from pipeline.config.sections import Intake

    host, _, port = where.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen {where!r} is no address; write HOST:PORT, such as 127.0.0.1:8025")
    known = newsroom.settings.intake or Intake()
    return known.model_copy(update={"host": host.strip("[]"), "port": int(port)})


def _listen(newsroom: Newsroom, intake: Intake) -> None:
    """Take mail and read each as it comes, until told to end. Raises ``MetabriefError`` when the port is taken."""
    import asyncio

    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.intake import intake_folder, read_intake, remove_old_mails
    from pipeline.jobs.receiving import receiving

    async def keep(stop: asyncio.Event) -> None:
        arrived = asyncio.Event()
        async with receiving(intake, intake_folder(newsroom), on_mail=arrived.set) as address:
            say(f"taking mail by {intake.protocol} at {address}")
            while not stop.is_set():
                arrived.clear()
                tally = await asyncio.to_thread(read_intake, newsroom, must_stop=stop.is_set)
                for line in tally_lines(tally) if tally.kinds else ():
                    say(line)
                remove_old_mails(newsroom)
                await _either(arrived, stop)

    run_until_stopped(keep)
    say("ended as asked")


async def _either(*events: asyncio.Event) -> None:
    """Wait until one of them is set, or there may be something old to remove."""
    import asyncio

    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=_TIDY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def _first(lines: Iterable[str], *, of: int) -> Iterator[str]:
    """Return the first lines, and how many there were beside them."""
    yield from islice(lines, _SHOWN)
    if of > _SHOWN:
        yield f"… and {of - _SHOWN} more"


def tally_lines(tally: Tally, *, with_message_ids: bool = False) -> Iterator[str]:
    """Return what was read, a line each: the sum, who stands otherwise since, what is our own fault, what a person should see.

    Never an address; as a Message-ID may hold one, a log goes without them.
    """
    from subscribers.bounces.kind import Kind

    mails = tally.kinds.total()
    kinds = ", ".join(f"{tally.kinds[kind]} {kind}" for kind in Kind if tally.kinds[kind])
    line = f"{mails} mail{'' if mails == 1 else 's'}{f': {kinds}' if kinds else ''}"
    yield f"{line}; {tally.counted} counted, {tally.known} known already, {tally.without_token} without a valid token"
    for each in tally.changes:
        yield f"subscriber {each.subscriber_id} is {each.status}: {each.why}; see data/bounces/{each.mail}.eml"
    if tally.faults:
        [(reason, _)] = tally.faults.most_common(1)
        yield f"{tally.faults.total()} of our own faults, which count against nobody; most often: {reason}"
    doubts = (
        f"mail {(with_message_ids and each.message_id) or each.mail}: {each.why}" for each in tally.doubts
    )
    yield from _first(doubts, of=tally.doubted)
