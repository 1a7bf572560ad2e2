"""Run every benchmark, then print all figures with their bounds as one table: ``make bench``.

Each script compares two sides in one run and stops by itself. One that fails or misses a bound does not keep the
others from running. The exit code is 1 where one did.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bounds import ROWS_VARIABLE, read, report

FOLDER: Final = Path(__file__).parent
SCRIPTS: Final = (
    "local_runtime.py",
    "preflight.py",
    "functions.py",
    "releases.py",
    "long_executions.py",
    "lint.py",
    "replay.py",
    "crash_tests.py",
)
"""One after the other, since each wants the whole machine."""


def main() -> int:
    """Run the scripts one after the other and return the exit status."""
    broken = []
    with tempfile.TemporaryDirectory() as directory:
        rows = Path(directory, "rows")
        rows.touch()
        for script in SCRIPTS:
            print(f"\n== {script}", flush=True)
            before = len(read(rows))
            command = [sys.executable, str(FOLDER / script)]
            # One of them reads the model of the services that the tests have.
            environment = {**os.environ, ROWS_VARIABLE: str(rows), "PYTHONPATH": str(FOLDER.parent)}
            status = subprocess.run(command, check=False, env=environment).returncode  # noqa: S603 - our own script
            # A script that has reported a missed row ends with 1 as well; the table says so.
            if status and all(row.holds for row in read(rows)[before:]):
                broken.append(f"{script} ended with exit code {status} and without a missed bound")
        print("\n== all", flush=True)
        status = report(read(rows))
    for line in broken:
        print(line)
    return 1 if broken else status


if __name__ == "__main__":
    sys.exit(main())
