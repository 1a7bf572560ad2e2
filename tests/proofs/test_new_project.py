"""The stack of a new project, synthesized with the flags of its `cdk.json`."""

from __future__ import annotations

import json
import runpy
from typing import TYPE_CHECKING

import aws_cdk as cdk

from durable_mi.scaffold.project import project_files, write_project
from durable_mi.scaffold.project_name import ProjectName
from durable_mi_constructs.testing import assert_durable_ready

if TYPE_CHECKING:
    from pathlib import Path


def test_the_stack_is_ready_for_durable_executions(tmp_path: Path) -> None:
    """One template is enough: the stacks differ in their names only."""
    project = tmp_path / "loan-approval"
    write_project(project, project_files(ProjectName.parse(project.name), "approval"))
    context = json.loads((project / "cdk.json").read_text())["context"]
    stack = runpy.run_path(str(project / "stack.py"))["LoanApprovalStack"]

    made = stack(cdk.App(context=context | {"aws:cdk:bundling-stacks": []}), "LoanApproval")

    assert_durable_ready(made)
