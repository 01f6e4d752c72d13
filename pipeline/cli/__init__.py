"""The command line: one module a noun; what is heavy is imported when a command runs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import (
    bounces,
    demo,
    doctor,
    issues,
    letters,
    newsletter,
    newsroom,
    preview,
    serve,
    sources,
    subscribers,
    templates,
    trial,
)
from pipeline.errors import MetabriefError
from subscribers.errors import SubscriberError

app = typer.Typer(
    name="metabrief",
    help="A newsletter on China's metaverse: gathered, selected, summed up, set and sent to each reader exactly once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: Rich would double the time it takes
)
app.command("init", short_help="Make a new newsroom.")(newsroom.init)
app.command("demo", short_help="Show the whole way on loopback.")(demo.demo)
app.command("run", short_help="Make one issue: collect, compose, send.")(newsletter.run)
app.command("collect", short_help="Read every enabled source.")(newsletter.collect)
app.command("compose", short_help="Compose a slot's issue.")(newsletter.compose)
app.command("send", short_help="Send what is approved.")(newsletter.send)
app.command("preview", short_help="See an issue before anyone else does.")(preview.preview)
app.command("doctor", short_help="Say what is well, doubtful or wrong.")(doctor.doctor)
app.command("serve", short_help="Publish by schedule, and show the pages.")(serve.serve)
subscribers.app.command(short_help="Our own letters that have not left.")(letters.letters)
app.add_typer(issues.app, name="issues")
app.add_typer(sources.app, name="sources")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(bounces.app, name="bounces")
app.add_typer(templates.app, name="templates")
app.add_typer(trial.app, name="try")


@app.callback()
def _choose_home(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            envvar="METABRIEF_HOME",
            help="The newsroom; else the nearest folder with metabrief.toml.",
        ),
    ] = None,
) -> None:
    context.obj = home


def main() -> None:
    """Run a command; what a person can cause ends in one line and an exit status, never a traceback."""
    try:
        app()
    except (MetabriefError, SubscriberError) as error:
        _complain(str(error))
        sys.exit(getattr(error, "exit_code", 1))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has enough
        sys.exit(1)
    except OSError as error:
        what = error.filename or "what is printed"
        _complain(f"{what} cannot be read or written: {error.strerror}; see its room and rights")
        with suppress(OSError):  # what is left to print goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _complain(text: str) -> None:
    print(f"metabrief: {' '.join(text.split())}", file=sys.stderr)  # noqa: T201
