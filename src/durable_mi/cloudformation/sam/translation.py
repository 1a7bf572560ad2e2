"""SAM templates in the form that CloudFormation gets them in, as far as the rules ask.

The AWS SAM Developer Guide, "Generated CloudFormation resources", lists what SAM's translator makes of a resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.sam.connectors import connector_resources
from durable_mi.cloudformation.sam.function import function_resources, role_of
from durable_mi.cloudformation.sam.values import merged, properties_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.cloudformation.sam.values import Body

__all__ = ["is_sam", "translate"]

_PREFIX: Final = "AWS::Serverless::"
# What a template may refer to by the name of the resource that it stems from. Other parts are attributes.
_GENERATED: Final = frozenset({"Alias", "Version", "DestinationTopic", "DestinationQueue", "Stage", "Deployment"})
_VARIABLE: Final = re.compile(r"\$\{(\s*[A-Za-z0-9]+\.[A-Za-z]+\s*)\}")
_OPERATOR_POLICY: Final = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"}


def is_sam(content: Mapping[str, Any]) -> bool:
    """Return whether a template has SAM resources, or a connector in another one."""
    resources = content.get("Resources")
    return isinstance(resources, dict) and any(
        _sam_type(body) or (isinstance(body, dict) and "Connectors" in body) for body in resources.values()
    )


def translate(
    content: Mapping[str, Any], include: Callable[[str], object] = lambda _: None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Put what CloudFormation gets in the place of SAM's resources.

    Args:
        content: A template whose resources are objects.
        include: Gives the content of a file beside the template, ``None`` where there is none. Defaults to none.

    Returns:
        The template, and for each resource that the file does not hold the logical id that it stems from.
    """
    resources: dict[str, Any] = {}
    origins: dict[str, str] = {}
    sections = content.get("Globals")
    for logical_id, body in content["Resources"].items():
        kind = _sam_type(body)
        translator = _TRANSLATORS.get(kind or "")
        if translator is None:
            resources.setdefault(logical_id, body)
            continue
        shared = sections.get(kind) if isinstance(sections, dict) else None
        given = _with_definition(merged(_used(shared, body), properties_of(body)), include)
        made = translator(logical_id, {**body, "Properties": given})
        condition = {"Condition": body["Condition"]} if "Condition" in body else {}
        for new_id, resource in made.items():
            resources[new_id] = {**condition, **resource}
            if new_id != logical_id:
                origins[new_id] = logical_id
    for new_id, origin, resource in connector_resources(content["Resources"]):
        resources.setdefault(new_id, resource)
        origins.setdefault(new_id, origin)
    return {**content, "Resources": _referring(resources, origins)}, origins


def _with_definition(given: Body, include: Callable[[str], object]) -> Body:
    """Put the content of a local file in the place of its name, as SAM's packaging does."""
    location = given.get("DefinitionUri")
    content = include(location) if isinstance(location, str) else None
    if not isinstance(content, dict):
        return given
    kept = {key: value for key, value in given.items() if key != "DefinitionUri"}
    return {**kept, "Definition": content, "DefinitionBody": content}


def _sam_type(body: object) -> str | None:
    kind = body.get("Type") if isinstance(body, dict) else None
    return kind.removeprefix(_PREFIX) if isinstance(kind, str) and kind.startswith(_PREFIX) else None


def _used(shared: object, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the globals that apply to a resource."""
    ignored = body.get("IgnoreGlobals", ())
    if not isinstance(shared, dict) or ignored == "*":
        return {}
    return {key: value for key, value in shared.items() if not isinstance(ignored, list) or key not in ignored}


def _referring(value: Any, origins: Mapping[str, str]) -> Any:  # noqa: ANN401 - any part of a template
    """Replace references to what SAM generates (``!Ref Function.Alias``) with references to our resources."""
    if isinstance(value, dict):
        reference, text = value.get("Ref"), value.get("Fn::Sub")
        if isinstance(reference, str) and "." in reference:
            return {"Ref": _generated(reference, origins)}
        if isinstance(text, str):
            return {**value, "Fn::Sub": _substituting(text, origins)}
        if isinstance(text, list) and text and isinstance(text[0], str):
            return {**value, "Fn::Sub": [_substituting(text[0], origins), *_referring(text[1:], origins)]}
        return {key: _referring(item, origins) for key, item in value.items()}
    if isinstance(value, list):
        return [_referring(item, origins) for item in value]
    return value


def _generated(reference: str, origins: Mapping[str, str]) -> str:
    """Return our resource for what SAM calls ``Function.Alias``; the reference itself where there is none."""
    owner, _, part = reference.partition(".")
    return f"{owner}{part}" if part in _GENERATED and origins.get(f"{owner}{part}") == owner else reference


def _substituting(text: str, origins: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: f"${{{_generated(found[1].strip(), origins)}}}", text)


# Of each of these the translation has a SAM name without a value if the template has CloudFormation's.
_SAM_NAMES: Final = {"CapacityProviderScalingConfig": "ScalingConfig", "PermissionsConfig": "OperatorRole"}
_TYPES: Final = {"AllowedTypes": "AllowedInstanceTypes", "ExcludedTypes": "ExcludedInstanceTypes"}
_OF_SAM_PROVIDER: Final = frozenset({"InstanceRequirements", "OperatorRole", "PropagateTags", "ScalingConfig", "Tags"})


def _capacity_provider(logical_id: str, body: Body) -> dict[str, Body]:
    given = body["Properties"]
    requirements, scaling = given.get("InstanceRequirements"), given.get("ScalingConfig")
    # What is not SAM's is handed on, which rules find.
    properties = {key: value for key, value in given.items() if key not in _OF_SAM_PROVIDER}
    properties |= {sam: None for cloudformation, sam in _SAM_NAMES.items() if cloudformation in given}
    made: dict[str, Body] = {}
    role = given.get("OperatorRole")
    if role is None:
        made[f"{logical_id}OperatorRole"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"ManagedPolicyArns": [_OPERATOR_POLICY]},
        }
        role = {"Fn::GetAtt": [f"{logical_id}OperatorRole", "Arn"]}
    properties["PermissionsConfig"] = {"CapacityProviderOperatorRoleArn": role}
    if isinstance(requirements, dict):
        properties["InstanceRequirements"] = {
            **{_TYPES.get(key, key): value for key, value in requirements.items()},
            **{sam: None for sam, cloudformation in _TYPES.items() if cloudformation in requirements},
        }
    if isinstance(scaling, dict):
        properties["CapacityProviderScalingConfig"] = _scaling(scaling)
    return {logical_id: {"Type": "AWS::Lambda::CapacityProvider", "Properties": properties}, **made}


def _scaling(given: Mapping[str, Any]) -> dict[str, Any]:
    scaling = {key: value for key, value in given.items() if key != "AverageCPUUtilization"}
    target = given.get("AverageCPUUtilization")
    if target is None:
        return scaling
    metric = "LambdaCapacityProviderAverageCPUUtilization"
    policies = [{"PredefinedMetricType": metric, "TargetValue": target}]
    return {**scaling, "ScalingMode": "Manual", "ScalingPolicies": policies}


def _state_machine(logical_id: str, body: Body) -> dict[str, Body]:
    given = body["Properties"]
    kept = ("Definition", "DefinitionSubstitutions")
    properties = {key: given[key] for key in kept if key in given}
    if "DefinitionUri" in given:
        properties["DefinitionS3Location"] = given["DefinitionUri"]
    made: dict[str, Body] = {}
    properties["RoleArn"] = given.get("Role")
    if properties["RoleArn"] is None:
        made[f"{logical_id}Role"] = role_of(given)
        properties["RoleArn"] = {"Fn::GetAtt": [f"{logical_id}Role", "Arn"]}
    return {logical_id: {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}, **made}


def _api(resource_type: str) -> Callable[[str, Body], dict[str, Body]]:
    def translate_api(logical_id: str, body: Body) -> dict[str, Body]:
        given = body["Properties"]
        auth = given.get("Auth")
        authorizers = auth.get("Authorizers") if isinstance(auth, dict) else None
        properties = {"Body": given.get("DefinitionBody"), "BodyS3Location": given.get("DefinitionUri")}
        return {
            logical_id: {"Type": resource_type, "Properties": properties},
            **{
                f"{logical_id}Authorizer{name}": {
                    "Type": "AWS::ApiGateway::Authorizer",
                    "Properties": {"AuthorizerUri": authorizer["FunctionArn"]},
                }
                for name, authorizer in (authorizers.items() if isinstance(authorizers, dict) else ())
                if isinstance(authorizer, dict) and "FunctionArn" in authorizer
            },
        }

    return translate_api


_TRANSLATORS: Final[Mapping[str, Callable[[str, Body], dict[str, Body]]]] = {
    "Function": function_resources,
    "CapacityProvider": _capacity_provider,
    "StateMachine": _state_machine,
    "Api": _api("AWS::ApiGateway::RestApi"),
    "HttpApi": _api("AWS::ApiGatewayV2::Api"),
}
