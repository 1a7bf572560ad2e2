"""A version that running executions are on is kept whatever is done to the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction

VERSION = "AWS::Lambda::Version"


@pytest.fixture
def stack(strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]) -> cdk.Stack:
    """Return a stack with one function."""
    made = strict_stack()
    workflow(made)
    return made


def errors(stack: cdk.Stack) -> list[Any]:
    """Return the error annotations of the stack's versions."""
    return [
        found.entry.data
        for found in assertions.Annotations.from_stack(stack).find_error("*", assertions.Match.any_value())
        if "/CurrentVersion/" in found.id
    ]


def test_rejects_removal_policies_that_delete_versions(stack: cdk.Stack) -> None:
    """One error says what fails and what to pass."""
    cdk.RemovalPolicies.of(stack).destroy()

    (error,) = errors(stack)
    assert error.startswith("the published version must have the removal policy RETAIN, got DELETE: ")
    assert f"exclude_resource_types=['{VERSION}']" in error


def test_rejects_a_removal_policy_of_the_version_itself(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """With `RETAIN_ON_UPDATE_OR_DELETE` a roll-back deletes a version on which executions may have started."""
    stack = strict_stack()
    workflow(stack).version.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    (error,) = errors(stack)
    assert "got RETAIN_EXCEPT_ON_CREATE: " in error


def test_what_the_error_says_to_pass_is_taken(stack: cdk.Stack) -> None:
    """Everything else may go with the stack."""
    cdk.RemovalPolicies.of(stack).destroy(exclude_resource_types=[VERSION])

    assert [] == errors(stack)
    resources = assertions.Template.from_stack(stack).to_json()["Resources"].values()
    assert {VERSION: "Retain"} == {it["Type"]: it["DeletionPolicy"] for it in resources if it["Type"] == VERSION}
    assert "Delete" == next(it["DeletionPolicy"] for it in resources if it["Type"] == "AWS::Logs::LogGroup")
