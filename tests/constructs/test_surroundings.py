"""Where a construct stands, remembered for each parent."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from constructs import Construct

from durable_mi_constructs.construct_paths import node_of, path_in, remember, stack_of


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


@pytest.mark.parametrize("construct_id", ["Workflow", "with/slash"])
def test_remembers_where_a_new_construct_is(construct_id: str) -> None:
    """What is derived from the parent is what CDK says, below a nested stack too."""
    outer = cdk.Stack(cdk.App(), "Orders")
    nested = cdk.NestedStack(outer, "Nested")
    for scope, stack in ((outer, outer), (Construct(outer, "Deeper"), outer), (Construct(nested, "Deeper"), nested)):
        made = Construct(scope, construct_id)

        assert stack is remember(made, scope, construct_id)
        assert stack is stack_of(made)
        assert Construct(made, "Part").node.path == path_in(made, "Part")


def test_the_node_is_the_constructs_own() -> None:
    """The second time as well."""
    stack = cdk.Stack(cdk.App(), "Orders")

    assert [stack.node.addr] * 2 == [node_of(stack).addr for _ in range(2)]
