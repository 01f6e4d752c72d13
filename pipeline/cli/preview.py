"""``preview``: see an issue before anyone else does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import find_issue, opened, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.app import Newsroom


def preview(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="Its number, or latest.")] = "latest",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Serve there instead of at [desk] port; 0: any free one."
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Write html, txt, eml, md and json there.")
    ] = None,
) -> None:
    """Show an issue in the browser: each variant as HTML and text, and as each reader gets it.

    With --export it is written as files instead: each variant as html, txt, eml and md, the whole as json.
    """
    if export is not None and port is not None:
        raise UsageError("--port is for the page and --export for files; give one of them")
    with opened(context) as newsroom:
        found = find_issue(newsroom, issue)
        if export is None:
            _serve(newsroom, found.id, port=port)
            return
        from pipeline.jobs.export import export as export_job

        for path in export_job(newsroom, found, export):
            say(str(path))


def _serve(newsroom: Newsroom, issue_id: int, *, port: int | None) -> None:
    """Serve the desk's pages until it is told to end."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.desk.studio import studio_app
    from pipeline.doorway import bound_socket, serving

    desk = newsroom.settings.desk
    wanted = desk.port if port is None else port
    with bound_socket(desk.host, wanted, remedy="choose another with --port") as bound:
        host, taken = bound.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        with serving(studio_app(newsroom, hosts=(desk.host, shown)), bound):
            say(f"preview of issue {issue_id} at http://{shown}:{taken}/issues/{issue_id} — Ctrl-C ends it")
            run_until_stopped(lambda stop: stop.wait())
    say("ended as asked")
