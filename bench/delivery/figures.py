"""What was measured, round by round, and how it is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

Ways = Mapping[str, Callable[[], float]]
"""What is measured side by side; each call is one run and returns its figure."""
Runs = Mapping[str, tuple[float, ...]]
"""The figures of each way, in the order of the rounds."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Ours beside another, and what the ratio must reach."""

    what: str
    unit: str
    ours: tuple[float, ...]
    against: str
    theirs: tuple[float, ...]
    reach: float
    is_ceiling: bool = False
    """The ratio must not be above ``reach``."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return ours over theirs in each round: a machine is never the same for long."""
        return tuple(one / other for one, other in zip(self.ours, self.theirs, strict=True))

    @property
    def ratio(self) -> float:
        """Return the median of the rounds."""
        return median(self.ratios)

    @property
    def is_reached(self) -> bool:
        """Say whether the ratio is what it must be."""
        return self.ratio <= self.reach if self.is_ceiling else self.ratio >= self.reach


def rounds(ways: Ways, number: int) -> Runs:
    """Run all ways once a round, each round beginning with another one."""
    names, figures = list(ways), {name: list[float]() for name in ways}
    for turn in range(number):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            figures[name].append(ways[name]())
            print(f"  round {turn + 1}, {name}: {figures[name][-1]:,.0f}", file=sys.stderr)  # noqa: T201
    return {name: tuple(each) for name, each in figures.items()}


_HEAD = ("what", "ours", "against", "theirs", "ratio", "of the rounds", "to reach", "")
_NUMBERS = ("ours", "theirs", "ratio", "of the rounds", "to reach")


def table(rows: Sequence[Row]) -> Table:
    """Return the figures as a table for a terminal."""
    shown = Table(box=None)
    for name in _HEAD:
        shown.add_column(name, justify="right" if name in _NUMBERS else "left")
    for cells in _cells(rows):
        shown.add_row(*cells)
    return shown


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the figures as a Markdown table."""
    lines = [_HEAD, tuple("--:" if name in _NUMBERS else "---" for name in _HEAD), *_cells(rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            row.what,
            f"{median(row.ours):,.0f} {row.unit}",
            row.against,
            f"{median(row.theirs):,.0f} {row.unit}",
            f"{row.ratio:.2f}",
            f"{min(row.ratios):.2f}–{max(row.ratios):.2f}",
            f"{'≤' if row.is_ceiling else '≥'} {row.reach:g}",
            "" if row.is_reached else "missed",
        )
