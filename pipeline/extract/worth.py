"""What a block of a page counts for: prose its letters, links against it, short lines nothing."""

from __future__ import annotations

import re

from pipeline.extract.blocks import Block, Outline

PROSE = 80
"""Letters from which a block with a point or comma counts as prose."""
_POINT = re.compile(r"[.!?…:;,。！？：；，、\"”』」)）]")
_CUT_OFF = re.compile(r"(?:…|\.\.\.)\W*$")
"""How teasers of other articles end."""


def worth(block: Block) -> float:
    """Return the letters a block counts for, below zero when it is mostly links."""
    if block.linked > 0.5:
        return -block.letters - 30.0
    if block.is_heading or _CUT_OFF.search(block.text[-6:]):
        return 0.0
    if block.letters < PROSE or not _POINT.search(block.text):
        return block.letters / 2 if _POINT.search(block.text[-2:]) else 0.0
    return block.letters * (1 - 2 * block.linked if block.linked > 0.3 else 1)


def prose(page: Outline) -> list[float]:
    """Return for each node the letters of prose in it."""
    return page.summed(lambda block: max(worth(block), 0.0))
