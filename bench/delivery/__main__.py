"""``python -m bench.delivery client|ledger|message|end|latency|memory|all``: measure and print the table."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bench.delivery.figures import Row, as_markdown, table
from bench.delivery.rows import QUICK, ROWS, Scale
from pipeline.errors import MetabriefError


def main(words: list[str] | None = None) -> int:
    """Measure what is asked for; 1 when a figure is not what it must be, 2 when a program is not here."""
    chosen = _options().parse_args(words)
    scale = replace(QUICK if chosen.quick else Scale(), rounds=chosen.rounds)
    names = list(ROWS) if chosen.row == "all" else [chosen.row]
    rows: list[Row] = []
    try:
        for name in names:
            print(name, file=sys.stderr)  # noqa: T201
            rows += ROWS[name](scale)
    except MetabriefError as error:
        print(f"bench: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200).print(table(rows))
    if chosen.markdown:
        chosen.markdown.write_text(as_markdown(rows), encoding="utf-8")
    return int(not all(row.is_reached for row in rows))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.delivery", description="Measure how fast mail goes out."
    )
    parser.add_argument("row", choices=(*ROWS, "all"), help="what to measure")
    parser.add_argument("--rounds", type=int, default=Scale().rounds, metavar="N", help="of each (5)")
    parser.add_argument(
        "--quick", action="store_true", help="with a tenth of the messages: a look, no figure"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
