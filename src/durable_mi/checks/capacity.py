"""What a capacity provider is made of: vCPUs, instance types, scaling, subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks.warning import Caution

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "arn",
    "cpu_target",
    "instance_types",
    "max_vcpus",
    "propagated_tags",
    "public_subnets",
    "security_groups",
    "subnets",
    "system_log_group",
    "zones",
]

_RESERVED_TAG: Final = "aws:"


def max_vcpus(count: float) -> None:
    """Check a capacity provider's upper bound.

    Args:
        count: vCPUs of all of its instances together.

    Raises:
        ValueError: It is not a whole number from 2 to 15,000.
    """
    if count != int(count) or not limits.MIN_MAX_VCPUS <= count <= limits.MAX_MAX_VCPUS:
        msg = (
            f"max_vcpus must be a whole number from {limits.MIN_MAX_VCPUS} to {limits.MAX_MAX_VCPUS}, got {count}: "
            "it bounds the instances of all functions on the capacity provider together"
        )
        raise ValueError(msg)


def instance_types(allowed: Collection[str] | None, excluded: Collection[str] | None) -> None:
    """Check the filter of instance types.

    Args:
        allowed: Instance types to choose from; ``None`` leaves the choice to Lambda.
        excluded: Instance types not to choose; ``None`` excludes none.

    Raises:
        ValueError: Both are given, one is empty or has more than 400 types, or a type does not look like one.
    """
    if allowed is not None and excluded is not None:
        msg = (
            "allowed_instance_types and excluded_instance_types must not be given together, got both: "
            "keep the one that says it in fewer words, or neither, which is what AWS recommends"
        )
        raise ValueError(msg)
    for name, types in (("allowed_instance_types", allowed), ("excluded_instance_types", excluded)):
        if types is None:
            continue
        if not 1 <= len(types) <= limits.MAX_INSTANCE_TYPES:
            msg = (
                f"{name} must hold 1 to {limits.MAX_INSTANCE_TYPES} instance types, got {len(types)}: leave it out to "
                "let Lambda choose, or use a wildcard such as 'm8g.*'"
            )
            raise ValueError(msg)
        for instance_type in types:
            if limits.INSTANCE_TYPE.fullmatch(instance_type) is None:
                msg = (
                    f"{name} must be names such as 'm8g.2xlarge' or 'm8g.*', 30 characters at most of letters, digits, "
                    f"'.', '-' and '*', got {instance_type!r}: correct it"
                )
                raise ValueError(msg)


def cpu_target(percent: float) -> None:
    """Check the target of scaling by CPU utilization.

    Args:
        percent: Average CPU utilization of the capacity provider's instances to hold.

    Raises:
        ValueError: It is not from 0 to 100.
    """
    if not 0 <= percent <= limits.MAX_CPU_TARGET_PERCENT:
        msg = (
            f"target CPU utilization must be from 0 to {limits.MAX_CPU_TARGET_PERCENT} percent, got {percent}: "
            "a lower target keeps more room for sudden load and costs more"
        )
        raise ValueError(msg)


def subnets(count: int) -> None:
    """Check the number of a capacity provider's subnets.

    Args:
        count: Subnets.

    Raises:
        ValueError: It is not from 1 to 16.
    """
    if not 1 <= count <= limits.MAX_SUBNETS:
        msg = (
            f"vpc_subnets must select 1 to {limits.MAX_SUBNETS} subnets, got {count}: "
            "select one private subnet in each of three Availability Zones"
        )
        raise ValueError(msg)


def security_groups(count: int) -> None:
    """Check the number of a capacity provider's security groups.

    Args:
        count: Security groups.

    Raises:
        ValueError: It is not from 1 to 5.
    """
    if not 1 <= count <= limits.MAX_SECURITY_GROUPS:
        msg = (
            f"security_groups must hold 1 to {limits.MAX_SECURITY_GROUPS} security groups, got {count}: "
            "leave it out to have one made, or put the rules together in fewer"
        )
        raise ValueError(msg)


def propagated_tags(tags: Mapping[str, str]) -> None:
    """Check the tags that Lambda puts on a capacity provider's instances, volumes and network interfaces.

    Args:
        tags: Values by key; an empty mapping is fine.

    Raises:
        ValueError: They are more than 40, a key is empty, above 128 characters or begins with ``aws:``, or a value is
            above 256 characters.
    """
    if len(tags) > limits.MAX_PROPAGATED_TAGS:
        msg = (
            f"propagate_tags must hold at most {limits.MAX_PROPAGATED_TAGS} tags, got {len(tags)}: "
            "leave out what nobody groups costs by"
        )
        raise ValueError(msg)
    for key, value in tags.items():
        if not 1 <= len(key) <= limits.MAX_TAG_KEY or key.lower().startswith(_RESERVED_TAG):
            msg = (
                f"propagate_tags keys must have 1 to {limits.MAX_TAG_KEY} characters and not begin with "
                f"{_RESERVED_TAG!r}, which is AWS's own, got {key!r}: rename it"
            )
            raise ValueError(msg)
        if len(value) > limits.MAX_TAG_VALUE:
            msg = (
                f"propagate_tags values must have at most {limits.MAX_TAG_VALUE} characters, got {len(value)} in "
                f"{key!r}: shorten it"
            )
            raise ValueError(msg)


def system_log_group(name: str) -> None:
    """Check the name of the log group for a capacity provider's system logs.

    Args:
        name: The log group's name.

    Raises:
        ValueError: It does not look like one, or begins with ``aws/``, where Lambda would send nothing and say nothing.
    """
    if limits.LOG_GROUP_NAME.fullmatch(name) is None or name.startswith("aws/"):
        msg = (
            "system_log_group must have a name of 1 to 512 letters, digits and '.-_/#' that does not begin with "
            f"'aws/', got {name!r}: rename the log group, or leave it out to have one made"
        )
        raise ValueError(msg)


def arn(text: str) -> None:
    """Check the ARN of a capacity provider that is imported.

    Args:
        text: The ARN.

    Raises:
        ValueError: It is not one of a capacity provider.
    """
    if limits.CAPACITY_PROVIDER_ARN.fullmatch(text) is None:
        msg = (
            "capacity_provider_arn must be like 'arn:aws:lambda:REGION:ACCOUNT:capacity-provider:NAME', at most 140 "
            f"characters, got {text!r}: take it from the output of the stack that made the capacity provider"
        )
        raise ValueError(msg)


def zones(count: int) -> Caution | None:
    """Look at how many Availability Zones a capacity provider's subnets are in.

    Args:
        count: Different Availability Zones.

    Returns:
        A caution below three.
    """
    if count < limits.RESILIENT_ZONES:
        return Caution(
            id="durable-mi:few-availability-zones",
            message=(
                f"the subnets are in {count} Availability Zone{'' if count == 1 else 's'}, below "
                f"{limits.RESILIENT_ZONES}: Lambda spreads instances over {limits.RESILIENT_ZONES} to outlive one. "
                "Select a subnet in each of three zones."
            ),
        )
    return None


def public_subnets(*, public: bool) -> Caution | None:
    """Look at whether a capacity provider's subnets are public.

    Args:
        public: Whether any of them is.

    Returns:
        A caution if so.
    """
    if public:
        return Caution(
            id="durable-mi:public-subnets",
            message=(
                "vpc_subnets selects public subnets: AWS calls them fit for development only, and instances there have "
                "no way out without a public address. Select private subnets."
            ),
        )
    return None
