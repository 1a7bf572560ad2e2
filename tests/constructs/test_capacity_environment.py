"""A capacity serves functions of its own account and Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction

HERE = cdk.Environment(account="111122223333", region="eu-central-1")
ARN = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"
RULE = "functions run on instances of their own"


@pytest.mark.parametrize("env", [None, cdk.Environment(region="eu-central-1"), HERE], ids=["none", "region", "both"])
def test_another_stack_of_the_environment(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    env: cdk.Environment | None,
) -> None:
    """Stacks of one environment share capacity, and so do a nested stack and its parent."""
    app = strict_app()
    capacity = ManagedCapacity(cdk.Stack(app, "Platform", env=env), "Capacity")
    team = cdk.Stack(app, "Team", env=env)
    functions = [
        workflow(team, "Orders", capacity=capacity),
        workflow(cdk.NestedStack(team, "Nested"), "Invoices", capacity=capacity),
    ]

    assert [capacity, capacity] == [function.capacity for function in functions]


@pytest.mark.parametrize(
    ("owner", "team", "message"),
    [
        (
            HERE,
            cdk.Environment(account="111122223333", region="us-east-1"),
            f"capacity must be of the stack's region us-east-1, got Platform/Capacity/Resource in eu-central-1: {RULE}",
        ),
        (
            HERE,
            cdk.Environment(account="444455556666", region="eu-central-1"),
            "capacity must be of the stack's account 444455556666, got Platform/Capacity/Resource in 111122223333",
        ),
        (HERE, None, "capacity must be of the stack's region, which is not set, got Platform/Capacity/Resource in eu-"),
        (None, HERE, "of the stack's region eu-central-1, got Platform/Capacity/Resource in a stack without one"),
        (
            cdk.Environment(region="eu-central-1"),
            HERE,
            "of the stack's account 111122223333, got Platform/Capacity/Resource in a stack without one",
        ),
    ],
)
def test_rejects_a_capacity_of_another_environment(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    owner: cdk.Environment | None,
    team: cdk.Environment | None,
    message: str,
) -> None:
    """With references between Regions too, as the instances do not move."""
    app = strict_app()
    capacity = ManagedCapacity(cdk.Stack(app, "Platform", env=owner, cross_region_references=True), "Capacity")

    with pytest.raises(ValueError, match=message):
        workflow(cdk.Stack(app, "Team", env=team, cross_region_references=True), capacity=capacity)


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (
            cdk.Environment(region="us-east-1"),
            f"capacity must be of the stack's region us-east-1, got '{ARN}': {RULE} region; import one from there",
        ),
        (cdk.Environment(account="444455556666"), f"capacity must be of the stack's account 444455556666, got '{ARN}'"),
    ],
)
def test_rejects_an_import_of_another_stack(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    env: cdk.Environment,
    message: str,
) -> None:
    """It fits the stack that imported it, and not the function's."""
    app = strict_app()
    capacity = ManagedCapacity.from_capacity_provider_arn(
        cdk.Stack(app, "Platform", env=HERE), "Shared", ARN, architecture=lambda_.Architecture.ARM_64
    )

    with pytest.raises(ValueError, match=message):
        workflow(cdk.Stack(app, "Team", env=env), capacity=capacity)


def test_an_import_by_a_token_is_not_checked(
    strict_app: Callable[..., cdk.App], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Only the deployment knows what the ARN is."""
    stack = cdk.Stack(strict_app(), "Team", env=HERE)
    capacity = ManagedCapacity.from_capacity_provider_arn(
        stack, "Shared", cdk.Fn.import_value("CapacityArn"), architecture=lambda_.Architecture.ARM_64
    )

    assert capacity is workflow(stack, capacity=capacity).capacity
