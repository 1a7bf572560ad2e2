"""What stays when a stack is deleted: versions always, log groups unless asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs

from durable_mi_constructs import DurableManagedFunction, FunctionLogging, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Resources

VERSION = "AWS::Lambda::Version"


@pytest.fixture
def stack(strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]) -> cdk.Stack:
    """Return a stack with one function."""
    made = strict_stack()
    workflow(made)
    return made


def errors(stack: cdk.Stack) -> list[str]:
    """Return the errors of the stack's versions, after all aspects."""
    assertions.Template.from_stack(stack)
    return [
        str(entry.data)
        for construct in stack.node.find_all()
        if "/CurrentVersion/" in construct.node.path
        for entry in construct.node.metadata
        if entry.type == "aws:cdk:error"
    ]


def test_rejects_removal_policies_that_delete_versions(stack: cdk.Stack) -> None:
    """One error says what fails and what to pass."""
    cdk.RemovalPolicies.of(stack).destroy()

    (error,) = errors(stack)
    assert error.startswith("the published version must have the deletion policy Retain, got Delete: ")
    assert f"exclude_resource_types=['{VERSION}']" in error


def test_rejects_a_removal_policy_of_the_version_itself(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """With `RETAIN_ON_UPDATE_OR_DELETE` a roll-back deletes a version on which executions may have started."""
    stack = strict_stack()
    workflow(stack).version.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    (error,) = errors(stack)
    assert "got RetainExceptOnCreate: " in error


def test_what_the_error_says_to_pass_is_taken(stack: cdk.Stack) -> None:
    """Everything else may go with the stack."""
    cdk.RemovalPolicies.of(stack).destroy(exclude_resource_types=[VERSION])

    assert [] == errors(stack)
    resources = assertions.Template.from_stack(stack).to_json()["Resources"].values()
    assert {VERSION: "Retain"} == {it["Type"]: it["DeletionPolicy"] for it in resources if it["Type"] == VERSION}
    assert "Delete" == next(it["DeletionPolicy"] for it in resources if it["Type"] == "AWS::Logs::LogGroup")


def test_a_stack_can_take_its_log_groups_along(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """The three that are created have an argument each, which takes a text too."""
    stack = strict_stack()
    network = ManagedNetwork(stack, "Network", flow_log_removal_policy=cdk.RemovalPolicy.DESTROY)
    capacity = ManagedCapacity(
        stack,
        "Capacity",
        network=network,
        system_log_removal_policy="DESTROY",  # type: ignore[arg-type]
    )
    workflow(stack, capacity=capacity, logging=FunctionLogging(removal_policy=cdk.RemovalPolicy.DESTROY))

    groups = synthesize(stack).of_type("AWS::Logs::LogGroup")
    assert ["Delete"] * 3 == [group.body["DeletionPolicy"] for group in groups]


def test_rejects_a_removal_policy_for_a_log_group_that_is_given(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """It is the log group's own."""
    stack = strict_stack()
    group = logs.LogGroup(stack, "Logs")
    policy = cdk.RemovalPolicy.DESTROY

    with pytest.raises(ValueError, match="removal_policy must be left out where log_group is given, got DESTROY"):
        workflow(stack, log_group=group, logging=FunctionLogging(removal_policy=policy))
    with pytest.raises(ValueError, match="system_log_removal_policy must be left out where system_log_group is given"):
        ManagedCapacity(stack, "Capacity", system_log_group=group, system_log_removal_policy=policy)
    given: dict[str, Any] = {
        "a destination": ec2.FlowLogDestination.to_cloud_watch_logs(group),
        "no flow logs": False,
    }
    for came, flow_logs in given.items():
        with pytest.raises(ValueError, match=f"flow_log_removal_policy must come .*, got DESTROY and {came}"):
            ManagedNetwork(stack, f"Network with {came}", flow_logs=flow_logs, flow_log_removal_policy=policy)
