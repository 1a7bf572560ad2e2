"""The page about faults names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)::(\w+)`", (ROOT / "docs/explanation/faults.md").read_text())))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_test_is_there(file: str, name: str) -> None:
    """Under the name and in the file that the page has."""
    functions = [node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)]
    assert name in functions


def test_the_page_names_tests() -> None:
    """So that a change of its form is noticed."""
    assert len(NAMED) > 15
