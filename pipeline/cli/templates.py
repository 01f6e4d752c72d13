"""``templates``: what a person may change, and what they have changed."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.opening import opened, say, say_json

app = typer.Typer(help="See the templates.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _templates() -> None:
    """Keep ``list`` a command of its own."""


@app.command("list", short_help="List all templates.")
def list_templates(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List every template by name, and whether the newsroom's own file is used for it."""
    with opened(context) as newsroom:
        files = newsroom.templates.files()
    if as_json:
        say_json([{"name": file.name, "path": str(file.path), "is_own": file.is_own} for file in files])
        return
    for file in files:
        say(f"{'own    ' if file.is_own else 'shipped'}  {file.name}")
