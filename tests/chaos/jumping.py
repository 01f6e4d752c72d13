"""``python -m tests.chaos.jumping FILE …``: the command line with a clock that is wrong by the seconds in a file."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pipeline.app
from pipeline.app import open_newsroom, utc_now
from pipeline.cli import main

if __name__ == "__main__":
    wrong_by = Path(sys.argv.pop(1))

    def clock() -> datetime:
        """Return the wrong moment."""
        return utc_now() + timedelta(seconds=float(wrong_by.read_text()))

    pipeline.app.open_newsroom = partial(open_newsroom, clock=clock)
    main()
