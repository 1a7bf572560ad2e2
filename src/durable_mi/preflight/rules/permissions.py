"""Execution roles, operator roles and grants (DMI6xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, shown
from durable_mi.preflight.execution_arn import Level, reaches
from durable_mi.preflight.managed_policies import OPERATOR_POLICY
from durable_mi.preflight.policies import statements
from durable_mi.preflight.rule_group import RuleGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.policies import Statement

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Permissions")

_CHECKPOINT: Final = ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")
_ON_EXECUTIONS: Final = (
    "lambda:GetDurableExecution",
    "lambda:GetDurableExecutionHistory",
    "lambda:StopDurableExecution",
    "lambda:SendDurableExecutionCallbackSuccess",
    "lambda:SendDurableExecutionCallbackFailure",
    "lambda:SendDurableExecutionCallbackHeartbeat",
    "lambda:PauseDurableExecution",
    "lambda:ResumeDurableExecution",
    "lambda:DeleteDurableExecution",
)
_ON_FUNCTIONS: Final = ("lambda:ListDurableExecutionsByFunction",)
_SOURCE: Final = "Lambda Developer Guide, durable-security; Lambda API model (DurableExecutionArn)"


@GROUP.error(
    "DMI601",
    "the execution role may checkpoint",
    why="The first checkpoint is rejected, and the execution fails before its first step ends.",
    fix="Allow lambda:CheckpointDurableExecution and lambda:GetDurableExecutionState on the function's ARN and ':*'.",
    source=_SOURCE,
)
def _checkpoint(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        role = function.role
        policies = model.policies(role)
        if role is None or policies is None:
            continue
        missing = [action for action in _CHECKPOINT if not policies.allows(action)]
        if missing:
            yield role.finding(
                f"the role of the durable function {function.id} must allow {' and '.join(missing)}, got no statement "
                "that does: allow both on the function's ARN and ':*', or attach "
                "AWSLambdaBasicDurableExecutionRolePolicy"
            )


@GROUP.error(
    "DMI602",
    "checkpoint permissions are on an ARN that matches executions",
    why=(
        "A durable execution's ARN is the function's, a version, then '/durable-execution/...'. Neither the "
        "unqualified ARN nor an alias's ever matches it, so every checkpoint is rejected."
    ),
    fix="End the resource with ':*' after the function's ARN.",
    source=_SOURCE,
)
def _checkpoint_level(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        policies = model.policies(function.role)
        if policies is None:
            continue
        for action in _CHECKPOINT:
            if policies.is_managed(action):
                continue
            granting = [statement for statement in policies.statements if statement.allows(action)]
            if granting and all(_never(model, statement, Level.EXECUTION) for statement in granting):
                yield from (_level(statement, Level.EXECUTION, action) for statement in granting)
                break


@GROUP.error(
    "DMI603",
    "grants on executions are on an ARN that matches executions",
    why=(
        "Callbacks, stop, get and history are asked of a durable execution's ARN, which holds a version number. An "
        "unqualified ARN or an alias's never matches it."
    ),
    fix="End the resource with ':*' after the function's ARN.",
    source=_SOURCE,
)
def _execution_level(model: Model) -> Iterator[Finding]:
    yield from _wrong_level(model, _ON_EXECUTIONS, Level.EXECUTION)


@GROUP.error(
    "DMI604",
    "grants on functions are on a function's ARN",
    why="Listing executions is asked of the function. An execution's ARN never matches it.",
    fix="Name the function's ARN, and the same with ':*'.",
    source=_SOURCE,
)
def _function_level(model: Model) -> Iterator[Finding]:
    yield from _wrong_level(model, _ON_FUNCTIONS, Level.FUNCTION)


@GROUP.error(
    "DMI605",
    "the capacity provider has an operator role that may run instances",
    why="Lambda starts instances with this role. Without it no version can be published on the capacity provider.",
    fix=f"Give a role that lambda.amazonaws.com may assume, with the managed policy {OPERATOR_POLICY}.",
    source="Lambda Developer Guide, lambda-managed-instances-security; CloudFormation schema",
)
def _operator_role(model: Model) -> Iterator[Finding]:
    path = ("PermissionsConfig", "CapacityProviderOperatorRoleArn")
    for provider in model.providers:
        value = provider.get(*path)
        if value is MISSING:
            yield provider.finding("CapacityProviderOperatorRoleArn must be set, got none: name a role", *path[:1])
            continue
        role = model.referred(value, "AWS::IAM::Role", {"Arn"})
        policies = model.policies(role)
        if role is not None and policies is not None and not policies.allows("ec2:RunInstances"):
            yield provider.finding(
                f"the operator role {role.id} must be allowed to run instances, got no policy that does: "
                f"attach the managed policy {OPERATOR_POLICY}",
                *path,
            )


def _wrong_level(model: Model, actions: tuple[str, ...], level: Level) -> Iterator[Finding]:
    """Statements that name one of some actions, every resource of which is on another level."""
    wanted = {action.lower(): action for action in actions}
    for statement in _all_statements(model):
        named = [wanted[action.lower()] for action in statement.actions if action.lower() in wanted]
        if named and _never(model, statement, level):
            yield _level(statement, level, named[0])


def _all_statements(model: Model) -> Iterator[Statement]:
    for policy in model.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        yield from statements(policy, ("PolicyDocument",))
    for role in model.of_type("AWS::IAM::Role"):
        for index in range(len(role.entries("Policies") or ())):
            yield from statements(role, ("Policies", index, "PolicyDocument"))


def _never(model: Model, statement: Statement, level: Level) -> bool:
    """Return whether no resource of a statement can match, as far as it is known."""
    if statement.is_open and not statement.actions:
        return False
    return bool(statement.resources) and not any(reaches(model, entry, level) for entry in statement.resources)


def _level(statement: Statement, level: Level, action: str) -> Finding:
    got = ", ".join(shown(resource) for resource in statement.resources)
    if level is Level.EXECUTION:
        need, fix = "durable executions", "put ':*' after the function's ARN"
    else:
        need, fix = "the function", "name the function's ARN without an execution"
    return statement.item.finding(
        f"Resource of {action} must match {need}, got {got}, which never does: {fix}", *statement.path, "Resource"
    )
