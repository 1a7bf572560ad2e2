"""What triggers point at (DMI4xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import Reference
from durable_mi.preflight.invocation_problem import invocation_problem
from durable_mi.preflight.rule_group import RuleGroup
from durable_mi.preflight.triggers import TriggerKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.triggers import Trigger

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Invocation")

_WHY: Final = (
    "A durable function is invoked by a version or an alias. Without one Lambda rejects the invocation; on managed "
    "instances an unqualified ARN means $LATEST.PUBLISHED, which moves under running executions, so that their replay "
    "meets other code. $LATEST cannot be invoked on managed instances at all."
)
_SOURCE: Final = "Lambda Developer Guide, durable-invoking and lambda-managed-instances-version-publishing"

_RULES: Final = (
    ("DMI401", TriggerKind.RULE, "an EventBridge rule targets an alias or a version", "Targets[].Arn"),
    ("DMI402", TriggerKind.SCHEDULE, "a schedule targets an alias or a version", "Target.Arn"),
    ("DMI403", TriggerKind.EVENT_SOURCE, "an event source mapping targets an alias or a version", "FunctionName"),
    ("DMI404", TriggerKind.TOPIC, "an SNS subscription targets an alias or a version", "Endpoint"),
    (
        "DMI405",
        TriggerKind.BUCKET,
        "a bucket notification targets an alias or a version",
        "the notification's function",
    ),
    ("DMI406", TriggerKind.API, "an API integration targets an alias or a version", "the integration's URI"),
    ("DMI407", TriggerKind.URL, "a function URL belongs to an alias", "Qualifier (and TargetFunctionArn)"),
    ("DMI408", TriggerKind.STATE_MACHINE, "a state machine invokes an alias or a version", "FunctionName in the task"),
    ("DMI409", TriggerKind.PERMISSION, "a permission is on the alias or version that is invoked", "FunctionName"),
    ("DMI410", TriggerKind.OTHER, "any other trigger targets an alias or a version", "the trigger's function"),
)


def _check(kind: TriggerKind) -> Callable[[Model], Iterator[Finding]]:
    def check(model: Model) -> Iterator[Finding]:
        for caller in model.triggers:
            function = model.functions.get(caller.target.function)
            if caller.kind is not kind or function is None:
                continue
            problem = invocation_problem(function, caller.target.qualifier)
            if problem:
                yield caller.item.finding(
                    f"{kind.value} must point at an alias or a version of {function.id}, got {problem}: "
                    f"point it at {_alias(model, function)}",
                    *caller.path,
                )
            elif kind is TriggerKind.PERMISSION:
                yield from _of_another(model, caller)

    return check


def _of_another(model: Model, permission: Trigger) -> Iterator[Finding]:
    """Find a permission for a resource that invokes the function by an alias or version that no permission is on."""
    source = permission.item.get("SourceArn")
    if not isinstance(source, Reference) or not permission.target.via:
        return
    function = permission.target.function
    theirs = [
        found.target for found in model.triggers_of.get(source.logical_id, ()) if found.target.function == function
    ]
    known = {(function, target.via) for target in theirs} | {(function, "")}
    if theirs and all(target.via for target in theirs) and not known & model.permitted:
        invoked = theirs[0].via
        yield permission.item.finding(
            f"the permission must be on {invoked}, which {source.logical_id} invokes, got {permission.target.via}: "
            f"name {invoked} in FunctionName",
            *permission.path,
        )


def _alias(model: Model, function: Function) -> str:
    aliases = model.aliases.get(function.id)
    return f"the alias {aliases[0].id}" if aliases else "an AWS::Lambda::Alias of it, which the template lacks"


for _id, _kind, _title, _where in _RULES:
    GROUP.error(
        _id, _title, why=_WHY, fix=f"Name an alias in {_where}: !Ref of an AWS::Lambda::Alias.", source=_SOURCE
    )(_check(_kind))
