"""The operator role, the roles' trust, and what grants name (DMI605 to DMI608)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, shown
from durable_mi.preflight.iam import actions
from durable_mi.preflight.iam.managed_policies import OPERATOR_POLICY
from durable_mi.preflight.iam.policies import misplaced
from durable_mi.preflight.iam.principals import allowed_by_policy
from durable_mi.preflight.iam.resource_patterns import Level, reaches
from durable_mi.preflight.invocation_problem import invocation_problem
from durable_mi.preflight.rules.permissions import GROUP, beside, policy_statements, without_policy
from durable_mi.preflight.target import Qualifier
from durable_mi.preflight.triggers import TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource
    from durable_mi.preflight.triggers import Trigger

__all__ = ["GROUP"]

_OPERATOR_ROLE: Final = ("PermissionsConfig", "CapacityProviderOperatorRoleArn")
_TRUST: Final = ("AssumeRolePolicyDocument",)
_LAMBDA: Final = r"lambda\.amazonaws\.com(\.cn)?"
_INVOKE: Final = "lambda:InvokeFunction"
_RUN: Final = "ec2:RunInstances"


@GROUP.error(
    "DMI605",
    "the capacity provider has an operator role that may run instances",
    why="Lambda starts instances with this role. Without it no version can be published on the capacity provider.",
    fix=f"Give a role that lambda.amazonaws.com may assume, with the managed policy {OPERATOR_POLICY}.",
    source="Lambda Developer Guide, lambda-managed-instances-security; CloudFormation schema",
)
def _operator_role(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if provider.get(*_OPERATOR_ROLE) is MISSING:
            yield provider.finding(
                f"CapacityProviderOperatorRoleArn must be set, got none: name a role with {OPERATOR_POLICY}",
                *_OPERATOR_ROLE[:1],
            )
            continue
        role = _operator(model, provider)
        policies = model.policies(role)
        if role is None or policies is None:
            continue
        elsewhere = misplaced(role, OPERATOR_POLICY)
        if elsewhere is not None:
            yield without_policy(role, elsewhere, OPERATOR_POLICY)
            continue
        if not policies.allows(_RUN):
            yield provider.finding(
                f"the operator role {role.id} must be allowed to run instances, got no policy that does: "
                f"attach the managed policy {OPERATOR_POLICY}",
                *_OPERATOR_ROLE,
            )
            continue
        denying = next((entry for entry in policies.every_denial if _denies(entry, _RUN)), None)
        if denying is not None:
            yield denying.item.finding(
                f"the operator role {role.id} must be allowed to run instances, got a statement that denies {_RUN}: "
                "take the action out of the Deny",
                *denying.path,
            )
        elif policies.boundary is not None and not policies.boundary.allows(_RUN):
            yield role.finding(
                f"the permissions boundary of the operator role {role.id} must allow {_RUN}, got no statement that "
                f"does: allow there what {OPERATOR_POLICY} allows",
                "PermissionsBoundary",
            )


@GROUP.warning(
    "DMI606",
    "actions of durable executions are spelt as Lambda has them",
    why="IAM takes an action that does not exist, and what was meant stays forbidden.",
    fix="Take the name from the list of Lambda's actions.",
    source="Lambda API model; Lambda Developer Guide, durable-security",
)
def _misspelt(model: Model) -> Iterator[Finding]:
    for statement in _every_statement(model):
        for name in statement.actions:
            meant = actions.misspelt(name)
            if meant is not None:
                key = "NotAction" if statement.except_actions else "Action"
                yield statement.item.finding(
                    f"{key} should be one that Lambda has, got {name}, which it has not: "
                    f"write {meant}, the nearest one that it has",
                    *statement.path,
                    key,
                )


@GROUP.error(
    "DMI607",
    "grants to invoke are on the version or alias that is invoked",
    why=(
        "IAM compares the ARN that is invoked, qualifier and all. A durable function is invoked by a version or an "
        "alias, and the unqualified ARN alone matches neither."
    ),
    fix="Name the alias's ARN in Resource, or the function's with ':*'.",
    source="Lambda Developer Guide, durable-invoking, using-aliases and lambda-api-permissions-ref",
)
def _invoke(model: Model) -> Iterator[Finding]:
    wrong = {caller.target.function for caller in model.triggers if _is_wrong(model, caller)}
    functions = {
        function.id: function
        for function in model.functions.values()
        if function.id not in wrong and _is_refused(function)
    }
    for document in policy_statements(model) if functions else ():
        for statement in document:
            if statement.denies or not _is_about_invocations(statement) or statement.except_resources:
                continue
            function = next(_unqualified(model, statement, functions), None)
            if function is not None and not any(
                _qualified(model, other, function) for other in beside(model, document)
            ):
                got = ", ".join(map(shown, statement.resources))
                yield statement.item.finding(
                    f"Resource of {_INVOKE} must match a version or an alias of {function.id}, got {got}, which never "
                    "does: name the alias's ARN, or put ':*' after the function's",
                    *statement.path,
                    "Resource",
                )


@GROUP.error(
    "DMI608",
    "Lambda may assume the roles that it is given",
    why="Lambda rejects the function or the capacity provider: it cannot assume the role.",
    fix="Allow sts:AssumeRole to the service principal lambda.amazonaws.com in AssumeRolePolicyDocument.",
    source="Lambda Developer Guide, lambda-intro-execution-role and lambda-managed-instances-security",
)
def _trust(model: Model) -> Iterator[Finding]:
    roles = {
        role.id: (role, f"the operator role of {provider.id}")
        for provider in model.providers
        if (role := _operator(model, provider)) is not None
    }
    for function in model.functions.values():
        if (role := function.role) is not None:
            roles.setdefault(role.id, (role, f"the role of {function.id}"))
    for role, what in roles.values():
        if not role.lacks(*_TRUST) and allowed_by_policy(role, _TRUST, _LAMBDA, ("sts:AssumeRole",)):
            yield role.finding(
                f"AssumeRolePolicyDocument must let lambda.amazonaws.com assume {what}, got no statement that does: "
                "allow it sts:AssumeRole",
                *_TRUST,
            )


def _denies(statement: Statement, action: str) -> bool:
    """Return whether a statement denies an action on every resource, whatever the request."""
    everything = "*" in statement.resources and not statement.except_resources
    return everything and not statement.is_conditional and statement.names(action)


def _operator(model: Model, provider: TemplateResource) -> TemplateResource | None:
    return model.referred(provider.get(*_OPERATOR_ROLE), "AWS::IAM::Role", {"Arn"})


def _is_refused(function: Function) -> bool:
    """Return whether Lambda refuses an invocation without a qualifier, so that a grant of it alone is of no use."""
    return bool(invocation_problem(function, Qualifier.NONE)) and not (
        function.is_managed and function.publishes_latest is not False
    )


def _is_about_invocations(statement: Statement) -> bool:
    """Return whether a statement names invocations, and not only by a pattern such as ``lambda:*`` for all actions."""
    return (
        statement.names(_INVOKE)
        and not statement.except_actions
        and any("invoke" in pattern.lower() and actions.matches(pattern, _INVOKE) for pattern in statement.actions)
    )


def _every_statement(model: Model) -> Iterator[Statement]:
    for document in policy_statements(model):
        yield from document


def _is_wrong(model: Model, caller: Trigger) -> bool:
    """Return whether a trigger is at fault itself: the grant follows from it."""
    function = model.functions.get(caller.target.function)
    return (
        function is not None
        and caller.kind is not TriggerKind.PERMISSION
        and bool(invocation_problem(function, caller.target.qualifier))
    )


def _unqualified(model: Model, statement: Statement, functions: Mapping[str, Function]) -> Iterator[Function]:
    """Yield those of some functions that a statement names without a qualifier."""
    for entry in statement.resources:
        target = model.targets.of(entry)
        function = functions.get(target.function) if target is not None else None
        if function is None or target is None or target.qualifier is not Qualifier.NONE:
            continue
        if not reaches(model, entry, Level.QUALIFIED, function):
            yield function


def _qualified(model: Model, statement: Statement, function: Function) -> bool:
    return (
        not statement.denies
        and statement.covers(_INVOKE)
        and (
            statement.except_resources
            or any(reaches(model, entry, Level.QUALIFIED, function) for entry in statement.resources)
        )
    )
