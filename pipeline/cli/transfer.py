"""``subscribers import`` and ``export``: lists as CSV, in and out."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, opened, say
from pipeline.cli.people import found_by

if TYPE_CHECKING:
    from pipeline.app import Newsroom
    from subscribers.transfer.applicants import Offer, Refusal
    from subscribers.transfer.imports import ListImport, Watch
    from subscribers.transfer.report import ImportReport, Remark
    from subscribers.transfer.writing import Draft

_HEADS_SHOWN = 20
_STEM_BYTES = 200
"""Names have at most 255."""
_STEPS = {"read": "reading", "done": "writing"}


def import_list(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    newsletter: Annotated[str, typer.Option("--newsletter", metavar="KEY", help="The newsletter's key.")],
    consent: Annotated[
        str, typer.Option("--consent", metavar="TEXT", help="Where and how these people agreed; required.")
    ] = "",
    left: Annotated[
        bool,
        typer.Option(
            "--left", help="Everyone in this file left elsewhere: none is added, and --consent not needed."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of each row.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE.csv", help="Where refused rows are listed; else in data/imports."
        ),
    ] = None,
) -> None:
    """Import a list; each row is added, left alone or refused with its reason. Stopped, it can be run again."""
    from pipeline.jobs.elsewhere import imports_folder
    from subscribers.transfer.imports import ListImport

    claim = readable(consent)
    if not claim and not left:
        raise typer.BadParameter("say where and how these people agreed", param_hint="--consent")
    if report:
        _see_room(report, listed=file)
        _see_room(_flagged_beside(report), listed=file)
    with opened(context) as newsroom:
        wanted = ListImport(
            path=file,
            offers=_offers(newsroom),
            newsletter=newsroom.settings.find_newsletter(newsletter).key,
            claim=claim,
            suppression_key=newsroom.suppression_key,
            have_all_left=left,
        )
        folder = report.parent if report else imports_folder(newsroom)
        with _listings(folder, begins_at_once=bool(report)) as (refused, flagged):
            done = _carried_out(newsroom, wanted, refused=refused, flagged=flagged, is_rehearsal=dry_run)
            stem = f"{_short(file.stem)}-{done.digest[:8]}"
            listed = refused.keep(report or folder / f"{stem}.refused.csv")
            remarks = flagged.keep(_flagged_beside(report or folder / f"{stem}.csv"))
    _tell(done, listed=listed, remarks=remarks, is_rehearsal=dry_run)
    raise typer.Exit(DONE)


def _flagged_beside(report: Path) -> Path:
    return report.with_name(f"{report.stem}.flagged.csv")


def readable(text: str) -> str:
    """Return what was typed as text that a database takes; bytes that are none become question marks."""
    return text.encode("utf-8", "replace").decode().strip()


def _see_room(report: Path, *, listed: Path) -> None:
    """Raise ``BadParameter`` where no report can stand, before anybody is added."""
    try:
        is_folder = stat.S_ISDIR(report.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        is_folder = False
    except OSError as error:
        raise typer.BadParameter(
            f"the report cannot be there: {error.strerror}", param_hint="--report"
        ) from error
    if is_folder:
        raise typer.BadParameter("this is a folder; name a file in it", param_hint="--report")
    if report.resolve() == listed.resolve():
        raise typer.BadParameter("the report would take the place of the list itself", param_hint="--report")


def _short(stem: str) -> str:
    """Return as much of a file's name as leaves room for ours behind it."""
    return stem.encode("utf-8", "ignore")[:_STEM_BYTES].decode("utf-8", "ignore")


def _offers(newsroom: Newsroom) -> list[Offer]:
    from subscribers.transfer.applicants import Offer

    return [
        Offer(newsletter=each.key, period=each.period, language=each.languages[0], timezone=each.timezone)
        for each in newsroom.settings.newsletter
    ]


def _carried_out(
    newsroom: Newsroom, wanted: ListImport, *, refused: _Listing, flagged: _Listing, is_rehearsal: bool
) -> ImportReport:
    from subscribers.transfer.imports import import_csv, rehearse_csv

    def refuse(refusal: Refusal) -> None:
        refused.note(str(refusal.row), refusal.column, refusal.value, refusal.why)

    def flag(remark: Remark) -> None:
        flagged.note(str(remark.row), remark.address, remark.what)

    database, now = newsroom.database, newsroom.clock()
    with _watching() as watch:
        if is_rehearsal:
            return rehearse_csv(wanted, read=database.read, now=now, refuse=refuse, flag=flag, watch=watch)
        return import_csv(wanted, write=database.write, now=now, refuse=refuse, flag=flag, watch=watch)


@contextmanager
def _watching() -> Iterator[Watch]:
    """Yield what is told of the import's progress; a person at a terminal sees a bar for each of its steps."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    shown = Console(stderr=True)
    with Progress(console=shown, transient=True, disable=not shown.is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def watch(step: str, done: int, of: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(_STEPS[step], total=of)
            progress.update(bars[step], completed=done)

        yield watch


class _Listing:
    """Some rows of one import with what is said of them, in a file that begins with the first of them."""

    def __init__(self, stack: ExitStack, folder: Path, *, head: Sequence[str], makes_folder: bool) -> None:
        self._stack, self._folder, self._makes_folder = stack, folder, makes_folder
        self._head = head
        self._draft: Draft | None = None

    def begin(self) -> Draft:
        """Return the file, which is made the first time."""
        from subscribers.transfer.writing import draft

        if self._draft is None:
            self._draft = self._stack.enter_context(draft(self._folder, makes_folder=self._makes_folder))
            self._draft.write(self._head)
        return self._draft

    def note(self, *cells: str) -> None:
        """Write one down."""
        self.begin().write(cells)

    def keep(self, path: Path) -> Path | None:
        """Keep the file if it was begun, and return where it is."""
        if self._draft is None:
            return None
        self._draft.keep(path)
        return path


@contextmanager
def _listings(folder: Path, *, begins_at_once: bool) -> Iterator[tuple[_Listing, _Listing]]:
    """Yield where refused and flagged rows go; the first is there without rows too where its place was chosen."""
    made = not begins_at_once
    with ExitStack() as stack:
        refused = _Listing(stack, folder, head=("row", "column", "value", "why"), makes_folder=made)
        if begins_at_once:
            refused.begin()
        yield refused, _Listing(stack, folder, head=("row", "address", "what"), makes_folder=made)


def _tell(done: ImportReport, *, listed: Path | None, remarks: Path | None, is_rehearsal: bool) -> None:
    if done.product:
        say(f"read as a list of {done.product}")
    _tell_columns(done)
    if done.advice:
        say(done.advice)
    if done.is_gbk:
        say("read as GBK, for it is no UTF-8; see that the names are right")
    for refusal in done.first_refused:
        say(f"row {refusal.row}, {refusal.column}: {refusal.why}")
    if done.refused > len(done.first_refused):
        say(f"… and {done.refused - len(done.first_refused)} more refused rows")
    if listed:
        say(f"refused rows: {listed}")
    if done.done_before:
        say(f"an import of this file was stopped; {done.done_before} rows were done before and count below")
    _tell_who_left(done)
    if remarks:
        say(
            f"look again at the added: {done.roles} at a task's address (info@, sales@), "
            f"{done.disposable} at a disposable one: {remarks}"
        )
    if is_rehearsal:
        say("a dry run: nobody was added; without --dry-run this would be done")
    say(f"{done.rows} rows = {done.added} added + {done.left_alone} left alone + {done.refused} refused")


def _tell_columns(done: ImportReport) -> None:
    """Say what was read: a column misspelt is among those that were not."""
    passed_over = f"; passed over: {_few(done.passed_over)}" if done.passed_over else ""
    say(f"read: {_few(done.heads)}{passed_over}")


def _few(heads: Sequence[str]) -> str:
    more = f" … and {len(heads) - _HEADS_SHOWN} more" if len(heads) > _HEADS_SHOWN else ""
    return ", ".join(heads[:_HEADS_SHOWN]) + more


def _tell_who_left(done: ImportReport) -> None:
    away = done.left_elsewhere - done.steadfast
    if away:
        say(f"{away} of those left alone left where the list comes from; they stay away here too")
    if done.leaving:
        say(f"{done.leaving} readers of this list leave with it")
    if done.steadfast:
        say(f"{done.steadfast} left there and came here by their own word; nothing happens to them")


def export_list(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.csv]")] = None,
    filter_: Annotated[
        str, typer.Option("--filter", metavar="FILTER", help="Only a segment: 'tag:vip language:zh'.")
    ] = "",
) -> None:
    """Write the list as CSV, to a file that its owner alone can read or to standard output."""
    from subscribers.transfer.exports import export_csv
    from subscribers.transfer.writing import draft, writer

    with opened(context) as newsroom, newsroom.database.read() as connection:
        where = found_by(filter_, newsroom, connection)
        if file is None:
            export_csv(connection, writer(sys.stdout), where=where)
            return
        with draft(file.parent) as drafted:
            number = export_csv(connection, drafted.write, where=where)
            drafted.keep(file)
    say(f"{number} people in {file}")
