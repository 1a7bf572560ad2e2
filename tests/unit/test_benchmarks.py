"""The table of the benchmarks: which figures hold their bounds, and what the exit status says."""

from __future__ import annotations

import importlib.util
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("bounds", BENCHMARKS / "bounds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bounds", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("measured", "at_least", "holds"),
    [
        (2.5, True, True),
        (2.49, True, False),
        (2.5, False, True),
        (2.51, False, False),
        (math.nan, True, False),
        (math.nan, False, False),
    ],
)
def test_a_figure_holds_its_bound(bounds: Any, measured: float, *, at_least: bool, holds: bool) -> None:
    """Up to the bound itself; what could not be measured holds none."""
    assert holds is bounds.Row("a ratio", measured, 2.5, at_least=at_least).holds


def test_the_table_says_what_was_missed(bounds: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """In columns, and the status says it too."""
    rows = [bounds.Row("one order alone", 37.04, 80, "ms"), bounds.Row("rate", 2.06, 2.5, at_least=True)]
    assert (0, 1) == (bounds.report(rows[:1]), bounds.report(rows))
    header, first, second = capsys.readouterr().out.splitlines()[-3:]
    assert ["measured", "bound"] == header.split()
    assert ["one order alone", "37 ms", "at most 80 ms", "ok"] == re.split(r"  +", first)
    assert ["rate", "2.06", "at least 2.5", "missed"] == re.split(r"  +", second)
    assert first.index("ok") == second.index("missed")


@pytest.mark.parametrize(
    ("script", "status", "last"),
    [
        ("report([Row('a', 1, 2)])", 0, "a      1  at most 2  ok"),
        ("sys.exit(report([Row('a', 3, 2)]))", 1, "a      3  at most 2  missed"),
        ("sys.exit(3)", 1, "first.py ended with exit code 3 and without a missed bound"),
    ],
)
def test_one_script_keeps_no_other_from_running(tmp_path: Path, script: str, status: int, last: str) -> None:
    """Whatever becomes of it, the second one's figure is in the table, and the exit status is that of all."""
    begin = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r}); from bounds import Row, report\n"
    (tmp_path / "first.py").write_text(begin + script)
    (tmp_path / "second.py").write_text(begin + "report([Row('second', 1, 2)])")
    run = begin + f"import run\nrun.FOLDER = __import__('pathlib').Path({str(tmp_path)!r})\n"
    run += "run.SCRIPTS = ('first.py', 'second.py')\nsys.exit(run.main())"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    *_, table = done.stdout.partition("== all")
    assert (status, "") == (done.returncode, done.stderr)
    assert "second" in table
    assert last.split() in [line.split() for line in table.splitlines()]
