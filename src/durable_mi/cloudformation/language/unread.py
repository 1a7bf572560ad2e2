"""Parts of a template that are not looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Unread", "unread_resource", "unread_transforms"]

_READ_TRANSFORMS: Final = frozenset(
    {
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::Serverless-2016-10-31",
    }
)
_READ_SAM: Final = frozenset(
    {
        "Api",
        "Application",
        "CapacityProvider",
        "Connector",
        "Function",
        "HttpApi",
        "LayerVersion",
        "SimpleTable",
        "StateMachine",
    }
)
_OTHER_TEMPLATES: Final = {
    "AWS::CloudFormation::Stack": "a nested stack",
    "AWS::CloudFormation::StackSet": "a stack set",
    "AWS::Serverless::Application": "a nested application",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "a provisioned product",
}
# Properties that name a file in S3, whose content rules ask for.
_IN_S3: Final = {
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "an API"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "an API"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "a state machine"),
}


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A part of a template that is not looked into.

    Attributes:
        logical_id: The resource, or the key beside resources; empty for the template as a whole.
        what: What it is.
        is_caller: Whether it can only be of interest by the functions that it invokes.
    """

    logical_id: str
    what: str
    is_caller: bool = False

    def __str__(self) -> str:
        """Return the name with what it is."""
        return f"{self.logical_id} ({self.what})" if self.logical_id else self.what


def unread_resource(logical_id: str, body: Mapping[str, Any]) -> Unread | None:
    """Return why a resource is not looked into; ``None`` where it is.

    Args:
        logical_id: Its logical id.
        body: The resource.
    """
    kind = body.get("Type")
    if not isinstance(kind, str):
        return None
    if kind.endswith("::MODULE"):
        return Unread(logical_id, f"the module {kind}")
    if kind in _OTHER_TEMPLATES:
        return Unread(logical_id, f"{_OTHER_TEMPLATES[kind]}, whose template is elsewhere")
    location, what = _IN_S3.get(kind, ("", ""))
    properties = body.get("Properties")
    if location and isinstance(properties, dict) and properties.get(location) is not None:
        return Unread(logical_id, f"{what}, whose definition is elsewhere", is_caller=True)
    if kind.startswith("AWS::Serverless::") and kind.removeprefix("AWS::Serverless::") not in _READ_SAM:
        return Unread(logical_id, f"the SAM resource type {kind}")
    return None


def unread_transforms(template: Mapping[str, Any]) -> Iterator[Unread]:
    """Yield the macros over a whole template that are not followed.

    Args:
        template: The template.
    """
    declared = template.get("Transform")
    for each in declared if isinstance(declared, list) else [declared]:
        name = each.get("Name") if isinstance(each, dict) else each
        if isinstance(name, str) and name not in _READ_TRANSFORMS:
            yield Unread("", f"what the transform {name} makes of the template")
