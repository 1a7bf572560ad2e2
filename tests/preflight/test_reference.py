"""The page of all rules, generated from them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.findings.severity import Severity
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from durable_mi.preflight.rule import Rule

TEMPLATES = Path(__file__).parent / "templates"
DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_up_to_date() -> None:
    """Every rule has its section; run docs/reference/generate_preflight.py after a change."""
    reference = runpy.run_path(str(DOCS / "reference/generate_preflight.py"))["reference"]()

    assert (DOCS / "reference/preflight.md").read_text() == reference
    assert [f"### {rule.id}: {rule.title}" for rule in RULES.values()] == [
        line for line in reference.splitlines() if line.startswith("### ")
    ]


@pytest.mark.parametrize("rule_id", RULES)
def test_each_rule_has_a_bad_and_a_good_example(rule_id: str) -> None:
    """Each is a part of a template that the tests of the rules run."""
    page = (DOCS / "reference/preflight.md").read_text()
    section = page.partition(f"### {rule_id}: ")[2].partition("\n### ")[0]
    bad, _, good = section.partition("\nBad:\n")[2].partition("\nGood")

    for kind, text in (("bad", bad), ("good", good)):
        sources = [file.read_text() for file in (TEMPLATES / rule_id).glob(f"{kind}-*.yaml")]
        blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        resources = [each for block in blocks for each in re.split(r"(?m)^(?=\w)", block) if each]
        assert resources or "the same template without" in text
        for resource in resources:
            indented = re.sub(r"(?m)^(?=.)", "  ", resource)
            assert any(indented in source for source in sources), resource


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_source_that_a_rule_names_is_a_link(rule: Rule) -> None:
    """But for what is no source: that there is none, or that nobody confirmed it."""
    page = (DOCS / "reference/preflight.md").read_text()
    section = page.partition(f"### {rule.id}: ")[2].partition("\n### ")[0]
    (shown,) = re.findall(r"\*\*Source\.\*\* (.*)\.\n", section)
    parts = [part for part in shown.split("; ") if part not in {"none", "unconfirmed"}]

    assert re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", shown) == rule.source
    assert parts or rule.severity is Severity.WARNING
    for part in parts:
        assert re.search(r"\]\(https://[a-z.]+/[^ )]+\)", part), part
