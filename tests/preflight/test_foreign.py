"""Templates of others, generated: nothing is found in what has neither durable functions nor managed instances."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check
from tests.preflight.foreign_templates import every_type, few_types, foreign

if TYPE_CHECKING:
    from collections.abc import Mapping


def judge(count: int, known: Mapping[str, list[str]], seed: int) -> None:
    """Check that each template gives a report without findings."""
    for content in foreign(count, known, seed):
        result = check(Template.of_content(content, Path("foreign.json")))

        assert () == result.places, json.dumps(content)


def test_nothing_is_found_in_templates_of_others() -> None:
    """Two hundred of them, the same each time."""
    judge(200, few_types(), seed=0)


@pytest.mark.slow
def test_nothing_is_found_in_five_thousand_templates_of_others() -> None:
    """The same for longer, with every resource type that CloudFormation has."""
    assert 1000 < len(every_type())
    assert few_types().items() <= every_type().items()
    judge(5000, every_type(), seed=1)
