"""``serve``: the pages that mails lead to."""

from __future__ import annotations

import socket

import typer

from pipeline.cli.opening import opened, say
from pipeline.errors import MetabriefError


def serve(context: typer.Context) -> None:
    """Serve the public pages at [web] host and port, until it is told to end."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.doorway import serving
    from pipeline.public import public_app

    with opened(context) as newsroom:
        web = newsroom.settings.web
        with _listening(web.host, web.port) as bound:
            host, port = bound.getsockname()[:2]
            app = public_app(newsroom)
            with serving(app, bound):
                say(f"serving /leave, /preferences, /subscribe and /archive at http://{host}:{port}")
                run_until_stopped(lambda stop: stop.wait())
    say("ended as asked")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise MetabriefError(
            f"{host}:{port} cannot be listened at ({reason}); stop what does, or set another [web] port"
        ) from error
    return bound
