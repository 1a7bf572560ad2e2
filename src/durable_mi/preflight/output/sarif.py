"""A report as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.findings.sarif import sarif_log
from durable_mi.preflight.output.listed import listed
from durable_mi.preflight.output.text import not_looked_into
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from durable_mi.findings.listed import ListedFinding, RuleTexts
    from durable_mi.findings.remarks import Remarks
    from durable_mi.preflight.report import Report

__all__ = ["sarif"]


def sarif(
    report: Report,
    *,
    remarks: Remarks | None = None,
    errors: Sequence[str] = (),
    others: Sequence[ListedFinding] = (),
    rules_of_others: Iterable[RuleTexts] = (),
) -> str:
    """Write a report as SARIF.

    Args:
        report: The report.
        remarks: What is left out, and what was not read. Defaults to nothing.
        errors: What the user named and is no template; a line each. Defaults to nothing.
        others: What was found beside templates. Defaults to nothing.
        rules_of_others: The rules of these findings. Defaults to none.
    """
    return sarif_log(
        [*RULES.values(), *rules_of_others],
        [*listed(report.places), *others],
        suppressed=remarks.shown if remarks is not None else (),
        notes=[*not_looked_into(report), *(remarks.sentences() if remarks is not None else ())],
        errors=errors,
    )
