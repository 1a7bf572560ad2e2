"""The stack: ready for durable executions, and nothing of its template changes by accident."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from stack import OrderWorkflowStack

from durable_mi_constructs.testing import assert_durable_ready

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

CDK_JSON = Path(__file__).parents[1] / "cdk.json"


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    """Return the stack with the context of `cdk.json`, as `cdk synth` makes it."""
    context = json.loads(CDK_JSON.read_text())["context"]
    # The package is not built, since the template does not depend on it.
    return OrderWorkflowStack(cdk.App(context=context | {"aws:cdk:bundling-stacks": []}), "OrderWorkflow")


def test_is_ready_for_durable_executions(stack: cdk.Stack) -> None:
    """Preflight finds nothing."""
    assert_durable_ready(stack)


def test_template(stack: cdk.Stack, stack_snapshot: SnapshotAssertion) -> None:
    """The whole template; after an intended change run `pytest --snapshot-update`."""
    assert stack == stack_snapshot
