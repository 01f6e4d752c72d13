"""Scenes between a newsroom and its relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from pipeline.jobs.send import SendReport, send
from tests.deliver.relay import Relay
from tests.jobs.newsroom import Desk, desk

READERS = ("ann@a.example", "bob@b.example", "cem@c.example")


Scene = Callable[[Desk, Relay], Coroutine[Any, Any, None]]


async def go(at: Desk, *, wait: bool = False, stop: asyncio.Event | None = None, **more: Any) -> SendReport:
    return await send(at.newsroom, at.newsletter, at.issue, wait=wait, stop=stop, **more)


def play(home: Path, scene: Scene, *, readers: Sequence[str] = READERS, **settings: Any) -> None:
    """Run a scene with an open newsroom and a relay."""

    async def played() -> None:
        async with Relay() as relay:
            with desk(home, *readers, port=relay.port, **settings) as at:
                await scene(at, relay)

    asyncio.run(played())


def crowd(number: int, *, domain: str = "d{}.example") -> list[str]:
    return [f"reader{n:03}@{domain.format(n)}" for n in range(number)]
