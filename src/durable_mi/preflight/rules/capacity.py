"""Capacity providers, and how functions fit on them (DMI1xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks import capacity, environments, size
from durable_mi.preflight.family import Family, refusal
from durable_mi.preflight.function import PROVIDER_CONFIG
from durable_mi.preflight.values import Reference, Unknown, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.item import Item
    from durable_mi.preflight.model import Model

__all__ = ["FAMILY"]

FAMILY: Final = Family("Capacity")

_SCALING: Final = "CapacityProviderScalingConfig"
_MIN: Final = ("FunctionScalingConfig", "MinExecutionEnvironments")
_MAX: Final = ("FunctionScalingConfig", "MaxExecutionEnvironments")
_DEFAULT_ARCHITECTURE: Final = "x86_64"


@FAMILY.error(
    "DMI101",
    "the function has its capacity provider's architecture",
    why="A capacity provider starts instances of one architecture. Lambda refuses a function of the other.",
    fix="Give both the same Architectures. A function and a capacity provider without any are x86_64.",
    source="Lambda Developer Guide, lambda-managed-instances-getting-started; CloudFormation schema",
)
def _architecture(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        provider = function.provider
        if provider is None:
            continue
        entries = provider.entries("InstanceRequirements", "Architectures")
        if entries is None or (entries and not isinstance(entries[0], str)):
            continue
        theirs = str(entries[0]) if entries else _DEFAULT_ARCHITECTURE
        ours = function.architecture
        if ours is not None and ours != theirs:
            yield function.item.finding(
                f"Architectures must be that of the capacity provider {provider.id}, {theirs}, got {ours}: "
                f"set it to [{theirs}], or InstanceRequirements.Architectures of {provider.id} to [{ours}]",
                "Architectures",
            )


@FAMILY.error(
    "DMI102",
    "memory is from 2048 to 32768 MiB",
    why="Lambda refuses a function on managed instances outside of this range.",
    fix="Set MemorySize to 2048 or more; 4096 with 4 GiB per vCPU suits most Python functions.",
    source="Lambda API error text; AWS Compute Blog, 2026-03-30",
)
def _memory_range(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        memory = function.memory_mib
        if memory is not None and not limits.MIN_MEMORY_MIB <= memory <= limits.MAX_MEMORY_MIB:
            message = refusal(size.memory, memory, limits.DEFAULT_MEMORY_GIB_PER_VCPU)
            if message is not None:
                yield function.item.finding(message, "MemorySize")


@FAMILY.error(
    "DMI103",
    "memory is a multiple of the memory of one vCPU",
    why="An execution environment has whole vCPUs. Lambda refuses memory that does not divide by the ratio.",
    fix="Set MemorySize to a multiple of ExecutionEnvironmentMemoryGiBPerVCpu (2 where it is not given) times 1024.",
    source="AWS Compute Blog, 2026-03-30; Lambda API error text",
)
def _memory_multiple(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        memory, ratio = function.memory_mib, function.gib_per_vcpu
        if memory is None or ratio not in limits.MEMORY_GIB_PER_VCPU:
            continue
        message = refusal(size.memory, memory, ratio)
        if message is not None and limits.MIN_MEMORY_MIB <= memory <= limits.MAX_MEMORY_MIB:
            yield function.item.finding(message, "MemorySize")


@FAMILY.error(
    "DMI104",
    "the ratio of memory to vCPU is 2, 4 or 8",
    why="Lambda has environments of 2, 4 and 8 GiB per vCPU. The schema takes other numbers, the service does not.",
    fix="Set ExecutionEnvironmentMemoryGiBPerVCpu to 2, 4 or 8.",
    source="AWS SAM reference, sam-property-function-capacityproviderconfig; AWS Compute Blog, 2026-03-30",
)
def _ratio(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        ratio = function.gib_per_vcpu
        message = None if ratio is None else refusal(size.memory_per_vcpu, ratio)
        if message is not None:
            yield function.item.finding(message, *PROVIDER_CONFIG, "ExecutionEnvironmentMemoryGiBPerVCpu")


@FAMILY.error(
    "DMI105",
    "at most 64 concurrent invocations for each vCPU",
    why="Lambda refuses more than 64 for each vCPU of an execution environment, and more than 1600 in all.",
    fix="Lower PerExecutionEnvironmentMaxConcurrency, or give the function more memory and so more vCPUs.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling; CloudFormation schema",
)
def _concurrency(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        invocations, vcpus = _invocations(function), function.vcpus
        if invocations is not None and vcpus is not None:
            message = refusal(size.concurrency, invocations, vcpus)
            if message is not None:
                yield function.item.finding(message, *PROVIDER_CONFIG, "PerExecutionEnvironmentMaxConcurrency")


@FAMILY.warning(
    "DMI106",
    "a Python function has at most 16 processes for each vCPU",
    why=(
        "Each concurrent invocation of a Python function is a process with its own copy of everything it imports. 16 "
        "for each vCPU is what Lambda takes by itself; AWS's guides disagree whether it accepts more."
    ),
    fix="Lower PerExecutionEnvironmentMaxConcurrency, or check that the memory left for each process is enough.",
    source="Lambda Developer Guide, lambda-managed-instances-python-runtime (unconfirmed as a limit)",
)
def _processes(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        invocations, vcpus, memory = _invocations(function), function.vcpus, function.memory_mib
        if invocations is None or vcpus is None or memory is None or not function.is_python:
            continue
        if refusal(size.concurrency, invocations, vcpus) is None and size.concurrency(invocations, vcpus) is not None:
            usual = limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpus
            yield function.item.finding(
                f"PerExecutionEnvironmentMaxConcurrency should be at most {usual} for {vcpus} vCPU of Python, got "
                f"{invocations}, which leaves {memory / invocations:.0f} MiB for each process: lower it to {usual}",
                *PROVIDER_CONFIG,
                "PerExecutionEnvironmentMaxConcurrency",
            )


@FAMILY.error(
    "DMI107",
    "no minimum of 0 execution environments without a maximum of 0",
    why="Traffic does not wake a version that has none. Lambda takes a minimum of 0 only to switch a version off.",
    fix="Set MinExecutionEnvironments to 1 or more, 3 for one in each zone; or set both to 0 to switch it off.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling",
)
def _minimum_zero(model: Model) -> Iterator[Finding]:
    for owner, minimum, maximum in _scalings(model):
        if minimum == 0 and maximum != 0:
            message = refusal(environments.execution_environments, minimum, maximum)
            if message is not None:
                yield owner.finding(message, *_MIN)


@FAMILY.error(
    "DMI108",
    "the minimum of execution environments is not above the maximum",
    why="Lambda refuses such a scaling configuration. A minimum that is not given is 3.",
    fix="Lower MinExecutionEnvironments, or raise MaxExecutionEnvironments.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling",
)
def _minimum_above_maximum(model: Model) -> Iterator[Finding]:
    for owner, minimum, maximum in _scalings(model):
        if maximum is not None and minimum > maximum:
            message = refusal(environments.execution_environments, minimum, maximum)
            if message is not None:
                yield owner.finding(message, *(_MIN if owner.has(*_MIN) else _MAX))


@FAMILY.error(
    "DMI109",
    "the minimums of all versions fit under the capacity provider's vCPUs",
    why=(
        "Each published version keeps its minimum of execution environments warm. The one that no longer fits under "
        'MaxVCpuCount fails to publish with "MinimumExecutionEnvironments can\'t be provisioned".'
    ),
    fix="Raise MaxVCpuCount well above the sum, or lower minimums; beside a version, publish no $LATEST.PUBLISHED.",
    source="aws-durable-execution-sdk-js issue 495; Lambda Developer Guide, -capacity-providers",
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
                f"raise it above {needed}, or lower the minimums",
                *((_SCALING, "MaxVCpuCount") if provider.has(_SCALING, "MaxVCpuCount") else ()),
            )


@FAMILY.error(
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


@FAMILY.error(
    "DMI111",
    "instance types are allowed or excluded, not both",
    why="Lambda takes one of the two lists.",
    fix="Keep the one that says it in fewer words, or neither, which AWS recommends.",
    source="Lambda Developer Guide, lambda-managed-instances-capacity-providers",
)
def _instance_types(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if all(provider.has("InstanceRequirements", f"{which}InstanceTypes") for which in ("Allowed", "Excluded")):
            message = refusal(capacity.instance_types, ["*"], ["*"])
            if message is not None:
                yield provider.finding(message, "InstanceRequirements")


@FAMILY.warning(
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
        if isinstance(value, str):
            yield item.finding(
                f"{key} should be left to CloudFormation, got {value}: a change that replaces the resource "
                "collides with the name; leave it out and read it from an output",
                key,
            )


@FAMILY.warning(
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
        if not zones or None in zones:
            continue
        caution = capacity.zones(len(zones))
        if caution is not None:
            yield provider.finding(
                f"SubnetIds should be in {limits.RESILIENT_ZONES} Availability Zones, got {len(zones)}: "
                "name a subnet in each of three zones",
                "VpcConfig",
                "SubnetIds",
            )


def _invocations(function: Function) -> float | None:
    return function.item.number(*PROVIDER_CONFIG, "PerExecutionEnvironmentMaxConcurrency")


def _scalings(model: Model) -> Iterator[tuple[Item, float, float | None]]:
    """Everything that scales by itself, with its minimum and maximum of execution environments."""
    for function in model.managed:
        for owner in (function.item, *model.versions.get(function.id, ())):
            if not owner.has("FunctionScalingConfig"):
                continue
            minimum = function.minimum_environments(owner)
            if minimum is not None and not isinstance(owner.get(*_MAX), Unknown):
                yield owner, minimum, owner.number(*_MAX)


def _terms(model: Model, provider: Item) -> Iterator[tuple[str, float]]:
    """What each version on a capacity provider keeps warm, in vCPUs."""
    for function in model.users(provider):
        vcpus = function.vcpus
        owners = list(model.versions.get(function.id, ()))
        if function.publishes_latest and vcpus is not None:
            owners.append(function.item)
        for owner in owners:
            minimum = function.minimum_environments(owner)
            if vcpus is not None and minimum:
                yield f"{minimum} environments x {vcpus} vCPU of {owner.id}", minimum * vcpus


def _zone(model: Model, subnet: object) -> str | None:
    """The zone of a subnet of the template, ``None`` where it is not known."""
    item = model.items.get(subnet.logical_id) if isinstance(subnet, Reference) else None
    if item is None or item.type != "AWS::EC2::Subnet":
        return None
    zone = item.get("AvailabilityZone")
    return shown(zone) if isinstance(zone, str) else None
