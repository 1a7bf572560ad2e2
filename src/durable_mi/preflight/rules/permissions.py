"""Execution roles and grants (DMI601 to DMI604)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import shown
from durable_mi.preflight.iam import actions
from durable_mi.preflight.iam.coverage import may_match
from durable_mi.preflight.iam.denial import denies_executions
from durable_mi.preflight.iam.managed_policies import DURABLE_POLICY, PATHS
from durable_mi.preflight.iam.policies import misplaced
from durable_mi.preflight.iam.resource_patterns import Level
from durable_mi.preflight.rule_group import RuleGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from durable_mi.preflight.finding import Finding, Path
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.policies import Policies
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP", "beside", "policy_statements", "without_policy"]

GROUP: Final = RuleGroup("Permissions")

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
        elsewhere = misplaced(role, DURABLE_POLICY)
        if elsewhere is not None:
            yield without_policy(role, elsewhere, DURABLE_POLICY)
            continue
        missing = [action for action in actions.CHECKPOINT if not policies.allows(action)]
        if missing:
            yield role.finding(
                f"the role of the durable function {function.id} must allow {' and '.join(missing)}, got no statement "
                "that does: allow both on the function's ARN and ':*', or attach "
                "AWSLambdaBasicDurableExecutionRolePolicy"
            )
            continue
        denying = next(_denying(model, policies, function), None)
        if denying is not None:
            statement, action = denying
            yield statement.item.finding(
                f"the role of the durable function {function.id} must allow {action}, got a statement that denies it: "
                "take the action out of the Deny",
                *statement.path,
            )
        elif policies.boundary is not None:
            yield from _outside_of(model, function, policies.boundary)


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
    for statement, action in _wrong_checkpoints(model).values():
        yield _level(statement, Level.EXECUTION, action)


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
    # One finding for one mistake: what names checkpoints too is found by DMI602.
    known = _wrong_checkpoints(model)
    for statement, action in _wrong_level(model, actions.ON_EXECUTIONS, Level.EXECUTION):
        if (statement.item.id, statement.path) not in known:
            yield _level(statement, Level.EXECUTION, action)


@GROUP.error(
    "DMI604",
    "grants on functions are on a function's ARN",
    why="Listing executions is asked of the function. An execution's ARN never matches it.",
    fix="Name the function's ARN, and the same with ':*'.",
    source=_SOURCE,
)
def _function_level(model: Model) -> Iterator[Finding]:
    for statement, action in _wrong_level(model, actions.ON_FUNCTIONS, Level.FUNCTION):
        # A pattern for all durable actions may be meant for those that are asked of executions.
        if _named(statement, actions.ON_EXECUTIONS, patterns_only=True) is None:
            yield _level(statement, Level.FUNCTION, action)


def without_policy(role: TemplateResource, index: int, name: str) -> Finding:
    """Return the finding for an ARN of one of AWS's policies that has the wrong path.

    Args:
        role: The role.
        index: Which of its policies it is.
        name: The policy's name.
    """
    return role.finding(
        f"ManagedPolicyArns must name a policy that AWS has, got {shown(role.get('ManagedPolicyArns', index))}: "
        f"name the one that ends with policy/{PATHS[name]}{name}",
        *("ManagedPolicyArns", index),
    )


def policy_statements(model: Model) -> Iterator[Sequence[Statement]]:
    """Yield the statements of each policy that a template attaches to someone.

    Args:
        model: The template.
    """
    for policy in model.of_type(*_POLICIES):
        yield model.statements(policy, ("PolicyDocument",))
    for owner in model.of_type(*_OWNERS):
        for index in range(len(owner.entries("Policies") or ())):
            yield model.statements(owner, ("Policies", index, "PolicyDocument"))
    for permission_set in model.of_type("AWS::SSO::PermissionSet"):
        yield model.statements(permission_set, ("InlinePolicy",))


def beside(model: Model, document: Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements that hold for the same principals, as far as the template has some for them.

    Args:
        model: The template.
        document: The statements of a policy, at least one.
    """
    return model.granted_beside(document[0].item) or document


_POLICIES: Final = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
_OWNERS: Final = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")


def _denying(model: Model, policies: Policies, function: Function) -> Iterator[tuple[Statement, str]]:
    """Yield the statements that deny checkpoints of a function, whatever the request."""
    for statement in policies.every_denial:
        for action in actions.CHECKPOINT:
            if denies_executions(model, statement, function, action):
                yield statement, action


def _outside_of(model: Model, function: Function, boundary: Policies) -> Iterator[Finding]:
    role = function.role
    if role is None:
        return
    outside = [
        action
        for action in actions.CHECKPOINT
        if not boundary.is_managed(action)
        and not _matches(model, (entry for entry in boundary.granting if entry.covers(action)), function)
    ]
    if outside:
        yield role.finding(
            f"the permissions boundary of the role of {function.id} must allow {' and '.join(outside)}, got no "
            "statement that does: allow both on the function's ARN and ':*' there too",
            "PermissionsBoundary",
        )


def _matches(model: Model, granting: Iterable[Statement], function: Function) -> bool:
    """Return whether some statement may match the executions of a function."""
    return any(may_match(model, statement, Level.EXECUTION, function) for statement in granting)


def _wrong_checkpoints(model: Model) -> dict[tuple[str, Path], tuple[Statement, str]]:
    """Return the statements that name a checkpoint action, where none of the role's can match the executions."""
    found: dict[tuple[str, Path], tuple[Statement, str]] = {}
    for function in model.durable:
        policies = model.policies(function.role)
        if policies is None or not policies.is_complete:
            continue
        for action in actions.CHECKPOINT:
            granting = [statement for statement in policies.granting if statement.covers(action)]
            if policies.is_managed(action) or not granting or _matches(model, granting, function):
                continue
            for statement in granting:
                found.setdefault((statement.item.id, statement.path), (statement, action))
            break
    return found


def _wrong_level(model: Model, wanted: tuple[str, ...], level: Level) -> Iterator[tuple[Statement, str]]:
    """Statements that name one of some actions, every resource of which is on another level."""
    for document in policy_statements(model):
        for statement in document:
            action = _named(statement, wanted)
            if action is None or statement.denies or may_match(model, statement, level):
                continue
            elsewhere = [other for other in beside(model, document) if not other.denies and other.covers(action)]
            if not any(may_match(model, other, level) for other in elsewhere):
                yield statement, action


def _named(statement: Statement, wanted: tuple[str, ...], *, patterns_only: bool = False) -> str | None:
    """Return the first of some actions that a statement names, itself or by a pattern for such actions only."""
    if statement.except_actions:
        return None
    patterns = [
        pattern
        for pattern in statement.actions
        if actions.is_about_executions(pattern) and (not patterns_only or "*" in pattern)
    ]
    return next((action for action in wanted if actions.matches_any(patterns, action)), None)


def _level(statement: Statement, level: Level, action: str) -> Finding:
    got = ", ".join(shown(resource) for resource in statement.resources)
    if statement.except_resources:
        return statement.item.finding(
            f"NotResource of {action} must leave durable executions in, got {got}, which takes out every one of the "
            "function: take it out of NotResource",
            *statement.path,
            "NotResource",
        )
    if level is Level.EXECUTION:
        need, fix = "durable executions", "put ':*' after the function's ARN"
    else:
        need, fix = "the function", "name the function's ARN without an execution"
    return statement.item.finding(
        f"Resource of {action} must match {need}, got {got}, which never does: {fix}", *statement.path, "Resource"
    )
