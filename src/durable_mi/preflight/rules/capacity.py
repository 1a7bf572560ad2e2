"""Capacity providers, and how much of them functions keep (DMI107 to DMI113)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks import capacity, environments
from durable_mi.cloudformation.values import Reference, Text, Unknown, shown
from durable_mi.preflight.parameters import changes_with_releases, names_a_release
from durable_mi.preflight.rejection import rejection
from durable_mi.preflight.rules.size import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

_SCALING: Final = "CapacityProviderScalingConfig"
_MIN: Final = ("FunctionScalingConfig", "MinExecutionEnvironments")
_MAX: Final = ("FunctionScalingConfig", "MaxExecutionEnvironments")


@GROUP.error(
    "DMI107",
    "no minimum of 0 execution environments without a maximum of 0",
    why="Traffic does not wake a version that has none. Lambda takes a minimum of 0 only to switch a version off.",
    fix="Set MinExecutionEnvironments to 1 or more, 3 for one in each zone; or set both to 0 to switch it off.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling",
)
def _minimum_zero(model: Model) -> Iterator[Finding]:
    for owner, minimum, maximum in _scalings(model):
        if minimum == 0 and maximum != 0:
            message = rejection(environments.check_execution_environments, minimum, maximum)
            if message is not None:
                yield owner.finding(message, *_MIN)


@GROUP.error(
    "DMI108",
    "the minimum of execution environments is not above the maximum",
    why="Lambda rejects such a scaling configuration. A minimum that is not given is 3.",
    fix="Lower MinExecutionEnvironments, or raise MaxExecutionEnvironments.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling",
)
def _minimum_above_maximum(model: Model) -> Iterator[Finding]:
    for owner, minimum, maximum in _scalings(model):
        if maximum is not None and minimum > maximum:
            message = rejection(environments.check_execution_environments, minimum, maximum)
            if message is not None:
                yield owner.finding(message, *(_MIN if owner.has(*_MIN) else _MAX))


@GROUP.error(
    "DMI109",
    "the minimums of all versions fit under the capacity provider's vCPUs",
    why=(
        "Each published version keeps its minimum of execution environments warm. The one that no longer fits under "
        'MaxVCpuCount fails to publish with "MinimumExecutionEnvironments can\'t be provisioned".'
    ),
    fix="Raise MaxVCpuCount well above the sum, or lower minimums; beside a version, publish no $LATEST.PUBLISHED.",
    source="Lambda Developer Guide, lambda-managed-instances-capacity-providers; durable-execution-sdk-js issue 495",
)
def _fits(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        most = provider.number(_SCALING, "MaxVCpuCount", default=limits.DEFAULT_MAX_VCPUS)
        terms = list(_terms(model, provider))
        needed = sum(vcpus for _, vcpus in terms)
        if most is not None and needed > most:
            sum_of = " + ".join(f"{vcpus} ({what})" for what, vcpus in terms)
            yield provider.finding(
                f"MaxVCpuCount must be at least the vCPUs that stay warm, {sum_of} = {needed}, got {most}: "
                f"raise it to {needed} or more, or lower MinExecutionEnvironments",
                *((_SCALING, "MaxVCpuCount") if provider.has(_SCALING, "MaxVCpuCount") else ()),
            )


@GROUP.error(
    "DMI110",
    "scaling policies come with ScalingMode Manual",
    why='"A scaling policy can\'t be specified when the scalingMode is set to Auto", and Auto is the default.',
    fix="Set ScalingMode to Manual, or leave ScalingPolicies out.",
    source="CloudFormation schema; Lambda API error text",
)
def _policies(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        mode = provider.text(_SCALING, "ScalingMode", default="Auto")
        if mode == "Auto" and provider.entries(_SCALING, "ScalingPolicies"):
            yield provider.finding(
                "ScalingPolicies must come with ScalingMode Manual, got Auto: set it to Manual, or leave them out",
                _SCALING,
                "ScalingPolicies",
            )


@GROUP.error(
    "DMI111",
    "instance types are allowed or excluded, not both",
    why="Lambda takes one of the two lists.",
    fix="Keep the one that says it in fewer words, or neither, which AWS recommends.",
    source="Lambda Developer Guide, lambda-managed-instances-capacity-providers",
)
def _instance_types(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if all(provider.has("InstanceRequirements", f"{which}InstanceTypes") for which in ("Allowed", "Excluded")):
            message = rejection(capacity.check_instance_types, ["*"], ["*"])
            if message is not None:
                yield provider.finding(message, "InstanceRequirements")


@GROUP.warning(
    "DMI112",
    "nothing that is replaced has a fixed name",
    why=(
        "Network, architecture, instance types and operator role of a capacity provider, and durability of a function, "
        "can only be set at creation. A change replaces the resource, and CloudFormation makes the new one first: with "
        "a fixed name the deploy fails with a name that exists already."
    ),
    fix="Leave the name out, and take it from an output where it is needed.",
    source="CloudFormation schema (create-only properties); AWS CDK reference of DurableConfig",
)
def _fixed_names(model: Model) -> Iterator[Finding]:
    named = [(provider, "CapacityProviderName") for provider in model.providers]
    named += [(function.item, "FunctionName") for function in model.durable]
    for item, key in named:
        value = item.get(key)
        if _is_fixed(value) and not names_a_release(item.resource.properties.get(key), model.release_parameters):
            yield item.finding(
                f"{key} should be left to CloudFormation, got {shown(value)}, with which a change that replaces the "
                "resource collides: leave it out, and read it from an output",
                key,
            )


@GROUP.warning(
    "DMI113",
    "subnets are in three Availability Zones",
    why="Lambda spreads instances over three zones by default, so that functions outlive one.",
    fix="Name a subnet in each of three zones.",
    source="Lambda Developer Guide, lambda-managed-instances; AWS Compute Blog, 2026-03-30",
)
def _zones(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        subnets = provider.entries("VpcConfig", "SubnetIds")
        zones = {_zone(model, subnet) for subnet in subnets or ()}
        if not zones or None in zones or len({limits.ZONE_ID.fullmatch(zone or "") is None for zone in zones}) > 1:
            continue  # a name and an id can be the same zone
        if capacity.check_zones(len(zones)) is not None:
            yield provider.finding(
                f"SubnetIds should be in {limits.RESILIENT_ZONES} Availability Zones, got {len(zones)}: "
                "name a subnet in each of three zones",
                "VpcConfig",
                "SubnetIds",
            )


def _scalings(model: Model) -> Iterator[tuple[TemplateResource, float, float | None]]:
    """Everything that scales by itself, with its minimum and maximum of execution environments."""
    for function in model.managed:
        for owner in (function.item, *model.versions.get(function.id, ())):
            if not owner.has("FunctionScalingConfig"):
                continue
            minimum = function.minimum_environments(owner)
            if minimum is not None and not isinstance(owner.get(*_MAX), Unknown):
                yield owner, minimum, owner.number(*_MAX)


def _terms(model: Model, provider: TemplateResource) -> Iterator[tuple[str, float]]:
    """Yield what each version on a capacity provider keeps warm, in vCPUs."""
    for function in model.users(provider):
        vcpus = function.vcpus
        owners = list(model.versions.get(function.id, ()))
        if function.publishes_latest and vcpus is not None:
            owners.append(function.item)
        for owner in owners:
            minimum = function.minimum_environments(owner)
            if vcpus is not None and minimum:
                yield f"{minimum} environments x {vcpus} vCPU of {owner.id}", minimum * vcpus


def _is_fixed(value: object) -> bool:
    """Return whether a name stays the same from one deployment of a stack to the next."""
    if not isinstance(value, Text):
        return (isinstance(value, str) and value != "") or (
            isinstance(value, Unknown) and value.what.startswith("AWS::")
        )
    unknown = [part for part in value.parts if not isinstance(part, str)]
    return all(
        isinstance(part, Unknown)
        and (part.what.startswith("AWS::") or part.what.startswith("parameter "))
        and not changes_with_releases(part)
        for part in unknown
    )


def _zone(model: Model, subnet: object) -> str | None:
    """Return the zone of a subnet of the template, ``None`` where it is not known."""
    item = model.items.get(subnet.logical_id) if isinstance(subnet, Reference) else None
    if item is None or item.type != "AWS::EC2::Subnet":
        return None
    zone = item.get("AvailabilityZone" if item.has("AvailabilityZone") else "AvailabilityZoneId")
    return shown(zone) if isinstance(zone, str) else None
