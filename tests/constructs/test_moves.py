"""Statements that move to another policy: at no time of an update does a running function lack one."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import ManagedCapacity
from durable_mi_constructs.permissions import role_users
from tests.constructs.moves import lost_on_the_way

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction

ARN = "arn:aws:iam::111122223333:role/orders"


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


def _role(stack: cdk.Stack, name: str) -> iam.Role:
    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _resources(stack: cdk.Stack) -> dict[str, Any]:
    app = cast("cdk.App", stack.node.root)
    resources: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template["Resources"]
    return resources


def _as_before(stack: cdk.Stack, role: iam.IRole, after: dict[str, Any], gained: str) -> dict[str, Any]:
    """Return resources as they were when the role's own policy had what another one has gained."""
    resource = cast("iam.CfnPolicy", role.node.find_child("DefaultPolicy").node.default_child)
    own, before = stack.get_logical_id(resource), deepcopy(after)
    before[own] = before.pop(stack.resolve(resource.logical_id))
    before[own]["Properties"]["PolicyName"] = own
    [name] = [name for name in before if gained in name]
    statements = before[name]["Properties"]["PolicyDocument"]["Statement"]
    before[own]["Properties"]["PolicyDocument"]["Statement"] += [it for it in statements if "Sid" not in it]
    statements[:] = [it for it in statements if "Sid" in it]
    return before if statements else {key: it for key, it in before.items() if key != name}


def _in_place(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the new resources with the policy's id of before."""
    [old] = [name for name in before if name not in after]
    return {old if name.startswith(old) else name: it for name, it in after.items()}


@pytest.mark.parametrize("kind", ["own role", "given role"])
def test_grants_leave_the_policy_of_the_role(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction], kind: str
) -> None:
    """Its other statements stay, so without a replacement CloudFormation would first take and then give."""
    stack = strict_stack()
    made = workflow(stack, **({"role": _role(stack, "Mine")} if kind == "given role" else {}))
    sqs.Queue(stack, "Queue", enforce_ssl=True).grant_send_messages(made)
    s3.Bucket(stack, "Bucket").grant_read(made.role)
    after = _resources(stack)
    before = _as_before(stack, made.role, after, "ExecutionPolicy")

    assert [] == lost_on_the_way(before, after)
    assert lost_on_the_way(before, _in_place(before, after))


def test_grants_on_executions_leave_the_policy_of_the_grantee(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A function that starts the workflow may do so all the time."""
    stack = strict_stack()
    made = workflow(stack)
    api = _role(stack, "Api")
    s3.Bucket(stack, "Bucket").grant_read(api)
    made.grants.start(api)
    after = _resources(stack)
    before = _as_before(stack, api, after, "GrantsTo")

    assert [] == lost_on_the_way(before, after)
    assert lost_on_the_way(before, _in_place(before, after))


def test_another_function_begins_to_use_the_alias(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A permission to invoke it moves behind the alias, one after another, and back."""

    def build(*starters: str) -> dict[str, Any]:
        stack = strict_stack()
        made = workflow(stack)
        for name in ("First", "Second"):
            lambda_.Function(
                stack,
                name,
                runtime=lambda_.Runtime.PYTHON_3_14,
                handler="index.handler",
                code=lambda_.Code.from_inline("def handler(event, context): ..."),
                environment={"WORKFLOW": made.alias.function_arn} if name in starters else None,
            ).grant_invoke(made)
        return _resources(stack)

    steps = [build(), build("First"), build("First", "Second"), build("Second"), build()]

    assert 4 * [[]] == [lost_on_the_way(before, after) for before, after in pairwise(steps)]


@pytest.mark.parametrize("where", ["this stack", pytest.param("another app", marks=pytest.mark.slow)])
def test_functions_of_a_role_come_and_go(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    """Which one is the first, and who shares a managed policy, changes; what each of them may do does not."""
    monkeypatch.setattr(role_users, "_FUNCTIONS_OF_A_POLICY", 2)

    def build(*names: str) -> dict[str, Any]:
        stack = strict_stack()
        role = _role(stack, "Mine") if where == "this stack" else iam.Role.from_role_arn(stack, "Mine", ARN)
        capacity = ManagedCapacity(stack, "Capacity")
        for name in names:
            workflow(stack, name, role=role, capacity=capacity)
        return _resources(stack)

    steps = [build("A"), build("B", "A"), build("A", "B", "C", "D"), build("B", "C", "D"), build("D", "C")]

    assert 4 * [[]] == [lost_on_the_way(before, after) for before, after in pairwise(steps)]
