"""Run what is measured in a process of its own, with memory of its own; whoever measures costs it nothing."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def apart(way: Callable[P, T], *words: P.args, **named: P.kwargs) -> T:
    """Return what ``way`` returns in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(way, *words, **named).result()


@contextmanager
def beside(way: Callable[..., None], *words: Any) -> Iterator[Any]:
    """Run ``way`` in a fresh process while the block lasts, and yield the first thing that it says.

    It gets one end of a pipe: it says something once it is ready, and ends when it hears anything.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=way, args=(theirs, *words))
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        _tell(ours)
        process.join()


def _tell(pipe: Connection) -> None:
    try:
        pipe.send("end")
    except OSError:  # it has ended by itself
        return
