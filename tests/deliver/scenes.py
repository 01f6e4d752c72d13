"""Scenes between one connection and its relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from pipeline.deliver.relay import Relay as There
from pipeline.deliver.smtp import SmtpConnection
from tests.deliver.relay import Relay

Scene = Callable[[SmtpConnection, Relay], Coroutine[Any, Any, None]]


def play(scene: Scene, *, relay: Relay | None = None, is_silent: bool = False, **settings: Any) -> None:
    """Play a scene with a relay; when that falls silent, it is not waited for long."""
    seconds = 0.3 if is_silent else 10

    async def played() -> None:
        async with relay or Relay() as server:
            there = There(
                host="127.0.0.1",
                port=server.port,
                tls="none",
                timeout_seconds=seconds,
                dot_timeout_seconds=seconds,
                **settings,
            )
            connection = SmtpConnection(there)
            try:
                async with asyncio.timeout(30):
                    await scene(connection, server)
            finally:
                await connection.close()

    asyncio.run(played())
