"""The messages of every rule: what must hold, what came, and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import RULES, Report

if TYPE_CHECKING:
    from durable_mi.preflight.finding import Finding

FILES = sorted(Path(__file__).parent.glob("templates/DMI*/bad-*.yaml"))
# What a fix begins with. A word that explains, such as "it covers" or "running executions", is none.
FIXES = r"add|allow|attach|invoke|keep|leave|lower|name|point|publish|put|raise|remove|set|spread|take|use|write"
IN_SECONDS = ("Timeout", "ExecutionTimeout")
IN_MB = ("MemorySize", "PerExecutionEnvironmentMaxConcurrency")


@pytest.fixture(scope="module")
def findings() -> dict[str, list[Finding]]:
    """Return what the bad templates of all rules give, by rule."""
    found: dict[str, list[Finding]] = {rule_id: [] for rule_id in RULES}
    for place in Report.of(Template.of(Source.read(file)) for file in FILES).places:
        found[place.rule.id].append(place.finding)
    return found


@pytest.mark.parametrize("rule_id", RULES)
def test_a_message_says_what_must_hold_and_ends_with_the_fix(rule_id: str, findings: dict[str, list[Finding]]) -> None:
    """In one line, which neither begins with a capital, other than that of a property, nor ends with a full stop."""
    assert findings[rule_id]
    for finding in findings[rule_id]:
        said, _, fix = finding.message.rpartition(": ")

        assert re.search(r"\b(must|should|may)\b", said), finding.message
        assert re.match(rf"({FIXES})\b", fix), finding.message
        assert finding.message.splitlines() == [finding.message.rstrip(". ")]
        assert re.match(r"[a-z]|[A-Z]\w*[a-z][A-Z]|[A-Z]\w+ (must|should|of)", finding.message), finding.message


@pytest.mark.parametrize("rule_id", RULES)
def test_a_message_has_the_unit_of_its_property(rule_id: str, findings: dict[str, list[Finding]]) -> None:
    """CloudFormation has memory in MB, timeouts in seconds, and GiB only where the property's name has it."""
    for finding in findings[rule_id]:
        judged = next((step for step in reversed(finding.path) if isinstance(step, str)), "")
        amounts = re.findall(r"(\d+(?:\.\d+)?)( ?[A-Za-z]*)", finding.message)
        units = {unit.strip() for _, unit in amounts}

        assert not units & {"MiB", "KiB", "minutes", "hours"}
        assert "GiB" not in units or "GiBPerVCpu" in finding.message
        if judged in IN_SECONDS and "got none" not in finding.message:
            assert re.search(r"got .*\d seconds|in seconds, got", finding.message), finding.message
        assert judged not in IN_MB or "GiB" not in re.sub(r"whole vCPUs of \d GiB", "", finding.message).replace(
            "GiBPerVCpu", ""
        )
