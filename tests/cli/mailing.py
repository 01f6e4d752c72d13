"""A newsroom whose mails go to a scripted relay, for commands that send."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import Metabrief, add_settings
from tests.deliver.relay import Relay
from tests.jobs.rooms import DAILY, furnish

SITE = 'site_url = "https://news.lantern.example"'
_SMTP = """
[delivery]
transport = "smtp"
connections = 1
check_site = false

[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
from_address = "brief@lantern.example"
return_path_domain = "bounces.lantern.example"
"""


@contextmanager
def relaying(relay: Relay) -> Iterator[Relay]:
    """Serve a relay from a thread of its own, beside commands that have a loop of theirs."""
    is_open, is_over, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def keep() -> None:
        async with relay:
            is_open.set()
            await is_over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[keep()])
    thread.start()
    assert is_open.wait(10)
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()


def mailroom(metabrief: Metabrief, home: Path, *readers: str, port: int) -> Path:
    """Return a newsroom of the relay at ``port`` with an approved issue for these readers."""
    furnish(home, newsletters=DAILY, publisher=SITE)
    add_settings(home, _SMTP.format(port=port))
    for email in readers:
        metabrief("--home", home, "subscribers", "add", email, "--newsletter", "daily", "--consent", "agreed")
    assert metabrief("--home", home, "compose", "daily").code == 3
    assert metabrief("--home", home, "issues", "approve", "1").code == 0
    return home
