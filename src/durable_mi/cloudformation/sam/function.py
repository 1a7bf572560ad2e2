"""What SAM makes of ``AWS::Serverless::Function``: the function, its role, version, alias, URL and triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.cloudformation.sam.values import Body

__all__ = ["function_resources", "role_of"]

# Properties that SAM hands on as they are.
_SAME: Final = (
    "Architectures",
    "DurableConfig",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "FunctionScalingConfig",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "PublishToLatestPublished",
    "ReservedConcurrentExecutions",
    "Runtime",
    "SnapStart",
    "Timeout",
    "VpcConfig",
)
# SAM finds the path of one of AWS's policies by the name.
_PATHS: Final = {"AWSLambdaBasicDurableExecutionRolePolicy": "service-role/"}
# Misspelt ones are handed on too, which a rule finds.
_BEGINNINGS: Final = ("durab", "capacityprov", "functionscal", "publishtolatest")
_POLICY: Final = "arn:${AWS::Partition}:iam::aws:policy/"


def function_resources(logical_id: str, body: Body) -> dict[str, Body]:
    """Translate a function.

    Args:
        logical_id: Its logical id.
        body: The resource with the globals merged in.

    Returns:
        Resources by logical id. The generated ones are named after the function: ``Role``, ``Version``, ``Alias``,
        ``Url``, ``InvokeConfig``, and ``Event`` with the event's name.
    """
    given = body["Properties"]
    properties = {key: given[key] for key in _SAME if key in given}
    properties |= {key: value for key, value in given.items() if key.lower().startswith(_BEGINNINGS)}
    made: dict[str, Body] = {}
    provider = given.get("CapacityProviderConfig")
    if provider is not None:
        properties["CapacityProviderConfig"] = _provider(provider)
    properties["Role"] = given.get("Role")
    if properties["Role"] is None:
        made[f"{logical_id}Role"] = _role(given)
        properties["Role"] = {"Fn::GetAtt": [f"{logical_id}Role", "Arn"]}
    if given.get("AutoPublishAlias") is not None:
        made.update(_release(logical_id, given, body))
        target: Body = {"Ref": f"{logical_id}Alias"}
    else:
        target = {"Fn::GetAtt": [logical_id, "Arn"]}
    made.update(_invocation(logical_id, given, target))
    return {logical_id: {"Type": "AWS::Lambda::Function", "Properties": properties}, **made}


def _provider(given: object) -> object:
    if not isinstance(given, dict):
        return given
    match given:
        case {"Fn::If": [condition, yes, no]}:
            return {"Fn::If": [condition, _provider(yes), _provider(no)]}
        case {"Ref": "AWS::NoValue"}:
            return given
    if "Arn" not in given:
        # SAM requires it. What else is given has its place in CloudFormation's own function.
        return {**given, "Arn": None}
    inner = {key: value for key, value in given.items() if key != "Arn"}
    return {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": given["Arn"], **inner}}


def _role(given: Mapping[str, Any]) -> Body:
    durable = given.get("DurableConfig") is not None
    basic = "AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole"
    return role_of(given, f"service-role/{basic}")


def role_of(given: Mapping[str, Any], *managed: str) -> Body:
    """Return the role that SAM makes of a resource's policies.

    Args:
        given: The resource's properties.
        managed: Names of AWS's managed policies that SAM adds, each with its path.
    """
    arns: list[object] = [{"Fn::Sub": f"{_POLICY}{name}"} for name in managed]
    inline = []
    policies = given.get("Policies", ())
    for policy in policies if isinstance(policies, list) else [policies]:
        if isinstance(policy, str):
            arns.append(
                policy if policy.startswith("arn:") else {"Fn::Sub": f"{_POLICY}{_PATHS.get(policy, '')}{policy}"}
            )
        elif isinstance(policy, dict) and "Statement" in policy:
            inline.append({"PolicyName": "Inline", "PolicyDocument": policy})
        elif isinstance(policy, dict) and "LambdaInvokePolicy" in policy:
            inline.append({"PolicyName": "Invoke", "PolicyDocument": _invocations_of(policy["LambdaInvokePolicy"])})
        elif isinstance(policy, dict) and any(key == "Ref" or key.startswith("Fn::") for key in policy):
            arns.append(policy)
    properties: dict[str, Any] = {"ManagedPolicyArns": arns, "Policies": inline}
    properties |= {key: given[key] for key in ("AssumeRolePolicyDocument", "PermissionsBoundary") if key in given}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _invocations_of(given: object) -> Body:
    """Return what SAM makes of its one policy template that is about functions."""
    name = given.get("FunctionName") if isinstance(given, dict) else None
    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${functionName}*"
    resource = {"Fn::Sub": [arn, {"functionName": name}]}
    return {"Statement": [{"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": resource}]}


def _release(logical_id: str, given: Mapping[str, Any], body: Body) -> dict[str, Body]:
    name = {"Ref": logical_id}
    by_default = "Retain" if given.get("CapacityProviderConfig") is None else "Delete"
    version: Body = {"FunctionName": name}
    if "FunctionScalingConfig" in given:
        version["FunctionScalingConfig"] = given["FunctionScalingConfig"]
    alias = {
        "Name": given["AutoPublishAlias"],
        "FunctionName": name,
        "FunctionVersion": {"Fn::GetAtt": [f"{logical_id}Version", "Version"]},
    }
    if "ProvisionedConcurrencyConfig" in given:
        alias["ProvisionedConcurrencyConfig"] = given["ProvisionedConcurrencyConfig"]
    preference = given.get("DeploymentPreference")
    hooks = preference.get("Hooks") if isinstance(preference, dict) else None
    names = {"PreTraffic": "BeforeAllowTrafficHook", "PostTraffic": "AfterAllowTrafficHook"}
    update = {names[key]: hooks[key] for key in names if key in hooks} if isinstance(hooks, dict) else {}
    return {
        f"{logical_id}Version": {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": body.get("DeletionPolicy", given.get("VersionDeletionPolicy", by_default)),
            "Properties": version,
        },
        f"{logical_id}Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": alias,
            **({"UpdatePolicy": {"CodeDeployLambdaAliasUpdate": update}} if update else {}),
        },
    }


def _invocation(logical_id: str, given: Mapping[str, Any], target: Body) -> Iterator[tuple[str, Body]]:
    if given.get("FunctionUrlConfig") is not None:
        yield f"{logical_id}Url", {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": target}}
    config = given.get("EventInvokeConfig")
    if isinstance(config, dict):
        properties = {**config, "FunctionName": {"Ref": logical_id}}
        yield f"{logical_id}InvokeConfig", {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}
    events = given.get("Events")
    for name, event in events.items() if isinstance(events, dict) else ():
        make = _EVENTS.get(str(event.get("Type"))) if isinstance(event, dict) else None
        if make is not None:
            resource_type, properties = make(target)
            yield f"{logical_id}Event{name}", {"Type": resource_type, "Properties": properties}


_Made = tuple[str, "Body"]


def _rule(target: Body) -> _Made:
    return "AWS::Events::Rule", {"Targets": [{"Arn": target}]}


def _schedule(target: Body) -> _Made:
    return "AWS::Scheduler::Schedule", {"Target": {"Arn": target}}


def _event_source(target: Body) -> _Made:
    return "AWS::Lambda::EventSourceMapping", {"FunctionName": target}


def _topic(target: Body) -> _Made:
    return "AWS::SNS::Subscription", {"Protocol": "lambda", "Endpoint": target}


def _bucket(target: Body) -> _Made:
    notifications = {"LambdaConfigurations": [{"Function": target}]}
    return "AWS::S3::Bucket", {"NotificationConfiguration": notifications}


def _api(target: Body) -> _Made:
    return "AWS::ApiGateway::Method", {"Integration": {"Uri": target}}


def _http_api(target: Body) -> _Made:
    return "AWS::ApiGatewayV2::Integration", {"IntegrationUri": target}


def _logs(target: Body) -> _Made:
    return "AWS::Logs::SubscriptionFilter", {"DestinationArn": target}


def _iot(target: Body) -> _Made:
    return "AWS::IoT::TopicRule", {"TopicRulePayload": {"Actions": [{"Lambda": {"FunctionArn": target}}]}}


def _skill(target: Body) -> _Made:
    principal = "alexa-appkit.amazon.com"
    properties = {"Action": "lambda:InvokeFunction", "FunctionName": target, "Principal": principal}
    return "AWS::Lambda::Permission", properties


def _user_pool(target: Body) -> _Made:
    # Whichever of its triggers: the pool waits for each of them.
    return "AWS::Cognito::UserPool", {"LambdaConfig": {"PreSignUp": target}}


_EVENTS: Final[Mapping[str, Callable[[Body], _Made]]] = {
    "AlexaSkill": _skill,
    "Api": _api,
    "CloudWatchEvent": _rule,
    "CloudWatchLogs": _logs,
    "Cognito": _user_pool,
    "DocumentDB": _event_source,
    "DynamoDB": _event_source,
    "EventBridgeRule": _rule,
    "HttpApi": _http_api,
    "IoTRule": _iot,
    "Kinesis": _event_source,
    "MQ": _event_source,
    "MSK": _event_source,
    "S3": _bucket,
    "SNS": _topic,
    "SQS": _event_source,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
    "SelfManagedKafka": _event_source,
}
