"""The map on AWS's own test runner. Retry delays take no time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import billing
import pytest
from fan_out import handler

from durable_mi.testing import DurableRunner, assert_survives_crashes

MONTH = json.loads((Path(__file__).parents[1] / "events" / "month.json").read_text())
DONE = {"month": "2026-01", "sum": 215, "failed": ["carol"]}


@pytest.fixture(autouse=True)
def _no_invoices() -> None:
    billing.invoices.clear()


def test_reports_who_failed(durable_runner: DurableRunner) -> None:
    """One of four ordered nothing: the others are invoiced, and the execution succeeds."""
    run = durable_runner.run(handler, MONTH)

    assert DONE == run.result
    assert {"2026-01/alice": 30, "2026-01/bob": 150, "2026-01/dave": 35} == billing.invoices


def test_retries_throttling(durable_runner: DurableRunner) -> None:
    """Two throttled attempts and one that works."""
    durable_runner.mock_step("write", raises=billing.ThrottledError, times=2)

    run = durable_runner.run(handler, {"month": "2026-01", "customers": [{"id": "alice", "orders": [30]}]})

    assert {"month": "2026-01", "sum": 30, "failed": []} == run.result
    assert 3 == run.bodies["write"]


def test_fails_if_too_many_fail(durable_runner: DurableRunner) -> None:
    """Two of four are more than a fourth."""
    customers: list[dict[str, Any]] = [{**each, "orders": each["orders"][:1]} for each in MONTH["customers"]]
    customers[0]["orders"] = []

    assert "FAILED" == durable_runner.run(handler, {**MONTH, "customers": customers}).status


def test_survives_crashes() -> None:
    """A crash at any checkpoint leaves the same invoices, each written once."""
    report = assert_survives_crashes(handler, MONTH)

    assert {"2026-01/alice": 30, "2026-01/bob": 150, "2026-01/dave": 35} == billing.invoices
    assert "write" not in report.repeated_without_key
