"""``preview``: see an issue before anyone else does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.opening import find_issue, opened, say


def preview(
    context: typer.Context,
    export: Annotated[
        Path, typer.Option("--export", metavar="DIR", help="Write html, txt, eml, md and json there.")
    ],
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="Its number, or latest.")] = "latest",
) -> None:
    """Write an issue as files to look at: each variant as html, txt, eml and md, the whole as json."""
    from pipeline.jobs.export import export as export_job

    with opened(context) as newsroom:
        for path in export_job(newsroom, find_issue(newsroom, issue), export):
            say(str(path))
