"""The hooks for pre-commit: what its format requires, and that they start commands which exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from durable_mi.cli.group import durable_mi

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
KEYS = {"id", "name", "description", "entry", "language", "types", "types_or", "files", "require_serial"}
KEYS |= {"additional_dependencies"}
"""Those of https://pre-commit.com/#creating-new-hooks that are used here; pre-commit warns about unknown ones."""
EXTRA = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["cli"]


def test_there_is_a_hook_for_each_command() -> None:
    """Their ids are what users write."""
    assert ["durable-mi-lint", "durable-mi-check"] == [hook["id"] for hook in HOOKS]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_what_pre_commit_reads(hook: dict[str, Any]) -> None:
    """Its keys, a language that pre-commit installs, a command, and dependencies as the extra has them."""
    program, name = hook["entry"].split()

    assert set() == hook.keys() - KEYS
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert "python" == hook["language"]
    assert "durable-mi" == program
    assert durable_mi.get_command(None, name) is not None  # type: ignore[arg-type] # the group needs none
    assert {"python", "json", "yaml"} >= {*hook.get("types", ()), *hook.get("types_or", ())}
    assert set() == set(hook["additional_dependencies"]) - set(EXTRA)


@pytest.mark.parametrize(
    ("file", "is_template"),
    [
        ("template.yaml", True),
        ("infra/template.yml", True),
        ("cdk.out/Shop.template.json", True),
        ("order-template.json", True),
        ("pyproject.yaml", False),
        ("mytemplate.json", False),
        ("template.json.j2", False),
    ],
)
def test_check_reads_templates(file: str, *, is_template: bool) -> None:
    """By their name: other JSON and YAML is no template."""
    (check,) = (hook for hook in HOOKS if hook["id"] == "durable-mi-check")

    assert is_template is bool(re.search(check["files"], file))
