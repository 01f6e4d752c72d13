"""``issues``: what was made, why, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import DONE, FAILED, console, find_issue, opened, say, say_json
from pipeline.cli.resolve import resolve
from pipeline.cli.telling import because, copy_line, funnel_line, item_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.app import Newsroom
    from pipeline.model import Issue

app = typer.Typer(help="See and steer issues.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="ISSUE", help="Its number, or latest.")]
_BEST = 10
"""As many of what was left out are named unless all are asked for."""
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list", short_help="List all issues.")
def list_issues(context: typer.Context, as_json: AsJson = False) -> None:
    """List all issues, the newest slot first."""
    from rich.table import Table

    from pipeline.jobs.record import list_records

    with opened(context) as newsroom:
        rows = list_records(newsroom)
    if as_json:
        say_json(rows)
        return
    if not rows:
        say("no issue yet; make one with: metabrief run NEWSLETTER")
        return
    table = Table("issue", "newsletter", "slot", "status", "items", "accepted", "subject", box=None)
    for row in rows:
        counted = row["deliveries"]
        status = f"{row['status']} ({row['hold_reason']})" if row["hold_reason"] else row["status"]
        sent = f"{counted['accepted']} of {counted['total']}"
        cells = (row["id"], row["newsletter"], row["slot"], status, row["item_count"], sent, row["subject"])
        table.add_row(*(str(cell) for cell in cells))
    console().print(table)


@app.command(short_help="Show one issue.")
def show(
    context: typer.Context,
    issue: Name,
    language: Annotated[str | None, typer.Option("--language", metavar="L", help="en, zh or both.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show one issue: items, subject, and where its deliveries stand, also by receiving domain and reason."""
    from pipeline.jobs.record import breakdown_record, issue_record
    from pipeline.jobs.recovering import number_in_doubt

    with opened(context) as newsroom:
        found = find_issue(newsroom, issue)
        row = issue_record(newsroom, found, language=language) | breakdown_record(newsroom, found)
        in_doubt = number_in_doubt(newsroom, found)
    if as_json:
        say_json(row)
        return
    held = f" for {row['hold_reason']}" if row["hold_reason"] else ""
    say(f"issue {row['id']}: {row['newsletter']} {row['slot']}, {row['status']}{held} ({row['transport']})")
    if row["hold_detail"]:
        say(f"{row['hold_detail']}; {_way_out(row)}")
    say(f"subject: {row['subject']}")
    for number, item in enumerate(row["items"], 1):
        say("\n" + "\n   ".join(item_lines(number, item)))
    _show_deliveries(row, in_doubt=in_doubt)


def _show_deliveries(row: dict[str, Any], *, in_doubt: int) -> None:
    counted = dict(row["deliveries"])
    total = counted.pop("total")
    say(f"\ntotal {total} = " + " + ".join(f"{number} {state}" for state, number in counted.items()))
    if row["transport"] == "outbox":
        say("made for the outbox: nobody was mailed")
    if total:
        _show_domains(row["domains"], states=[state for state, number in counted.items() if number])
    if row["reasons"]:
        _show_reasons(row["reasons"])
    settle = f"metabrief issues resolve {row['id']} list"
    if counted["uncertain"]:
        say(f"\nnobody knows whether the uncertain ones arrived: {settle}")
    if in_doubt:
        say(
            f"\n{in_doubt} of the planned were on the wire when their sender died, and may have arrived: {settle}"
        )


def _show_domains(domains: Sequence[dict[str, Any]], *, states: Sequence[str]) -> None:
    from rich.table import Table

    table = Table("\ndomain", box=None)
    for name in (*states, "total"):
        table.add_column(f"\n{name}", justify="right")
    for each in domains:
        table.add_row(each["domain"], *(f"{each[name]:,}" for name in (*states, "total")))
    console().print(table)


def _show_reasons(reasons: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("\nstate", "\ncode", "\nsaid most often", box=None)
    table.add_column("\nnumber", justify="right")
    for each in reasons:
        table.add_row(each["state"], str(each["code"] or ""), each["reason"], f"{each['number']:,}")
    console().print(table)


def _way_out(row: dict[str, Any]) -> str:
    """Return what releases a held issue."""
    if row["hold_reason"] in ("lint", "gate"):
        return f"mend that, then: metabrief run {row['newsletter']} --slot {row['slot']}"
    if row["hold_reason"] == "thin":
        return f"read again with: metabrief run {row['newsletter']} --slot {row['slot']}, or: metabrief issues approve {row['id']}"
    return f"release it with: metabrief issues approve {row['id']}"


@app.command(short_help="Say why items are in or out.")
def why(
    context: typer.Context,
    issue: Name,
    every: Annotated[
        bool, typer.Option("--all", help="Name all that was left out, not only the best.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say why each item is in, with the formula of its rank, and why the best of what was left out is not."""
    from pipeline.jobs.record import reasons_record

    with opened(context) as newsroom:
        found = find_issue(newsroom, issue)
    record = reasons_record(found)
    if as_json:
        say_json(record)
        return
    if not record["items"] and not record["left_out"]:
        say(
            f"nothing was collected for issue {found.id} ({found.newsletter} {found.slot.wall}){because(found)}"
        )
    else:
        say(f"{found.newsletter} {found.slot.wall}, {found.status}{because(found)}; {funnel_line(found)}")
    for item, chosen in zip(record["items"], found.items, strict=True):
        say(f"\n+ {item['headline']}")
        say(f"    section: {chosen.section}")
        for reason in item["why"]:
            say(f"    {reason}")
        for article in item["articles"]:
            say(f"    {article['source']}: {article['url']}")
    _say_left_out(record["left_out"], every=every, issue_id=found.id)


def _say_left_out(left_out: Sequence[dict[str, str]], *, every: bool, issue_id: int) -> None:
    shown = left_out if every else left_out[:_BEST]
    if shown:
        say(f"\nleft out, the best first ({len(shown)} of {len(left_out)}):")
    for out in shown:
        say(f"- {out['title'] or out['url']}\n    {out['why']}\n    {out['url']}")
    if len(shown) < len(left_out):
        say(f"all of them: metabrief issues why {issue_id} --all")


@app.command(short_help="Release a held issue.")
def approve(context: typer.Context, issue: Name) -> None:
    """Release a held issue; `metabrief send` takes it from there."""
    from pipeline.jobs import oversee

    found = _steered(context, issue, oversee.approve)
    say(f"issue {found.id} is released; send it with: metabrief send {found.id}")
    if not found.items:
        say(f"it has no items; see what its readers are told with: metabrief preview {found.id}")


@app.command(short_help="Hold or pause an issue.")
def hold(context: typer.Context, issue: Name) -> None:
    """Hold an issue back, or pause one that is being sent."""
    from pipeline.jobs import oversee

    number = _steered(context, issue, oversee.hold).id
    say(f"issue {number} is held; release it with: metabrief issues approve {number}")


@app.command(short_help="Call an issue off.")
def cancel(context: typer.Context, issue: Name) -> None:
    """Call an issue off for good; what was sent of it stays sent."""
    from pipeline.jobs import oversee

    say(f"issue {_steered(context, issue, oversee.cancel).id} is cancelled")


@app.command("test", short_help="Send a marked copy to one address.")
def send_test(
    context: typer.Context,
    issue: Name,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who looks at it; a reader or not.")],
    language: Annotated[str | None, typer.Option("--language", metavar="L", help="en, zh or both.")] = None,
) -> None:
    """Send one copy, marked [test], to ADDRESS: outside the ledger, whatever the issue's status."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.jobs.copy import send_copy
    from pipeline.jobs.stopping import unless_stopped

    with opened(context) as newsroom:
        found = find_issue(newsroom, issue)
        attempt, _ = run_until_stopped(
            lambda stop: unless_stopped(send_copy(newsroom, found, address=address, language=language), stop)
        )
    if attempt is None:
        say("stopped as asked; nobody knows whether the copy arrived")
        raise typer.Exit(FAILED)
    say(copy_line(found, attempt))
    raise typer.Exit(DONE if attempt.state == "accepted" else FAILED)


app.command(short_help="Settle what is uncertain.")(resolve)


def _steered(context: typer.Context, name: str, steer: Callable[[Newsroom, Issue], None]) -> Issue:
    """Do something to the issue called ``name`` and return it as it was."""
    with opened(context) as newsroom:
        found = find_issue(newsroom, name)
        steer(newsroom, found)
    return found
