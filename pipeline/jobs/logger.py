"""Where programs read what happened: one line of JSON an event on standard error; no address, token or secret in it."""

from __future__ import annotations

import sys
from typing import Any


def json_logger() -> Any:
    """Return what writes an event down as JSON, with its time in UTC."""
    import structlog
    from structlog.processors import JSONRenderer, TimeStamper, add_log_level

    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            add_log_level,
            TimeStamper(fmt="iso", utc=True, key="at"),
            JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.BoundLogger,
    )
