"""How long the linter takes on 200 workflows: ``.venv/bin/python benchmarks/lint.py``.

The bound is five times what ``ast.parse`` takes for the same files, which moves with the machine as the linter does.
"""

from __future__ import annotations

import ast
import gc
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bounds import Row, report

from durable_mi.lint.report import lint

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = 200
PROMISED = 5
ROUNDS = 7
WORKFLOWS = Path(__file__).parent.parent / "tests/workflows/functions"


def main() -> int:
    """Measure both in turns, and report their ratio."""
    with tempfile.TemporaryDirectory() as directory:
        files = workflows(Path(directory))
        pairs = [(seconds(lambda: parse(files)), seconds(lambda: check(files))) for _ in range(ROUNDS)]
    ratio = statistics.median(linted / parsed for parsed, linted in pairs)
    parsed, linted = (1000 * min(times) for times in zip(*pairs, strict=True))
    print(f"ast.parse {parsed:.0f} ms, lint {linted:.0f} ms")
    return report([Row(f"lint of {FILES} workflows, times ast.parse", ratio, PROMISED)])


def workflows(directory: Path) -> list[Path]:
    """Return copies of the project's workflows, each in a directory of its own."""
    sources = sorted(WORKFLOWS.glob("*.py"))
    files = []
    for number in range(FILES):
        source = sources[number % len(sources)]
        file = directory / f"function_{number}" / source.name
        file.parent.mkdir()
        file.write_bytes(source.read_bytes())
        files.append(file)
    return files


def parse(files: list[Path]) -> None:
    """Parse every file, as the linter must in any case."""
    for file in files:
        ast.parse(file.read_bytes())


def check(files: list[Path]) -> None:
    """Lint every file in one run."""
    found = lint(files)
    if found.files != FILES or found.unreadable or found.findings:
        msg = f"the workflows must be right, got {found.findings or found.unreadable}"
        raise RuntimeError(msg)


def seconds(work: Callable[[], None]) -> float:
    """Return the CPU time that something takes."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    sys.exit(main())
