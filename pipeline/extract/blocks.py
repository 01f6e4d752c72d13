"""A page as the runs of text that stand between its block elements, and as a tree of what holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.extract.furniture import is_furniture
from pipeline.extract.lines import length
from pipeline.extract.tree import INLINE, SILENT, Element, body_of

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A run of text with no block element inside."""

    node: int
    """What holds it, a place in the ``Outline``."""
    tag: str
    text: str
    letters: int
    linked: float
    """The share of letters that are in links, in [0, 1]."""

    @property
    def is_heading(self) -> bool:
        """Tell whether it is an ``h1`` to ``h6``."""
        return len(self.tag) == 2 and self.tag[0] == "h" and self.tag[1].isdigit()


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The blocks of a page and the nodes that hold them, both in the page's order.

    A node stands at one place in ``parents``, ``tags`` and ``furniture``; the first is the body and its own parent.
    """

    blocks: Sequence[Block]
    parents: Sequence[int]
    tags: Sequence[str]
    furniture: Sequence[bool]

    def summed(self, weight: Callable[[Block], float]) -> list[float]:
        """Return for each node what the blocks in it and below it weigh."""
        sums = [0.0] * len(self.parents)
        for block in self.blocks:
            sums[block.node] += weight(block)
        for node in range(len(sums) - 1, 0, -1):
            sums[self.parents[node]] += sums[node]
        return sums

    def below(self, marked: Callable[[int], bool]) -> list[bool]:
        """Return for each node whether it or a node above it is marked."""
        found: list[bool] = []
        for node, parent in enumerate(self.parents):
            found.append((node > 0 and found[parent]) or marked(node))
        return found

    def path(self, node: int, *, most: int = 10_000) -> list[int]:
        """Return a node and those above it, up to the body or so many."""
        found = [node]
        while found[-1] and len(found) < most:
            found.append(self.parents[found[-1]])
        return found


def outline(tree: Element) -> Outline:
    """Read the blocks of a page's body."""
    reader = _Reader()
    walker = etree.iterwalk(body_of(tree), events=("start", "end"))
    for event, element in walker:
        if event == "end":
            reader.close(element)
        elif element.tag in SILENT:
            walker.skip_subtree()
            reader.open_silent()
        else:
            reader.open(element)
    reader.end_block()
    return Outline(blocks=reader.blocks, parents=reader.parents, tags=reader.tags, furniture=reader.furniture)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where the reader stands: the node, the nearest block element's node, and whether in a link."""

    node: int
    block: int
    in_link: bool


class _Reader:
    def __init__(self) -> None:
        self.parents: list[int] = []
        self.tags: list[str] = []
        self.furniture: list[bool] = []
        self.blocks: list[Block] = []
        self._stack: list[_Place] = []
        self._parts: list[str] = []
        self._linked = 0
        self._node: int | None = None

    def open(self, element: Element) -> None:
        above = self._stack[-1] if self._stack else _Place(node=0, block=0, in_link=False)
        tag, node, block = element.tag, above.node, above.block
        is_block, is_unwanted = tag not in INLINE, bool(self._stack) and is_furniture(element)
        if is_block:
            self.end_block()
        elif tag == "br":
            self._parts.append("\n")
        if is_block or (is_unwanted and node == block):
            node = self._add(element, parent=above.node, is_furniture=is_unwanted)
        in_link = above.in_link or tag == "a"
        self._stack.append(_Place(node=node, block=node if is_block else block, in_link=in_link))
        self._read(element.text)

    def open_silent(self) -> None:
        self._stack.append(self._stack[-1])

    def close(self, element: Element) -> None:
        self._stack.pop()
        if element.tag not in INLINE and element.tag not in SILENT:
            self.end_block()
        if self._stack:
            self._read(element.tail)

    def end_block(self) -> None:
        text = "".join(self._parts).strip()
        if text and self._node is not None:
            letters = length(text)
            tag = self.tags[self._node]
            share = min(1.0, self._linked / letters)
            self.blocks.append(Block(node=self._node, tag=tag, text=text, letters=letters, linked=share))
        self._parts, self._linked, self._node = [], 0, None

    def _add(self, element: Element, *, parent: int, is_furniture: bool) -> int:
        self.parents.append(parent)
        self.tags.append(element.tag)
        self.furniture.append(is_furniture)
        return len(self.parents) - 1

    def _read(self, text: str | None) -> None:
        if not text:
            return
        place = self._stack[-1]
        folded = _SPACES.sub(" ", text)
        self._parts.append(folded)
        if folded == " ":
            return
        if self._node is None:
            self._node = place.node
        elif place.node != self._node:
            self._node = place.block
        if place.in_link:
            self._linked += length(folded.strip())
