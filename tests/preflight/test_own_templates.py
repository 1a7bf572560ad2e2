"""Our own templates: nothing may be found in what we make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check

ROOT = Path(__file__).parents[2]
SNAPSHOTS = sorted(
    file
    for tests in (ROOT / "tests/snapshot", *ROOT.glob("examples/*/tests"))
    for file in (tests / "__snapshots__").glob("*/*.json")
)


def test_there_are_snapshots() -> None:
    """Of the least, the most and the examples."""
    assert {"test_minimal.json", "test_everything.json", "test_template.json"} <= {file.name for file in SNAPSHOTS}
    assert 5 == [file.name for file in SNAPSHOTS].count("test_template.json")


@pytest.mark.parametrize("file", SNAPSHOTS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_nothing_is_found_in_a_snapshot(file: Path) -> None:
    """The templates of the constructs with the fewest and the most options, and of the example."""
    result = check(Template.of_content(json.loads(file.read_text()), file))

    assert 1 <= result.functions
    assert [] == [(place.rule.id, place.finding.message) for place in result.places]
