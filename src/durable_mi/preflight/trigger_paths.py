"""Where services name a function that they invoke: paths by type, and other properties with "Lambda" in their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from durable_mi.cloudformation import embedded_json
from durable_mi.cloudformation.values import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["TriggerPath", "places"]


class TriggerPath(NamedTuple):
    """One place that may name a function.

    Attributes:
        path: The place in the resource's properties.
        value: Its resolved value.
        waits: Whether the service is known to wait for the result.
    """

    path: Path
    value: object
    waits: bool


_EACH: Final = "[]"
_WAITS: Final = frozenset(
    {
        "AWS::AppSync::Api",
        "AWS::AppSync::GraphQLApi",
        "AWS::Bedrock::Agent",
        "AWS::Bedrock::Flow",
        "AWS::Bedrock::FlowVersion",
        "AWS::BedrockAgentCore::GatewayTarget",
        "AWS::IoT::Authorizer",
        "AWS::IoT::ProvisioningTemplate",
        "AWS::Lex::Bot",
        "AWS::Lex::BotAlias",
        "AWS::Transfer::Server",
        "AWS::VpcLattice::TargetGroup",
    }
)
_ALARM: Final = tuple((f"{when}Actions", _EACH) for when in ("Alarm", "OK", "InsufficientData"))
_PATHS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "AWS::AppConfig::Extension": (("Actions", "{}", _EACH, "Uri"),),
    "AWS::AppSync::GraphQLApi": (
        ("LambdaAuthorizerConfig", "AuthorizerUri"),
        ("AdditionalAuthenticationProviders", _EACH, "LambdaAuthorizerConfig", "AuthorizerUri"),
    ),
    "AWS::BedrockAgentCore::Harness": (("Hooks", _EACH, "{}", "Target", "Lambda", "Arn"),),
    "AWS::CloudFormation::Macro": (("FunctionName",),),
    "AWS::CloudWatch::Alarm": _ALARM,
    "AWS::CloudWatch::CompositeAlarm": _ALARM,
    "AWS::CodeCommit::Repository": (("Triggers", _EACH, "DestinationArn"),),
    "AWS::Connect::IntegrationAssociation": (("IntegrationArn",),),
    "AWS::ECS::Service": (("DeploymentConfiguration", "LifecycleHooks", _EACH, "HookTargetArn"),),
    "AWS::IoT::Authorizer": (("AuthorizerFunctionArn",),),
    "AWS::IoT::ProvisioningTemplate": (("PreProvisioningHook", "TargetArn"),),
    "AWS::IoTManagedIntegrations::CloudConnector": (("EndpointConfig", "Lambda", "Arn"),),
    "AWS::KinesisAnalyticsV2::Application": (
        (
            *("ApplicationConfiguration", "SqlApplicationConfiguration", "Inputs", _EACH),
            *("InputProcessingConfiguration", "InputLambdaProcessor", "ResourceARN"),
        ),
    ),
    "AWS::SSM::MaintenanceWindowTask": (("TaskArn",),),
    "AWS::Transfer::Server": (("IdentityProviderDetails", "Function"),),
    "AWS::Transfer::Workflow": tuple(
        (steps, _EACH, "CustomStepDetails", "Target") for steps in ("Steps", "OnExceptionSteps")
    ),
    "AWS::VpcLattice::TargetGroup": (("Targets", _EACH, "Id"),),
    "Custom::Trigger": (("HandlerArn",),),
}
_NAMED: Final = re.compile(r"lambda|^functionarn$", re.IGNORECASE)
# What an object with "Lambda" in its name calls the function in it.
_IN_NAMED: Final = re.compile(r"(?<!role)(arn|uri)$", re.IGNORECASE)
# What names functions without invoking them, or hands them on to something that is not seen from here.
_NO_TRIGGERS: Final = re.compile(
    r"AWS::(Lambda|IAM|CloudTrail|SSM::Parameter|CloudFormation::Stack|InspectorV2|ResourceGroups|SecurityAgent|Config::"
    r"Conf|KMS|EC2::V|GuardDuty|CloudWatch::Dashboard|FIS|Cassandra)|(?!AWS::)"
)
_INVOCATION: Final = "InvocationType"
_CALLS_OF_THE_SDK: Final = ("Create", "Update", "Delete")


def places(item: TemplateResource, *, by_name: bool) -> Iterator[TriggerPath]:
    """Yield the places of a resource that may name a function.

    Args:
        item: The resource.
        by_name: Whether to look for properties by their name too.
    """
    properties = item.resource.properties
    waits = item.type in _WAITS
    paths = _PATHS.get(item.type, ())
    for path in paths:
        for where, value in _at(item, properties, path, ()):
            yield TriggerPath(where, value, waits)
    if item.type == "Custom::AWS":
        yield from _sdk_calls(item)
    elif item.type in {"AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule"}:
        for found in _named(item, embedded_json.parse(item.get("Content")), ("Content",), waits=False):
            yield found._replace(path=("Content",))
    elif by_name and not paths and _NO_TRIGGERS.match(item.type) is None:
        yield from _named(item, properties, (), waits=waits)


def _at(item: TemplateResource, value: object, path: tuple[str, ...], at: Path) -> Iterator[tuple[Path, object]]:
    """Yield what is at a path in which ``[]`` is each entry of a list, and ``{}`` each value of an object."""
    resolved = item.within(value, at=at)
    if not path:
        yield at, resolved
        return
    step, *rest = path
    if step == _EACH:
        for index, entry in enumerate(resolved if isinstance(resolved, list) else [resolved]):
            yield from _at(item, entry, tuple(rest), (*at, index))
    elif isinstance(resolved, dict):
        for key in resolved if step == "{}" else (step,):
            yield from _at(item, resolved.get(key), tuple(rest), (*at, key))


def _named(item: TemplateResource, value: object, at: Path, *, waits: bool) -> Iterator[TriggerPath]:
    """Yield the values of properties with "Lambda" in their name. Both branches of an ``Fn::If`` are walked."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _named(item, entry, (*at, index), waits=waits)
    elif isinstance(value, dict):
        for key, inner in value.items():
            where = (*at, key)
            if not isinstance(key, str) or _NAMED.search(key) is None:
                yield from _named(item, inner, where, waits=waits)
                continue
            resolved = item.within(inner, at=where)
            for entry in resolved if isinstance(resolved, list) else [resolved]:
                if isinstance(entry, dict):
                    yield from _named(item, entry, where, waits=waits)
                    for part in entry:
                        if isinstance(part, str) and _IN_NAMED.search(part) and _NAMED.search(part) is None:
                            named = item.within(entry[part], at=(*where, part))
                            yield TriggerPath((*where, part), named, _awaits(item, entry, where, default=waits))
                else:
                    named = item.within(entry, at=where)
                    yield TriggerPath(where, named, _awaits(item, value, at, default=waits))


def _awaits(item: TemplateResource, beside: dict[str, object], at: Path, *, default: bool) -> bool:
    """Return whether what stands beside a function says that its result is waited for."""
    if _INVOCATION not in beside:
        return default
    kind = literal(item.within(beside[_INVOCATION], at=(*at, _INVOCATION)))
    return kind.replace("_", "").lower() == "requestresponse"


def _sdk_calls(item: TemplateResource) -> Iterator[TriggerPath]:
    """Yield the functions that the CDK's ``AwsCustomResource`` invokes."""
    for when in _CALLS_OF_THE_SDK:
        call = embedded_json.parse(item.get(when))
        if not isinstance(call, dict) or "invoke" not in literal(call.get("action")).lower():
            continue
        request = call.get("parameters")
        if isinstance(request, dict) and "Qualifier" not in request:
            kind = request.get("InvocationType", "RequestResponse")
            yield TriggerPath((when,), request.get("FunctionName"), kind == "RequestResponse")
