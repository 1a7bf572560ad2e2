"""What in a template invokes a function, or may invoke it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from durable_mi.cloudformation import embedded_json
from durable_mi.cloudformation.values import MISSING, Unknown, literal
from durable_mi.preflight import api_integrations, appsync_resolvers, trigger_paths
from durable_mi.preflight.target import Qualifier, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.resource_index import ResourceIndex
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Trigger", "TriggerKind", "triggers"]


class TriggerKind(Enum):
    """The service that calls, for a message."""

    RULE = "the EventBridge rule"
    SCHEDULE = "the schedule"
    EVENT_SOURCE = "the event source mapping"
    TOPIC = "the SNS subscription"
    BUCKET = "the bucket notification"
    API = "the API"
    URL = "the function URL"
    STATE_MACHINE = "the state machine"
    PERMISSION = "the permission"
    OTHER = "the trigger"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One place that points at a function of the template.

    Attributes:
        kind: The service.
        item: The resource that points.
        path: The value in its properties.
        target: The function.
        waits: Whether it waits for the result.
    """

    kind: TriggerKind
    item: TemplateResource
    path: Path
    target: Target
    waits: bool


def triggers(resources: ResourceIndex) -> Iterator[Trigger]:
    """Return every trigger of a function of the template that can be followed.

    Args:
        resources: The template.
    """
    for item in resources.every():
        for find in _finders(item.type):
            for kind, path, value, waits in find(item):
                target = resources.targets.of(value)
                if target is not None or isinstance(value, Unknown):
                    # Read like any property that a rule asks for, so that its conditions are tried out.
                    item.get(*path)
                if target is not None:
                    yield Trigger(kind, item, path, _with_qualifier(item, target), waits and _waits(resources, item))


def _waits(resources: ResourceIndex, item: TemplateResource) -> bool:
    """Return whether nothing else of the template says that a trigger does not wait for the result."""
    return item.type != "AWS::AppSync::DataSource" or appsync_resolvers.all_wait(resources, item)


def _finders(resource_type: str) -> Iterator[Callable[[TemplateResource], Iterator[_Found]]]:
    if resource_type in _FINDERS:
        yield _FINDERS[resource_type]
    if resource_type.startswith("Custom::"):
        yield _FINDERS["AWS::CloudFormation::CustomResource"]
    yield _others


def _others(item: TemplateResource) -> Iterator[_Found]:
    for path, value, waits in trigger_paths.places(item, by_name=item.type not in _FINDERS):
        yield TriggerKind.OTHER, path, value, waits


def _with_qualifier(item: TemplateResource, target: Target) -> Target:
    """Return the target with the qualifier that a function URL names beside the function."""
    if item.type != "AWS::Lambda::Url" or target.qualifier is not Qualifier.NONE:
        return target
    qualifier = item.get("Qualifier")
    if qualifier is MISSING:
        return target
    return Target(target.function, Qualifier.UNKNOWN if isinstance(qualifier, Unknown) else Qualifier.ALIAS)


_Found = tuple[TriggerKind, "Path", object, bool]


def _at(kind: TriggerKind, *path: str, waits: bool = False) -> Callable[[TemplateResource], Iterator[_Found]]:
    def find(item: TemplateResource) -> Iterator[_Found]:
        yield kind, path, item.get(*path), waits

    return find


def _each(
    kind: TriggerKind, path: Path, *inner: str, waits: bool = False
) -> Callable[[TemplateResource], Iterator[_Found]]:
    """Find a value in each entry of a list."""

    def find(item: TemplateResource) -> Iterator[_Found]:
        for index in range(len(item.entries(*path) or ())):
            where = (*path, index, *inner)
            yield kind, where, item.get(*where), waits

    return find


def _schedule(item: TemplateResource) -> Iterator[_Found]:
    arn = item.get("Target", "Arn")
    if "aws-sdk:lambda:invoke" not in literal(arn):
        yield TriggerKind.SCHEDULE, ("Target", "Arn"), arn, False
        return
    request = embedded_json.parse(item.get("Target", "Input"))
    if isinstance(request, dict):
        yield TriggerKind.SCHEDULE, ("Target", "Input"), request.get("FunctionName"), False


def _subscription(item: TemplateResource) -> Iterator[_Found]:
    if item.text("Protocol") == "lambda":
        yield TriggerKind.TOPIC, ("Endpoint",), item.get("Endpoint"), False


def _topic(item: TemplateResource) -> Iterator[_Found]:
    for index in range(len(item.entries("Subscription") or ())):
        if item.text("Subscription", index, "Protocol") == "lambda":
            path = ("Subscription", index, "Endpoint")
            yield TriggerKind.TOPIC, path, item.get(*path), False


def _api(
    find: Callable[[TemplateResource], Iterator[api_integrations.Integration]],
) -> Callable[[TemplateResource], Iterator[_Found]]:
    def found(item: TemplateResource) -> Iterator[_Found]:
        for path, uri, waits in find(item):
            yield TriggerKind.API, path, uri, waits

    return found


def _state_machine(item: TemplateResource) -> Iterator[_Found]:
    key = "Definition" if item.has("Definition") else "DefinitionString"
    definition = embedded_json.parse(item.get(key))
    substitutions = item.get("DefinitionSubstitutions")
    for state in _objects(definition):
        resource = item.within(state.get("Resource"), at=(key,))
        if "lambda:invoke" in literal(resource):
            request = state.get("Parameters", state.get("Arguments"))
            name = item.within(request, "FunctionName", at=(key,))
            kind = item.within(request, "InvocationType", at=(key,))
            yield TriggerKind.STATE_MACHINE, (key,), _substituted(item, name, substitutions), kind != "Event"
        else:
            yield TriggerKind.STATE_MACHINE, (key,), _substituted(item, resource, substitutions), True


def _substituted(item: TemplateResource, value: object, substitutions: object) -> object:
    """Return the value that ``DefinitionSubstitutions`` puts in the place of ``${Name}``."""
    if isinstance(value, str) and value.startswith("${") and value.endswith("}") and isinstance(substitutions, dict):
        return item.within(substitutions.get(value[2:-1]), at=("DefinitionSubstitutions",))
    return value


def _pipe(item: TemplateResource) -> Iterator[_Found]:
    kind = item.get("TargetParameters", "LambdaFunctionParameters", "InvocationType")
    yield TriggerKind.OTHER, ("Target",), item.get("Target"), kind != "FIRE_AND_FORGET"
    yield TriggerKind.OTHER, ("Enrichment",), item.get("Enrichment"), True


def _user_pool(item: TemplateResource) -> Iterator[_Found]:
    triggers = item.get("LambdaConfig")
    for name in triggers if isinstance(triggers, dict) else ():
        yield TriggerKind.OTHER, ("LambdaConfig", name), item.get("LambdaConfig", name), True
    yield from _user_pool_sender(item)


def _user_pool_sender(item: TemplateResource) -> Iterator[_Found]:
    for name in ("CustomEmailSender", "CustomSMSSender", "PreTokenGenerationConfig"):
        yield TriggerKind.OTHER, ("LambdaConfig", name), item.get("LambdaConfig", name, "LambdaArn"), True


def _destinations(item: TemplateResource) -> Iterator[_Found]:
    for when in ("OnSuccess", "OnFailure"):
        path = ("DestinationConfig", when, "Destination")
        yield TriggerKind.OTHER, path, item.get(*path), False


def _config_rule(item: TemplateResource) -> Iterator[_Found]:
    if item.text("Source", "Owner") == "CUSTOM_LAMBDA":
        path = ("Source", "SourceIdentifier")
        yield TriggerKind.OTHER, path, item.get(*path), False


def _receipt_rule(item: TemplateResource) -> Iterator[_Found]:
    for index in range(len(item.entries("Rule", "Actions") or ())):
        path = ("Rule", "Actions", index, "LambdaAction")
        waits = item.get(*path, "InvocationType") == "RequestResponse"
        yield TriggerKind.OTHER, (*path, "FunctionArn"), item.get(*path, "FunctionArn"), waits


def _object_lambda(item: TemplateResource) -> Iterator[_Found]:
    configurations = ("ObjectLambdaConfiguration", "TransformationConfigurations")
    for index in range(len(item.entries(*configurations) or ())):
        path = (*configurations, index, "ContentTransformation", "AwsLambda", "FunctionArn")
        yield TriggerKind.OTHER, path, item.get(*path), True


def _delivery_stream(item: TemplateResource) -> Iterator[_Found]:
    for path, value in _walk(item, item.resource.properties, ()):
        if path[-1:] == ("ParameterValue",) and item.get(*path[:-1], "ParameterName") == "LambdaArn":
            yield TriggerKind.OTHER, path, value, True


def _pipeline(item: TemplateResource) -> Iterator[_Found]:
    for stage in range(len(item.entries("Stages") or ())):
        yield from _pipeline_rules(item, ("Stages", stage))
        for index in range(len(item.entries("Stages", stage, "Actions") or ())):
            path = ("Stages", stage, "Actions", index)
            # The category Deploy has a provider of that name too. It updates the function, and does not invoke it.
            invokes = item.get(*path, "ActionTypeId", "Category") != "Deploy"
            if invokes and item.get(*path, "ActionTypeId", "Provider") == "Lambda":
                where = (*path, "Configuration", "FunctionName")
                yield TriggerKind.OTHER, where, item.get(*where), False


def _pipeline_rules(item: TemplateResource, stage: Path) -> Iterator[_Found]:
    """Yield the functions that the conditions of a stage ask."""
    for when in ("BeforeEntry", "OnSuccess", "OnFailure"):
        conditions = (*stage, when, "Conditions")
        for condition in range(len(item.entries(*conditions) or ())):
            rules = (*conditions, condition, "Rules")
            for index in range(len(item.entries(*rules) or ())):
                if item.get(*rules, index, "RuleTypeId", "Provider") == "LambdaInvoke":
                    where = (*rules, index, "Configuration", "FunctionName")
                    yield TriggerKind.OTHER, where, item.get(*where), False


def _provider(item: TemplateResource) -> Iterator[_Found]:
    """Yield what the CDK's provider of custom resources puts its own function in front of."""
    for what in ("ON_EVENT", "IS_COMPLETE"):
        path = ("Environment", "Variables", f"USER_{what}_FUNCTION_ARN")
        yield TriggerKind.OTHER, path, item.get(*path), True


def _hooks(item: TemplateResource) -> Iterator[_Found]:
    """Yield what CodeDeploy invokes before and after it moves an alias."""
    policy = item.resource.update_policy
    for when in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook") if policy is not None else ():
        path = ("CodeDeployLambdaAliasUpdate", when)
        value = item.within(policy, *path, at=("UpdatePolicy",))
        yield TriggerKind.OTHER, ("UpdatePolicy", *path), value, False


def _automation(item: TemplateResource) -> Iterator[_Found]:
    """Yield the functions that the steps of an automation of Systems Manager invoke."""
    for step in _objects(embedded_json.parse(item.get("Content"))):
        request = step.get("inputs")
        if (
            step.get("action") == "aws:invokeLambdaFunction"
            and isinstance(request, dict)
            and "Qualifier" not in request
        ):
            waits = request.get("InvocationType", "RequestResponse") == "RequestResponse"
            yield TriggerKind.OTHER, ("Content",), item.within(request.get("FunctionName"), at=("Content",)), waits


def _permission(item: TemplateResource) -> Iterator[_Found]:
    if literal(item.get("Action")) in {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:*"}:
        # Alexa has no other place in a template, and waits for its answer.
        waits = item.get("Principal") == "alexa-appkit.amazon.com"
        yield TriggerKind.PERMISSION, ("FunctionName",), item.get("FunctionName"), waits


def _walk(item: TemplateResource, value: object, at: Path) -> Iterator[tuple[Path, object]]:
    """Every resolved value in a part of a resource that is neither object nor list, with its path."""
    match item.within(value, at=at):
        case dict(content):
            for key, inner in content.items():
                yield from _walk(item, inner, (*at, key))
        case list(content):
            for index, inner in enumerate(content):
                yield from _walk(item, inner, (*at, index))
        case resolved:
            yield at, resolved


def _objects(value: object) -> Iterator[dict[str, object]]:
    """Every object in a document, the document itself first."""
    match value:
        case dict(content):
            yield content
            for inner in content.values():
                yield from _objects(inner)
        case list(content):
            for inner in content:
                yield from _objects(inner)


_NOTIFICATION = "NotificationConfiguration"
_FINDERS: Mapping[str, Callable[[TemplateResource], Iterator[_Found]]] = {
    "AWS::Events::Rule": _each(TriggerKind.RULE, ("Targets",), "Arn"),
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Lambda::EventSourceMapping": _at(TriggerKind.EVENT_SOURCE, "FunctionName"),
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::S3::Bucket": _each(TriggerKind.BUCKET, (_NOTIFICATION, "LambdaConfigurations"), "Function"),
    "Custom::S3BucketNotifications": _each(
        TriggerKind.BUCKET, (_NOTIFICATION, "LambdaFunctionConfigurations"), "LambdaFunctionArn"
    ),
    "AWS::ApiGateway::Method": _api(api_integrations.of_method),
    "AWS::ApiGateway::RestApi": _api(api_integrations.of_body),
    "AWS::ApiGatewayV2::Api": _api(api_integrations.of_body),
    "AWS::ApiGatewayV2::Integration": _api(api_integrations.of_route),
    "AWS::ApiGateway::Authorizer": _at(TriggerKind.API, "AuthorizerUri", waits=True),
    "AWS::ApiGatewayV2::Authorizer": _at(TriggerKind.API, "AuthorizerUri", waits=True),
    "AWS::Lambda::Alias": _hooks,
    "AWS::Lambda::Function": _provider,
    "AWS::Lambda::Url": _at(TriggerKind.URL, "TargetFunctionArn", waits=True),
    "AWS::StepFunctions::StateMachine": _state_machine,
    "AWS::Lambda::Permission": _permission,
    "AWS::Pipes::Pipe": _pipe,
    "AWS::Logs::SubscriptionFilter": _at(TriggerKind.OTHER, "DestinationArn"),
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::AppSync::DataSource": _at(TriggerKind.OTHER, "LambdaConfig", "LambdaFunctionArn", waits=True),
    "AWS::Lambda::EventInvokeConfig": _destinations,
    "AWS::Config::ConfigRule": _config_rule,
    "AWS::SSM::Document": _automation,
    "AWS::SecretsManager::RotationSchedule": _at(TriggerKind.OTHER, "RotationLambdaARN"),
    "AWS::SES::ReceiptRule": _receipt_rule,
    "AWS::S3ObjectLambda::AccessPoint": _object_lambda,
    "AWS::KinesisFirehose::DeliveryStream": _delivery_stream,
    "AWS::CodePipeline::Pipeline": _pipeline,
    "AWS::CloudFormation::CustomResource": _at(TriggerKind.OTHER, "ServiceToken"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _each(TriggerKind.OTHER, ("Targets",), "Id", waits=True),
}
