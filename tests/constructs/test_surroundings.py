"""Where a construct stands, remembered for each parent."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from constructs import Construct

from durable_mi_constructs.construct_paths import path_in, stack_of


@pytest.mark.parametrize("construct_id", ["Workflow", "with/slash", "with space"])
def test_the_path_is_what_cdk_says(construct_id: str) -> None:
    """In the app, in a stack and deeper, and the second time as well."""
    app = cdk.App()
    stack = cdk.Stack(app, "Orders")
    for scope in (app, stack, Construct(stack, "Deeper")):
        expected = Construct(scope, construct_id).node.path

        assert [expected, expected] == [path_in(scope, construct_id) for _ in range(2)]


def test_the_stack_is_the_nearest() -> None:
    """A nested stack counts as the stack of what is in it; each app has its own."""
    outer = cdk.Stack(cdk.App(), "Orders")
    nested = cdk.NestedStack(outer, "Nested")
    other = cdk.Stack(cdk.App(), "Orders")

    assert [outer, nested, nested, other] == [
        stack_of(outer),
        stack_of(nested),
        stack_of(Construct(nested, "Deeper")),
        stack_of(other),
    ]
