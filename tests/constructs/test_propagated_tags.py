"""Instances take the tags of the stack, where the app asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from durable_mi_constructs import ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.conftest import Resources


def _propagated(resources: Resources) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resources.only("AWS::Lambda::CapacityProvider").properties["PropagateTags"]
    return found


def test_tags_of_the_stack(strict_app: Callable[..., cdk.App], synthesize: Callable[..., Resources]) -> None:
    """Tags of the app, the stack and the construct, also those that are added later; the nearest one wins."""
    app = strict_app()
    stack = cdk.Stack(app, "Orders", tags={"owner": "platform", "stage": "dev"})
    capacity = ManagedCapacity(stack, "Capacity", propagate_tags=True)
    cdk.Tags.of(app).add("cost-center", "7")
    cdk.Tags.of(stack).add("team", "orders")
    cdk.Tags.of(capacity).add("stage", "test")

    assert _propagated(synthesize(stack)) == {
        "Mode": "Explicit",
        "ExplicitTags": [
            {"Key": "cost-center", "Value": "7"},
            {"Key": "owner", "Value": "platform"},
            {"Key": "stage", "Value": "test"},
            {"Key": "team", "Value": "orders"},
        ],
    }


def test_no_tags_of_the_stack(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """Without tags there is nothing to propagate, and the same by `False`."""
    stack = strict_stack()
    ManagedCapacity(stack, "Capacity", propagate_tags=True)
    off = strict_stack()
    ManagedCapacity(off, "Capacity", propagate_tags=False)

    assert [{"Mode": "None"}] * 2 == [_propagated(synthesize(it, lint=False)) for it in (stack, off)]


def test_rejects_tags_of_the_stack(strict_stack: Callable[..., cdk.Stack]) -> None:
    """They are checked with the rest of the app, when all of them are there."""
    stack = strict_stack()
    ManagedCapacity(stack, "Capacity", propagate_tags=True)
    for number in range(41):
        cdk.Tags.of(stack).add(f"tag{number}", "x")
    app = stack.node.root
    assert isinstance(app, cdk.App)

    with pytest.raises(RuntimeError, match=r"\[Orders/Capacity/.*\] propagate_tags must hold at most 40 tags, got 41"):
        app.synth()


@pytest.mark.parametrize("given", ["true", ["team"], 1])
def test_rejects_what_is_neither(strict_stack: Callable[..., cdk.Stack], given: Any) -> None:
    """A text, a list or a number is no set of tags."""
    with pytest.raises(
        ValueError, match=r"propagate_tags must be of type Mapping or bool, got .*: pass a mapping such"
    ):
        ManagedCapacity(strict_stack(), "Capacity", propagate_tags=given)
