"""How long the disk takes to keep what it is told to, on which every durable commit waits."""

from __future__ import annotations

import os
import tempfile
import time
from statistics import median

_PAGE = b"\0" * 4096


def sync_seconds(*, times: int = 200) -> float:
    """Return the median time of writing a page to where the databases will be, and seeing it kept."""
    taken = []
    with tempfile.TemporaryFile(prefix="metabrief-bench-") as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(_PAGE)
            file.flush()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken)
