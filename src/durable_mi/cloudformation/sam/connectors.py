"""What SAM's connectors grant on a function: invocations of the ARN that they are given, or of its own, unqualified.

The AWS SAM Developer Guide, "Connector reference", lists the policy of each pair of source and destination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

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


class _End(NamedTuple):
    """The source or the destination of a connector.

    Attributes:
        kind: Its type.
        arn: Its ARN; ``None`` where none is given.
        roles: The roles that it works with.
    """

    kind: str
    arn: object
    roles: list[object]


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
            yield from _made(resources, logical_id, logical_id, given.get("Source"), given)
        connectors = body.get("Connectors")
        for name, connector in connectors.items() if isinstance(connectors, dict) else ():
            if isinstance(connector, dict):
                source = {"Id": logical_id}
                yield from _made(resources, f"{logical_id}{name}", logical_id, source, properties_of(connector))


def _made(
    resources: Mapping[str, Any], new_id: str, origin: str, source: object, given: Mapping[str, Any]
) -> Iterator[tuple[str, str, Body]]:
    permissions, destinations = given.get("Permissions"), given.get("Destination")
    start = _end(resources, source)
    if start is None or not isinstance(permissions, list) or "Write" not in permissions:
        return
    for index, destination in enumerate(destinations if isinstance(destinations, list) else [destinations]):
        end = _end(resources, destination)
        made = _grant(start, end.arn) if end is not None and end.kind in _FUNCTIONS and end.arn is not None else None
        if made is not None:
            yield f"{new_id}Connector{index}", origin, made


def _end(resources: Mapping[str, Any], reference: object) -> _End | None:
    """Return what one end refers to: a resource of the template, or one elsewhere by its type and its ARN or role."""
    match reference:
        case {"Id": logical_id}:
            body = resources.get(logical_id) if isinstance(logical_id, str) else None
            if not isinstance(body, dict):
                return None
            return _End(str(body.get("Type")), {"Fn::GetAtt": [logical_id, "Arn"]}, _roles(logical_id, body))
        case {"Type": str(kind), **given}:
            return _End(kind, given.get("Arn"), [given["RoleName"]] if "RoleName" in given else [])
    return None


def _grant(source: _End, arn: object) -> Body | None:
    if source.kind in _BY_ROLE:
        statement = {"Effect": "Allow", "Action": ["lambda:InvokeAsync", "lambda:InvokeFunction"], "Resource": [arn]}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        properties: Body = {"PolicyDocument": policy, "Roles": source.roles}
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    service = _BY_PERMISSION.get(source.kind)
    if service is None:
        return None
    properties = {"Action": "lambda:InvokeFunction", "Principal": f"{service}.amazonaws.com", "FunctionName": arn}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


def _roles(source_id: str, source: Body) -> list[object]:
    given = properties_of(source)
    match given.get("Role", given.get("RoleArn")):
        case {"Fn::GetAtt": [str(role), "Arn"]}:
            return [{"Ref": role}]
        case {"Fn::GetAtt": str(path)}:
            return [{"Ref": path.partition(".")[0]}]
        case None if str(source.get("Type")).startswith("AWS::Serverless::"):
            return [{"Ref": f"{source_id}Role"}]
    return []
