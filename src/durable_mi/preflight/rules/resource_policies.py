"""Policies of endpoints and keys (DMI609 to DMI611)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, literal, parts_of
from durable_mi.preflight.iam import actions
from durable_mi.preflight.iam.conditions import required_values
from durable_mi.preflight.iam.coverage import may_match
from durable_mi.preflight.iam.principals import allowed_by_policy, may_be_role
from durable_mi.preflight.iam.resource_patterns import Level, is_everything, is_log_group, reaches
from durable_mi.preflight.rules.grants import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_KEY_POLICY: Final = ("KeyPolicy",)
_LAMBDA: Final = r"lambda\.amazonaws\.com(\.cn)?"
_LOGS: Final = r"logs\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?"
_CONTEXT: Final = "kms:encryptioncontext:aws:lambda:functionarn"
_LOG_CONTEXT: Final = "kms:encryptioncontext:aws:logs:arn"
_FOR_EXECUTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_FOR_LOGS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


@GROUP.error(
    "DMI609",
    "the policy of an endpoint allows what functions call through it",
    why="The endpoint rejects the call, whatever the execution role allows: no checkpoint, or no log line, arrives.",
    fix="Allow the two checkpoint actions, or those that write logs, in PolicyDocument, or leave it out.",
    source="AWS PrivateLink guide, endpoint policies; Lambda Developer Guide, durable-security",
)
def _endpoint(model: Model) -> Iterator[Finding]:
    for endpoint in model.of_type("AWS::EC2::VpcEndpoint", "AWS::EC2::VPCEndpoint"):
        service = literal(endpoint.get("ServiceName")).rpartition(".")[2]
        if service not in {"lambda", "logs"} or endpoint.lacks("PolicyDocument"):
            continue
        for network, users in _networks(model, service):
            if not users or not _serves(model, endpoint, network):
                continue
            wanted = actions.CHECKPOINT if service == "lambda" else _WRITE_LOGS
            missing = [action for action in wanted if not _lets_through(model, endpoint, action, users)]
            if missing:
                yield endpoint.finding(
                    f"PolicyDocument must allow {' and '.join(missing)} for {users[0].id}, whose calls go through this "
                    "endpoint, got no statement that does: allow them on the function's ARN and ':*'"
                    if service == "lambda"
                    else f"PolicyDocument must allow {' and '.join(missing)} for {users[0].id}, whose log lines go "
                    "through this endpoint, got no statement that does: allow them on its log group",
                    "PolicyDocument",
                )
                break


@GROUP.error(
    "DMI610",
    "the key of durable executions lets Lambda use it",
    why="Lambda encrypts what an execution stores with this key as itself, and cannot start one without.",
    fix="Allow kms:GenerateDataKey and kms:Decrypt to the service principal lambda.amazonaws.com in KeyPolicy.",
    source="Lambda Developer Guide, durable-encryption",
)
def _durable_key(model: Model) -> Iterator[Finding]:
    seen = set()
    for function in model.durable:
        key = _key(model, function.item.get("DurableConfig", "KMSKeyArn"))
        if key is None or key.id in seen:
            continue
        missing = allowed_by_policy(key, _KEY_POLICY, _LAMBDA, _FOR_EXECUTIONS, partial(_is_for, model, function))
        if missing:
            seen.add(key.id)
            yield key.finding(
                f"KeyPolicy must allow {' and '.join(missing)} to lambda.amazonaws.com for the durable function "
                f"{function.id}, got no statement that does: add one with this service principal",
                *_KEY_POLICY,
            )


@GROUP.error(
    "DMI611",
    "the key of a log group lets CloudWatch Logs use it",
    why="CloudWatch Logs rejects the log group: the key does not exist or is not allowed to be used.",
    fix=(
        "Allow kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe* to "
        "logs.REGION.amazonaws.com."
    ),
    source="CloudWatch Logs User Guide, encrypt-log-data-kms",
)
def _log_key(model: Model) -> Iterator[Finding]:
    seen = set()
    for group in _log_groups(model):
        key = _key(model, group.get("KmsKeyId"))
        if key is None or key.id in seen:
            continue
        missing = allowed_by_policy(key, _KEY_POLICY, _LOGS, _FOR_LOGS, partial(_is_for_logs, group))
        if missing:
            seen.add(key.id)
            yield key.finding(
                f"KeyPolicy must allow {' and '.join(missing)} to logs.REGION.amazonaws.com for the log group "
                f"{group.id}, got no statement that does: add one with this service principal",
                *_KEY_POLICY,
            )


def _is_for(model: Model, function: Function, statement: Statement) -> bool:
    """Return whether a key policy's condition may hold for a function, which Lambda names without a qualifier."""
    return all(
        any(reaches(model, value, Level.UNQUALIFIED, function) for value in values)
        for values in required_values(statement, _CONTEXT)
    )


def _is_for_logs(group: TemplateResource, statement: Statement) -> bool:
    """Return whether a key policy's condition may hold for a log group."""
    return all(
        any(is_log_group(value, group) for value in values) for values in required_values(statement, _LOG_CONTEXT)
    )


def _lets_through(model: Model, endpoint: TemplateResource, action: str, users: list[Function]) -> bool:
    """Return whether an endpoint's policy may allow an action for each of some functions."""
    every = model.statements(endpoint, ("PolicyDocument",))
    for statement in every:
        everything = not statement.except_resources and any(map(is_everything, statement.resources))
        everyone = statement.principal == "*" or statement.principal is MISSING
        if statement.denies and not statement.is_conditional and everything and everyone and statement.names(action):
            return False
    granting = [entry for entry in every if not entry.denies and entry.covers(action)]
    checkpoint = action in actions.CHECKPOINT
    return all(
        any(
            may_be_role(entry, function.role) and (not checkpoint or may_match(model, entry, Level.EXECUTION, function))
            for entry in granting
        )
        for function in users
        if function.is_durable or not checkpoint
    )


def _networks(model: Model, service: str) -> Iterator[tuple[TemplateResource, list[Function]]]:
    """Yield what has a network, each with the functions that call a service from it."""
    for provider in model.providers:
        yield provider, [each for each in model.users(provider) if each.is_durable or service == "logs"]
    if service == "lambda":
        # Without managed instances Lambda itself takes the log lines, and the workflow still sends its checkpoints.
        yield from ((each.item, [each]) for each in model.durable if not each.is_managed and each.item.has("VpcConfig"))


def _serves(model: Model, endpoint: TemplateResource, network: TemplateResource) -> bool:
    """Return whether the calls from the subnets of a capacity provider, or a function, go through an endpoint."""
    if endpoint.flag("PrivateDnsEnabled", default=False) is not True:
        return False
    vpc = endpoint.get("VpcId")
    theirs = network.entries("VpcConfig", "SubnetIds")
    subnets = [network.get("VpcConfig", "SubnetIds")] if theirs is None else theirs
    own = endpoint.entries("SubnetIds")
    given = [endpoint.get("SubnetIds")] if own is None else own
    if any(subnet in given for subnet in subnets):
        return True
    groups = network.entries("VpcConfig", "SecurityGroupIds") or ()
    for value in (*subnets, *groups):
        item = model.items.get(value.logical_id) if isinstance(value, Reference) else None
        if item is not None and item.type in {"AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"}:
            return not isinstance(vpc, dict | list) and item.get("VpcId") == vpc
    return False


def _key(model: Model, value: object) -> TemplateResource | None:
    alias = model.referred(value, "AWS::KMS::Alias", {"", "AliasArn", "Arn"})
    if alias is not None:
        value = alias.get("TargetKeyId")
    match parts_of(value):
        case (*_, str(before), Reference() as last) if before.endswith(":key/"):
            # An ARN that is put together of the key's id.
            value = last
    kinds = (model.referred(value, kind, {"", "Arn", "KeyId"}) for kind in _KEYS)
    # A key without a policy has the default one, which names the account alone.
    return next((key for key in kinds if key is not None and not isinstance(key.get(*_KEY_POLICY), Unknown)), None)


def _log_groups(model: Model) -> Iterator[TemplateResource]:
    """Yield the log groups of functions and capacity providers."""
    named = [function.item.get("LoggingConfig", "LogGroup") for function in model.functions.values()]
    named += [provider.get("TelemetryConfig", "LoggingConfig", "LogGroup") for provider in model.providers]
    ours = {value.logical_id for value in named if isinstance(value, Reference)}
    names = {value for value in named if isinstance(value, str | Text | Unknown)}
    prefix = ("/aws/lambda/",)
    for group in model.of_type("AWS::Logs::LogGroup"):
        name = group.get("LogGroupName")
        by_name = name is not MISSING and not isinstance(name, Unknown) and literal(name).startswith(prefix)
        if (
            group.id in ours
            or (by_name and model.functions)
            or (isinstance(name, str | Text | Unknown) and name in names)
        ):
            yield group
