"""The page of all rules over code, generated from them."""

from __future__ import annotations

import runpy
from pathlib import Path

from durable_mi.lint.rules import RULES

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_is_up_to_date() -> None:
    """Every rule has its section; run docs/reference/generate_lint.py after a change."""
    reference = runpy.run_path(str(DOCS / "reference/generate_lint.py"))["reference"]()

    assert (DOCS / "reference/lint.md").read_text() == reference
    assert [f"### {rule.id}: {rule.title}" for rule in RULES.values()] == [
        line for line in reference.splitlines() if line.startswith("### ")
    ]
