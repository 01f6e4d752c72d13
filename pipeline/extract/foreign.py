"""Call other people's extractors on hostile pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from pipeline.extract.tree import Element

T = TypeVar("T")
_MANAGEABLE = "count(//*) <= 5000 and string-length() <= 1000000 and not(//*[count(ancestor::*) > 50])"
"""Beyond, the others take seconds. Of 166 labelled pages none has over 3,100 elements or 50 levels, 4 have more characters."""
_LOG = logging.getLogger(__name__)


def attempt(tree: Element, find: Callable[[Element], T], *, otherwise: T) -> T:
    """Return what ``find`` finds in a page, or ``otherwise`` when it breaks or the page is too large; the debug log says how.

    On pages that are none, these libraries raise whatever trips first — assertions, index errors, recursion limits — and
    each such page only means that this one extractor found nothing.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs what it did not find as errors
    if not tree.xpath(_MANAGEABLE):
        _LOG.debug("a page is too large or too deep for the other extractors")
        return otherwise
    try:
        return find(tree)
    except Exception as error:
        _LOG.debug("an extractor gave up: %s: %s", type(error).__name__, error)
        return otherwise
