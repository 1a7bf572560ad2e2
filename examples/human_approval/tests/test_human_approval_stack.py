"""The stack: ready for durable executions, and nothing of its template changes by accident."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from human_approval_stack import HumanApprovalStack

from durable_mi_constructs.testing import assert_durable_ready

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

CDK_JSON = Path(__file__).parents[1] / "cdk.json"


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    """Return the stack with the feature flags of `cdk.json`, as `cdk synth` makes it."""
    context = json.loads(CDK_JSON.read_text())["context"]
    # The template does not depend on the package with the requirements, so it is not built.
    app = cdk.App(context=context | {"aws:cdk:bundling-stacks": []})
    return HumanApprovalStack(app, "HumanApproval")


def test_is_ready_for_durable_executions(stack: cdk.Stack) -> None:
    """Nothing is missing that a durable execution needs."""
    assert_durable_ready(stack)


def test_template(stack: cdk.Stack, stack_snapshot: SnapshotAssertion) -> None:
    """Compare the whole template; after an intended change run `pytest --snapshot-update`."""
    assert stack == stack_snapshot
