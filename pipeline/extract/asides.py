"""The parts of a page that stand beside its article, or inside without being of it."""

from __future__ import annotations

from pipeline.extract.blocks import Outline
from pipeline.extract.lines import BARRIER
from pipeline.extract.worth import prose, worth

_FURNITURE_SHARE = 0.7
"""What is named like furniture but holds more of the page's prose than this is the layout around the article.

Of 166 labelled pages, furniture held up to .56 (once .71), layouts .78 and more."""
_CARD_TEXTS, _CARD_LETTERS, _CARD_LINK = 3, 450, 0.4
_LONGEST_BARRIER, _BARRIER_DEPTH = 600, 12


def furniture(page: Outline, headline: int | None) -> set[int]:
    """Return the nodes named like furniture, but not those around the headline or most of the prose."""
    letters = prose(page)
    above = page.path(page.blocks[headline].node) if headline is not None else ()
    return {
        node
        for node, is_named in enumerate(page.furniture)
        if is_named and letters[node] <= _FURNITURE_SHARE * letters[0]
    }.difference(above)


def cards(page: Outline) -> set[int]:
    """Return the nodes that hold a linked heading and little else: teasers of other articles."""
    texts = page.summed(
        lambda block: 0 if block.is_heading or block.linked > 0.5 else 1 + block.letters / _CARD_LETTERS
    )
    widest = list(range(len(page.parents)))
    for node, parent in enumerate(page.parents):
        if parent and texts[parent] <= _CARD_TEXTS:
            widest[node] = widest[parent]
    linked = (block for block in page.blocks if block.is_heading and block.linked > _CARD_LINK)
    return {widest[block.node] for block in linked if texts[block.node] <= _CARD_TEXTS}


def barriers(page: Outline) -> set[int]:
    """Return the nodes that begin with "Subscribe to read on" or the like: what offers they hold is no article."""
    found: set[int] = set()
    letters, begun = prose(page), {0}
    for block in page.blocks:
        if BARRIER.fullmatch(block.text):
            above = page.path(block.node, most=_BARRIER_DEPTH)
            fresh = [node for node in above if node not in begun and letters[node] <= _LONGEST_BARRIER]
            found.update(fresh[-1:])
        elif worth(block) > 0 and block.node not in begun:
            begun.update(page.path(block.node))
    return found
