"""What a benchmark has measured, beside the bound that it must hold.

Each script reports its rows by itself. ``benchmarks/run.py`` runs all of them and prints the rows once more, as one
table: each script leaves its rows in the file that ``BENCHMARK_ROWS`` names.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ROWS_VARIABLE", "Row", "read", "report", "table"]

ROWS_VARIABLE: Final = "BENCHMARK_ROWS"
"""Environment variable: a file that gets one JSON document a row."""
_HEADER: Final = ("", "measured", "bound", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and its bound.

    Attributes:
        name: What was measured, and against which baseline.
        measured: The figure.
        bound: The highest value that holds; the lowest, with ``at_least``.
        unit: Unit of both, such as ``ms``. Empty for a ratio.
        at_least: Whether a higher figure is a better one.
    """

    name: str
    measured: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figure holds its bound; one that is no number does not."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def report(rows: Sequence[Row]) -> int:
    """Print the rows as a table, and leave them for the table of all benchmarks.

    Args:
        rows: What was measured.

    Returns:
        The script's exit status: 0 where each row holds its bound, else 1.
    """
    print(table(rows), flush=True)
    if path := os.environ.get(ROWS_VARIABLE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(row))}\n" for row in rows)
    return 0 if all(row.holds for row in rows) else 1


def read(path: Path) -> list[Row]:
    """Return the rows that scripts have left in a file.

    Args:
        path: The file.
    """
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as aligned text: name, figure, bound, and ``ok`` or ``missed``.

    Args:
        rows: What was measured.
    """
    lines = [_HEADER, *(_cells(row) for row in rows)]
    name, measured, bound, _ = (max(map(len, column)) for column in zip(*lines, strict=True))
    return "\n".join(
        f"{line[0]:<{name}}  {line[1]:>{measured}}  {line[2]:>{bound}}  {line[3]}".rstrip() for line in lines
    )


def _cells(row: Row) -> tuple[str, str, str, str]:
    unit = f" {row.unit}" if row.unit else ""
    direction = "at least" if row.at_least else "at most"
    return (
        row.name,
        f"{_figure(row.measured)}{unit}",
        f"{direction} {_figure(row.bound)}{unit}",
        "ok" if row.holds else "missed",
    )


def _figure(value: float) -> str:
    """Return a figure with three digits, or all of its digits where it is larger."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits
