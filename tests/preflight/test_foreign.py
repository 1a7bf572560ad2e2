"""Templates of others, generated: nothing is found in what has neither durable functions nor managed instances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check
from tests.preflight.foreign_templates import foreign, resource_types


def judge(count: int, seed: int) -> None:
    """Check that each template gives a report without findings."""
    for content in foreign(count, seed):
        result = check(Template.of_content(content, Path("foreign.json")))

        assert () == result.places, json.dumps(content)


def test_nothing_is_found_in_templates_of_others() -> None:
    """Two hundred of them, the same each time."""
    assert 1000 < len(resource_types())
    judge(200, seed=0)


@pytest.mark.slow
def test_nothing_is_found_in_five_thousand_templates_of_others() -> None:
    """The same for longer."""
    judge(5000, seed=1)
