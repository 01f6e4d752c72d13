"""``serve``: the pages that mails lead to."""

from __future__ import annotations

import typer

from pipeline.cli.opening import opened, say


def serve(context: typer.Context) -> None:
    """Serve the public pages at [web] host and port, until it is told to end."""
    from pipeline.cli.signals import run_until_stopped
    from pipeline.doorway import bound_socket, serving
    from pipeline.public import public_app

    with opened(context) as newsroom:
        web = newsroom.settings.web
        with bound_socket(web.host, web.port) as bound:
            host, port = bound.getsockname()[:2]
            app = public_app(newsroom)
            with serving(app, bound):
                say(f"serving /leave, /preferences, /subscribe and /archive at http://{host}:{port}")
                run_until_stopped(lambda stop: stop.wait())
    say("ended as asked")
