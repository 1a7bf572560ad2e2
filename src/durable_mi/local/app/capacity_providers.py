"""The capacity providers of a synthesized app, as their API describes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.values import MISSING
from durable_mi.local.app.function_settings import resource_tags, stack_tags
from durable_mi.local.app.placeholders import Placeholders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cloudformation.assembly import CloudAssembly

__all__ = ["CapacityProvider", "capacity_providers"]

_DESCRIBED = ("PermissionsConfig", "VpcConfig", "InstanceRequirements", "CapacityProviderScalingConfig", "KmsKeyArn")


@dataclass(frozen=True, slots=True)
class CapacityProvider:
    """One capacity provider.

    Attributes:
        name: Physical name, made up where the template has none.
        arn: ARN.
        description: What GetCapacityProvider answers; it has no instances here.
        tags: Its tags, with those of CloudFormation.
    """

    name: str
    arn: str
    description: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)


def capacity_providers(assembly: CloudAssembly, region: str) -> tuple[CapacityProvider, ...]:
    """Every capacity provider of the app, but for those whose condition is false.

    Args:
        assembly: The synthesized app.
        region: Region of stacks that name none.
    """
    found = []
    for stack in assembly.stacks:
        placeholders = Placeholders(stack, region)
        for resource in stack.of_type("AWS::Lambda::CapacityProvider"):
            if placeholders.facts.exists(resource) is False:
                continue
            given = {key: placeholders.resolve(resource.properties.get(key)) for key in _DESCRIBED}
            arn = placeholders.arn(resource)
            described = {key: value for key, value in given.items() if value is not MISSING}
            required: dict[str, Any] = {"VpcConfig": {}, "PermissionsConfig": {}}
            description = {"CapacityProviderArn": arn, "State": "Active", **required, **described}
            tags = resource_tags(placeholders.resolve(resource.properties.get("Tags")))
            tags.update(stack_tags(stack, resource, placeholders))
            found.append(CapacityProvider(placeholders.name(resource), arn, description, tags))
    return tuple(found)
