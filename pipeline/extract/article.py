"""Find the article among the blocks of a page.

The article is the element whose blocks are worth most together (after Pasternack and Roth, "Extracting article text from
the web with maximum subsequence segmentation", 2009): what is around it would lower the sum, what is left out would be
missed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, dropwhile, takewhile

from pipeline.extract.asides import barriers, cards, furniture
from pipeline.extract.blocks import Block, Outline, outline
from pipeline.extract.tree import Element, letters_of
from pipeline.extract.worth import PROSE, prose, worth
from pipeline.text import words

_HEADLINE_SHARE = 0.6
"""A line like the title is the headline only before this much of the page's prose."""
_LONGEST_HEADLINE = 300
_SHORTEST_TITLE = 4
_ASIDE_COST = 30.0
_ALL_LINK, _ALL_PROSE_LINK, _LEAST_PROSE = 0.8, 0.95, 60
_SENTENCE_END = re.compile(r"[.!?…。！？]")
_PARTS = frozenset({"p", "li", "ul", "ol", "dl", "dd", "dt", "td", "tr", "tbody", "blockquote", "span"})
"""Elements too small to be an article: where one is worth most, the article is what holds it."""
_TOLD = 0.5
"""The share of its words that are in the text when a standfirst says the same; of first paragraphs set apart it is under .4."""


def article_text(tree: Element, *, title: str) -> str:
    """Return the paragraphs of the page's article, one a line; empty when there is none."""
    page = outline(tree)
    headline = _headline(page, title)
    asides = furniture(page, headline)
    if headline is not None:
        page = replace(page, blocks=page.blocks[headline + 1 :])
    shut = page.below(barriers(page).__contains__)
    page = replace(page, blocks=[block for block in page.blocks if not shut[block.node]])
    refused = page.below((asides | cards(page)).__contains__)
    root = _root(page, refused)
    body = _kept(page, root, refused)
    opening = _standfirst(page, root, refused, body=body) if headline is not None else []
    return "\n".join(block.text for block in _without_last_headings([*opening, *body]))


def _headline(page: Outline, title: str) -> int | None:
    """Return the place of the block that repeats the title: the first ``h1``, else the first line."""
    wanted = letters_of(title)
    if len(wanted) < _SHORTEST_TITLE:
        return None
    read_before = accumulate((max(worth(block), 0.0) for block in page.blocks), initial=0.0)
    most = _HEADLINE_SHARE * prose(page)[0]
    early = takewhile(lambda pair: pair[1] <= most, zip(page.blocks, read_before, strict=False))
    found = [place for place, (block, _) in enumerate(early) if _repeats(block, wanted)]
    return min(found, key=lambda place: (page.blocks[place].tag != "h1", place), default=None)


def _repeats(block: Block, letters: str) -> bool:
    is_line = block.linked <= 0.5 and len(block.text) < _LONGEST_HEADLINE
    return is_line and letters_of(block.text) == letters


def _root(page: Outline, refused: Sequence[bool]) -> int:
    sums = page.summed(lambda block: -_ASIDE_COST if refused[block.node] else worth(block))
    best = max(range(len(sums)), key=lambda node: (sums[node], node))
    while best and page.tags[best] in _PARTS:
        best = page.parents[best]
    return best


def _kept(page: Outline, root: int, refused: Sequence[bool]) -> list[Block]:
    """Return the blocks under the root that are neither refused nor links."""
    inside = page.below(lambda node: node == root)
    return [
        block
        for block in page.blocks
        if inside[block.node] and not refused[block.node] and not _is_link(block)
    ]


def _is_link(block: Block) -> bool:
    """Tell a link that stands alone from a paragraph that is mostly one, and ends as a sentence does."""
    is_prose = (
        block.tag == "p"
        and block.letters >= _LEAST_PROSE
        and _SENTENCE_END.search(block.text[-2:]) is not None
    )
    return block.linked > (_ALL_PROSE_LINK if is_prose else _ALL_LINK)


def _standfirst(page: Outline, root: int, refused: Sequence[bool], *, body: Sequence[Block]) -> list[Block]:
    """Return the prose between headline and article that the article does not say again: its first paragraph, set apart."""
    inside = page.below(lambda node: node == root)
    before = takewhile(lambda block: not inside[block.node], page.blocks)
    told = set(words("\n".join(block.text for block in body)))
    return [
        block
        for block in before
        if not refused[block.node]
        and not block.linked
        and worth(block) >= PROSE
        and not _is_told(block, told)
    ]


def _is_told(block: Block, told: set[str]) -> bool:
    telling = [word for word in words(block.text) if len(word) > 3 or not word.isascii()]
    return sum(word in told for word in telling) > _TOLD * len(telling)


def _without_last_headings(blocks: Sequence[Block]) -> list[Block]:
    return list(dropwhile(lambda block: block.is_heading, blocks[::-1]))[::-1]
