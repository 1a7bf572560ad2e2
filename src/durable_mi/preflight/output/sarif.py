"""A report as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.findings.sarif import sarif_log
from durable_mi.preflight.output.listed import listed
from durable_mi.preflight.output.text import not_looked_into
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from durable_mi.preflight.report import Report

__all__ = ["sarif"]


def sarif(report: Report) -> str:
    """Write a report as SARIF.

    Args:
        report: The report.
    """
    return sarif_log(RULES.values(), listed(report.places), notes=not_looked_into(report))
