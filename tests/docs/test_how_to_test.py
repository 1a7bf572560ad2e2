"""The page on tests, followed as it is written: its files, its commands, its tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/how-to/test.md"
FILE = re.compile(r'^```python title="([\w.]+)"\n(.*?)^```', re.DOTALL | re.MULTILINE)


def _files() -> dict[str, str]:
    """Return the content of each file; blocks of one title are one file."""
    files: dict[str, str] = {}
    for name, content in FILE.findall(PAGE.read_text()):
        files[name] = files.get(name, "") + "\n\n" + content
    return files


def test_lint_finds_nothing(tmp_path: Path) -> None:
    """The page's workflow is right."""
    lint = pytest.importorskip("durable_mi.lint.report").lint
    (tmp_path / "loan.py").write_text(_files()["loan.py"])

    assert () == lint([tmp_path / "loan.py"]).findings


def test_the_command_of_the_page_selects_crashes(pytester: pytest.Pytester) -> None:
    """`-k` finds the names that the mark gives."""
    for name, content in _files().items():
        pytester.makepyfile(**{name.removesuffix(".py"): content})
    pytester.syspathinsert()
    (command,) = re.findall(r"^pytest (-k .*)$", PAGE.read_text(), flags=re.MULTILINE)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *shlex.split(command))

    assert 0 == result.ret, result.stdout.str()


def test_the_files_of_the_page_pass(pytester: pytest.Pytester) -> None:
    """Warnings are errors, and the report is written."""
    for name, content in _files().items():
        pytester.makepyfile(**{name.removesuffix(".py"): content})
    pytester.syspathinsert()

    result = pytester.runpytest_inprocess(
        "-W", "error", "-p", "no:cacheprovider", "--durable-report", "crashes.html", "-q"
    )

    outcomes = result.parseoutcomes()
    assert {"passed"} == {*outcomes} - {"warnings"}, result.stdout.str()
    assert 30 < outcomes["passed"]
    assert "loan.handler" in (pytester.path / "crashes.html").read_text()
