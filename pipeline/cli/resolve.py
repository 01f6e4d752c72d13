"""``issues resolve``: a person says what became of deliveries that got no reply."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import console, find_issue, opened, say, say_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.jobs.resolve import Resolved, Seen


class Action(StrEnum):
    """What to do with uncertain deliveries."""

    LIST = "list"
    ACCEPT = "accept"
    RESEND = "resend"


def resolve(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="Its number, or latest.")],
    action: Annotated[Action, typer.Argument(metavar="list|accept|resend")],
    delivery: Annotated[
        list[int] | None,
        typer.Option("--delivery", metavar="ID", min=1, help="Only this one; may be given several times."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Settle deliveries that got no reply after the last dot, so that nobody knows whether they arrived.

    list names them by the Message-ID to look for in the relay's log; accept: they arrived; resend: send them again,
    and who had them after all gets them twice.
    """
    from pipeline.jobs import resolve as resolving

    if action is Action.LIST and delivery:
        raise UsageError("--delivery goes with accept and resend; list shows all that are uncertain")
    with opened(context) as newsroom:
        found = find_issue(newsroom, issue)
        if action is Action.LIST:
            _show(found.id, resolving.list_uncertain(newsroom, found), as_json=as_json)
            return
        settle = resolving.accept if action is Action.ACCEPT else resolving.resend
        settled = settle(newsroom, found, ids=delivery or ())
    if as_json:
        say_json(_record(settled))
    else:
        say(_accepted_line(settled) if action is Action.ACCEPT else _resent_line(settled))


def _show(issue_id: int, found: Sequence[Seen], *, as_json: bool) -> None:
    from rich.table import Table

    if as_json:
        say_json([_row(each) for each in found])
        return
    if not found:
        say(f"nothing of issue {issue_id} is uncertain")
        return
    table = Table("delivery", "domain", "since (UTC)", "Message-ID", "why", box=None)
    table.columns[3].no_wrap = True  # to be looked for as it stands
    for each in found:
        why = " ".join(filter(None, (str(each.row.code or ""), each.row.reason)))
        since = f"{each.row.since:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(each.row.subscriber_id), each.row.domain, since, each.message_id or "", why)
    console().print(table)
    command = f"metabrief issues resolve {issue_id}"
    say(f"those that the relay's log has: {command} accept --delivery ID; without --delivery: all of them")
    say(f"those that it has not: {command} resend --delivery ID; who had it after all gets it twice")


def _row(seen: Seen) -> dict[str, Any]:
    row = seen.row
    return {
        "delivery": row.subscriber_id,
        "domain": row.domain,
        "since": row.since.isoformat(),
        "code": row.code,
        "reason": row.reason,
        "not_after": row.not_after.isoformat(),
        "message_id": seen.message_id,
    }


def _record(settled: Resolved) -> dict[str, Any]:
    return {
        "issue": settled.issue.id,
        "status": settled.issue.status,
        "resolved": settled.number,
        "late": settled.late,
        "uncertain": settled.left,
    }


def _accepted_line(settled: Resolved) -> str:
    issue = settled.issue
    line = f"{_deliveries(settled.number)} of issue {issue.id} taken as arrived"
    if settled.left:
        return f"{line}; {settled.left} uncertain still"
    way = f"; let the others go with: metabrief issues approve {issue.id}" if issue.status == "held" else ""
    return f"{line}; none is uncertain any more; the issue is {issue.status}{way}"


def _resent_line(settled: Resolved) -> str:
    issue = settled.issue
    line = f"{_deliveries(settled.number)} of issue {issue.id} planned again, and may come twice"
    if settled.late:
        line += f"; {settled.late} past the time by which they had to arrive, so they will expire instead"
    if issue.status == "held":
        return f"{line}; the issue is held; let it go with: metabrief issues approve {issue.id}"
    return f"{line}; send now with: metabrief send {issue.id}"


def _deliveries(number: int) -> str:
    return f"{number} {'delivery' if number == 1 else 'deliveries'}"
