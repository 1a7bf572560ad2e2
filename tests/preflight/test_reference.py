"""The page of all rules, generated from them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from durable_mi.preflight.report import RULES

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
