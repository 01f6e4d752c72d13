"""Results for a person and for a file; what was judged is quoted on the terminal alone, cut short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from bench.scores import LESS_IS_BETTER, Miss

_CUT = 70


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measure of a set: ours, and the plain method's."""

    measure: str
    ours: float
    plain: float


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a set came to."""

    name: str
    rows: int
    seconds: float
    figures: tuple[Figure, ...]
    plain_name: str
    misses: tuple[Miss, ...]
    """The worst first."""

    @property
    def rows_per_second(self) -> float:
        """Return how fast our stage was, reading the rows not counted."""
        return self.rows / self.seconds if self.seconds else float("inf")


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A measurement that was not made, and why."""

    name: str
    why: str


_HEAD = ("set", "rows", "rows/s", "measure", "ours", "plain", "plain method")


def table(results: Sequence[Result]) -> Table:
    """Return the figures as a table, a section a set."""
    shown = Table(box=None)
    for name in _HEAD:
        shown.add_column(name, justify="right" if name in ("rows", "rows/s", "ours", "plain") else "left")
    for result in results:
        for cells in _cells(result):
            shown.add_row(*cells)
        shown.add_section()
    return shown


def as_markdown(results: Sequence[Result]) -> str:
    """Return the figures as a Markdown table."""
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(cells for result in results for cells in _cells(result))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(result: Result) -> Iterator[tuple[str, ...]]:
    first = (result.name, str(result.rows), f"{result.rows_per_second:.0f}")
    for number, figure in enumerate(result.figures):
        measure = f"{figure.measure} (less is better)" if figure.measure in LESS_IS_BETTER else figure.measure
        head, method = (("", "", ""), "") if number else (first, result.plain_name)
        yield (*head, measure, f"{figure.ours:.3f}", f"{figure.plain:.3f}", method)


def as_rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the figures as plain data."""
    return [
        {
            "set": result.name,
            "rows": result.rows,
            "rows_per_second": round(result.rows_per_second, 1),
            "plain_method": result.plain_name,
            "figures": {
                f.measure: {"ours": round(f.ours, 4), "plain": round(f.plain, 4)} for f in result.figures
            },
        }
        for result in results
    ]


def miss_lines(result: Result, *, most: int) -> Iterator[str]:
    """Yield the worst misses, a line each of id, what was expected, and what was given."""
    if result.misses and most > 0:
        yield f"\n{result.name}: the worst of {len(result.misses)}"
    for miss in result.misses[:most]:
        yield f"  {miss.id}: expected {_cut(miss.expected)!r}, given {_cut(miss.given)!r}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CUT else f"{line[: _CUT - 1]}…"
