"""Allowed instance types, checked against the architecture and the functions of a capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction


@pytest.mark.parametrize(
    ("architecture", "allowed", "message"),
    [
        (lambda_.Architecture.X86_64, ["c7g.large"], "must be of the architecture x86_64, got 'c7g.large'"),
        (
            None,
            [ec2.InstanceType.of(ec2.InstanceClass.M7I, ec2.InstanceSize.XLARGE2)],
            "must be of the architecture arm64, got 'm7i.2xlarge'",
        ),
        (None, ["t4g.large"], "must be of the C, M and R families, large and up"),
    ],
)
def test_rejects_types_that_cannot_start(
    strict_stack: Callable[..., cdk.Stack],
    architecture: lambda_.Architecture | None,
    allowed: list[str | ec2.InstanceType],
    message: str,
) -> None:
    """By the architecture and by the families of managed instances."""
    with pytest.raises(ValueError, match=f"allowed_instance_types {message}"):
        ManagedCapacity(strict_stack(), "Capacity", architecture=architecture, allowed_instance_types=allowed)


def test_rejects_a_function_that_is_too_large(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """The function that does not fit is named, and one that does is taken afterwards."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity", allowed_instance_types=["m8g.large", "c8g.xlarge"])

    with pytest.raises(ValueError, match=r"got m8g\.large, c8g\.xlarge for Orders/Large with 16 GiB and 4 vCPU"):
        workflow(stack, "Large", capacity=capacity, memory_size=cdk.Size.gibibytes(16))
    assert 3 == workflow(stack, "Small", capacity=capacity).capacity.cost_floor().execution_environments


def test_warnings(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """Names that match nothing, and a function that fits only just."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity", allowed_instance_types=["m8g.large", "m7i.large"])
    workflow(stack, capacity=capacity, memory_size=cdk.Size.gibibytes(8))

    assert {
        "durable-mi:instance-types-of-another-architecture": "Orders/Capacity",
        "durable-mi:instance-types-without-room": "Orders/Capacity",
    } == warnings_of(stack)


def test_tokens_and_exclusions_are_not_checked(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Only the deployment knows the one, and the other leaves types that nobody lists."""
    stack = strict_stack()
    parameter = cdk.CfnParameter(stack, "Type").value_as_string
    options: dict[str, dict[str, Any]] = {
        "Token": {"allowed_instance_types": [parameter, "m8g.large"]},
        "Excluded": {"excluded_instance_types": ["m7i.*", "t3.micro"]},
    }
    for name, types in options.items():
        capacity = ManagedCapacity(stack, name, **types)
        assert (
            capacity is workflow(stack, f"{name}Large", capacity=capacity, memory_size=cdk.Size.gibibytes(32)).capacity
        )
