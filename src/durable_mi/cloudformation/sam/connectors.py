"""What SAM's connectors grant on a function: invocations of its ARN without a qualifier.

The AWS SAM Developer Guide, "Connector reference", lists the policy of each pair of source and destination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.sam.values import properties_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.cloudformation.sam.values import Body

__all__ = ["connector_resources"]

_CONNECTOR: Final = "AWS::Serverless::Connector"
_FUNCTIONS: Final = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})
# Their roles get a policy.
_BY_ROLE: Final = _FUNCTIONS | {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"}
# The function gets a permission for their service.
_BY_PERMISSION: Final = {
    "AWS::ApiGateway::RestApi": "apigateway",
    "AWS::ApiGatewayV2::Api": "apigateway",
    "AWS::AppSync::GraphQLApi": "appsync",
    "AWS::Events::Rule": "events",
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::Serverless::Api": "apigateway",
    "AWS::Serverless::HttpApi": "apigateway",
}


def connector_resources(resources: Mapping[str, Any]) -> Iterator[tuple[str, str, Body]]:
    """Yield what connectors to functions make, each with its logical id and the resource that it stems from.

    Args:
        resources: The resources of a SAM template.
    """
    for logical_id, body in resources.items():
        if not isinstance(body, dict):
            continue
        if body.get("Type") == _CONNECTOR:
            given = properties_of(body)
            source = given.get("Source")
            source_id = source.get("Id") if isinstance(source, dict) else None
            yield from _made(resources, logical_id, logical_id, source_id, given)
        connectors = body.get("Connectors")
        for name, connector in connectors.items() if isinstance(connectors, dict) else ():
            if isinstance(connector, dict):
                yield from _made(resources, f"{logical_id}{name}", logical_id, logical_id, properties_of(connector))


def _made(
    resources: Mapping[str, Any], new_id: str, origin: str, source_id: object, given: Mapping[str, Any]
) -> Iterator[tuple[str, str, Body]]:
    permissions, destinations = given.get("Permissions"), given.get("Destination")
    source = resources.get(source_id) if isinstance(source_id, str) else None
    if not isinstance(source, dict) or not isinstance(permissions, list) or "Write" not in permissions:
        return
    for index, destination in enumerate(destinations if isinstance(destinations, list) else [destinations]):
        target = destination.get("Id") if isinstance(destination, dict) else None
        body = resources.get(target) if isinstance(target, str) else None
        if not isinstance(body, dict) or body.get("Type") not in _FUNCTIONS:
            continue
        made = _grant(str(source_id), source, {"Fn::GetAtt": [target, "Arn"]})
        if made is not None:
            yield f"{new_id}Connector{index}", origin, made


def _grant(source_id: str, source: Body, arn: Body) -> Body | None:
    kind = source.get("Type")
    if kind in _BY_ROLE:
        statement = {"Effect": "Allow", "Action": ["lambda:InvokeAsync", "lambda:InvokeFunction"], "Resource": [arn]}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        properties = {"PolicyDocument": policy, "Roles": _roles(source_id, source)}
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    service = _BY_PERMISSION.get(str(kind))
    if service is None:
        return None
    properties = {"Action": "lambda:InvokeFunction", "Principal": f"{service}.amazonaws.com", "FunctionName": arn}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


def _roles(source_id: str, source: Body) -> list[Body]:
    given = properties_of(source)
    match given.get("Role", given.get("RoleArn")):
        case {"Fn::GetAtt": [str(role), "Arn"]}:
            return [{"Ref": role}]
        case {"Fn::GetAtt": str(path)}:
            return [{"Ref": path.partition(".")[0]}]
        case None if str(source["Type"]).startswith("AWS::Serverless::"):
            return [{"Ref": f"{source_id}Role"}]
    return []
