"""Call other people's extractors on hostile pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def attempt(find: Callable[[], T], *, otherwise: T) -> T:
    """Return what ``find`` finds, or ``otherwise`` when it breaks; the debug log says how.

    On pages that are none, these libraries raise whatever trips first — assertions, index errors, recursion limits — and
    each such page only means that this one extractor found nothing.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs what it did not find as errors
    try:
        return find()
    except Exception as error:
        _LOG.debug("an extractor gave up: %s: %s", type(error).__name__, error)
        return otherwise
