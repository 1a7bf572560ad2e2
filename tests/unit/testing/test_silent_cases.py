"""What AWS's test runner reports as SUCCEEDED although the code is wrong, and what a crash test reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner

from durable_mi.testing import assert_survives_crashes
from tests.silent.cases import CASES, EVENT, Case

PAGE = Path(__file__).parents[3] / "docs/explanation/what-catches-what.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)
@pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning")
def test_the_sdk_reports_success(case: Case) -> None:
    """Each of them passes a plain test on AWS's runner."""
    with DurableFunctionTestRunner(case.handler) as runner:
        result = runner.run(input=json.dumps(EVENT))
    # Closed here, or Python reports it in whichever test runs then.
    runner._scheduler._loop.close()  # noqa: SLF001

    assert "SUCCEEDED" == result.status.value


@pytest.mark.parametrize("case", [case for case in CASES if case.crash], ids=lambda case: case.module)
def test_a_crash_test_reports_it(case: Case) -> None:
    """It fails, and says why."""
    with pytest.raises(AssertionError, match=re.escape(case.crash)):
        assert_survives_crashes(case.handler, EVENT)


@pytest.mark.parametrize("case", [case for case in CASES if not case.crash], ids=lambda case: case.module)
def test_a_crash_test_does_not_report_it(case: Case) -> None:
    """What is wrong in each run alike, or only for executions of other code, survives a crash."""
    assert [] == assert_survives_crashes(case.handler, EVENT).problems


def test_the_page_lists_what_is_tested() -> None:
    """Each row of the table: the mistake, the rule of lint, and whether a crash test reports it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text().splitlines() if "|" in line
    ]

    assert [[case.title, f"`{case.lint}`" if case.lint else "no", "yes" if case.crash else "no"] for case in CASES] == [
        row[:3] for row in rows[2 : 2 + len(CASES)]
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)
def test_lint_reports_it(case: Case) -> None:
    """By the rule of the table, and by no other."""
    lint = pytest.importorskip("durable_mi.lint.report").lint
    file = Path(str(case.load().__file__))

    assert {case.lint} - {""} == {finding.rule for finding in lint([file]).findings}
