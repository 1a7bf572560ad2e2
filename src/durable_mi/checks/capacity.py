"""What a capacity provider is made of: vCPUs, instance types, scaling, subnets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "check_capacity_provider_arn",
    "check_cpu_target",
    "check_default_zones",
    "check_instance_types",
    "check_max_vcpus",
    "check_named_zones",
    "check_propagated_tags",
    "check_public_subnets",
    "check_security_groups",
    "check_subnets",
    "check_system_log_group",
    "check_zones",
]

_RESERVED_TAG: Final = "aws:"
# The zone ids, such as use1-az1, are of another form; so are Local Zones and Wavelength Zones.
_ZONE_NAME: Final = re.compile(r"(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d)[a-z]")


def check_max_vcpus(count: float) -> None:
    """Check a capacity provider's upper bound.

    Args:
        count: vCPUs of all of its instances together.

    Raises:
        CheckError: It is not a whole number from 2 to 15,000.
    """
    if not limits.MIN_MAX_VCPUS <= count <= limits.MAX_MAX_VCPUS or count != int(count):
        raise CheckError(
            Option.MAX_VCPUS,
            requirement=f"must be a whole number from {limits.MIN_MAX_VCPUS} to {limits.MAX_MAX_VCPUS}",
            got=f"{count}",
            fix="it bounds the instances of all functions on the capacity provider together",
        )


def check_instance_types(allowed: Collection[str] | None, excluded: Collection[str] | None) -> None:
    """Check the filter of instance types.

    Args:
        allowed: Instance types to choose from; ``None`` leaves the choice to Lambda.
        excluded: Instance types not to choose; ``None`` excludes none.

    Raises:
        CheckError: Both are given, one is empty or has more than 400 types, or a type does not look like one.
    """
    if allowed is not None and excluded is not None:
        raise CheckError(
            Option.ALLOWED_INSTANCE_TYPES,
            requirement=("and ", Option.EXCLUDED_INSTANCE_TYPES, " must not be given together"),
            got="both",
            fix="keep the one that says it in fewer words, or neither, which is what AWS recommends",
        )
    for option, types in ((Option.ALLOWED_INSTANCE_TYPES, allowed), (Option.EXCLUDED_INSTANCE_TYPES, excluded)):
        if types is not None:
            _check_types(option, types)


def _check_types(option: Option, types: Collection[str]) -> None:
    if not 1 <= len(types) <= limits.MAX_INSTANCE_TYPES:
        raise CheckError(
            option,
            requirement=f"must hold 1 to {limits.MAX_INSTANCE_TYPES} instance types",
            got=f"{len(types)}",
            fix="leave it out to let Lambda choose, or use a wildcard such as 'm8g.*'",
        )
    for instance_type in types:
        if limits.INSTANCE_TYPE.fullmatch(instance_type) is None:
            raise CheckError(
                option,
                requirement=(
                    "must be names such as 'm8g.2xlarge' or 'm8g.*', 30 characters at most of letters, digits, "
                    "'.', '-' and '*'"
                ),
                got=f"{instance_type!r}",
                fix="correct it",
            )


def check_cpu_target(percent: float) -> None:
    """Check the target of scaling by CPU utilization.

    Args:
        percent: Average CPU utilization of the capacity provider's instances to hold.

    Raises:
        CheckError: It is not from 0 to 100.
    """
    if not 0 <= percent <= limits.MAX_CPU_TARGET_PERCENT:
        raise CheckError(
            Option.CPU_TARGET,
            requirement=f"must be from 0 to {limits.MAX_CPU_TARGET_PERCENT} percent",
            got=f"{percent}",
            fix="a lower target keeps more room for sudden load and costs more",
        )


def check_subnets(count: int) -> None:
    """Check the number of a capacity provider's subnets.

    Args:
        count: Subnets.

    Raises:
        CheckError: It is not from 1 to 16.
    """
    if not 1 <= count <= limits.MAX_SUBNETS:
        raise CheckError(
            Option.VPC_SUBNETS,
            requirement=f"must select 1 to {limits.MAX_SUBNETS} subnets",
            got=f"{count}",
            fix="select one private subnet in each of three Availability Zones",
        )


def check_security_groups(count: int) -> None:
    """Check the number of a capacity provider's security groups.

    Args:
        count: Security groups.

    Raises:
        CheckError: It is not from 1 to 5.
    """
    if not 1 <= count <= limits.MAX_SECURITY_GROUPS:
        raise CheckError(
            Option.SECURITY_GROUPS,
            requirement=f"must hold 1 to {limits.MAX_SECURITY_GROUPS} security groups",
            got=f"{count}",
            fix="leave it out to have one made, or put the rules together in fewer",
        )


def check_propagated_tags(tags: Mapping[str, str]) -> None:
    """Check the tags that Lambda puts on a capacity provider's instances, volumes and network interfaces.

    Args:
        tags: Values by key; an empty mapping is fine.

    Raises:
        CheckError: They are more than 40, a key is empty, above 128 characters or begins with ``aws:``, or a value is
            above 256 characters.
    """
    if len(tags) > limits.MAX_PROPAGATED_TAGS:
        raise CheckError(
            Option.PROPAGATE_TAGS,
            requirement=f"must hold at most {limits.MAX_PROPAGATED_TAGS} tags",
            got=f"{len(tags)}",
            fix="leave out what nobody groups costs by",
        )
    for key, value in tags.items():
        if not 1 <= len(key) <= limits.MAX_TAG_KEY or key.lower().startswith(_RESERVED_TAG):
            raise CheckError(
                Option.PROPAGATE_TAGS,
                requirement=(
                    f"keys must have 1 to {limits.MAX_TAG_KEY} characters and not begin with {_RESERVED_TAG!r}, which "
                    "is AWS's own"
                ),
                got=f"{key!r}",
                fix="rename it",
            )
        if len(value) > limits.MAX_TAG_VALUE:
            raise CheckError(
                Option.PROPAGATE_TAGS,
                requirement=f"values must have at most {limits.MAX_TAG_VALUE} characters",
                got=f"{len(value)} in {key!r}",
                fix="shorten it",
            )


def check_system_log_group(name: str) -> None:
    """Check the name of the log group for a capacity provider's system logs.

    Args:
        name: The log group's name.

    Raises:
        CheckError: It does not look like one, or begins with ``aws/``, where Lambda would send nothing and report
            nothing.
    """
    if limits.LOG_GROUP_NAME.fullmatch(name) is None or name.startswith("aws/"):
        raise CheckError(
            Option.SYSTEM_LOG_GROUP,
            requirement="must have a name of 1 to 512 letters, digits and '.-_/#' that does not begin with 'aws/'",
            got=f"{name!r}",
            fix="rename the log group, or leave it out to have one made",
        )


def check_capacity_provider_arn(text: str) -> None:
    """Check the ARN of a capacity provider that is imported.

    Args:
        text: The ARN.

    Raises:
        CheckError: It is not one of a capacity provider.
    """
    if limits.CAPACITY_PROVIDER_ARN.fullmatch(text) is None:
        raise CheckError(
            Option.CAPACITY_PROVIDER_ARN,
            requirement="must be like 'arn:aws:lambda:REGION:ACCOUNT:capacity-provider:NAME', at most 140 characters",
            got=f"{text!r}",
            fix="take it from the output of the stack that made the capacity provider",
        )


def check_zones(count: int) -> CheckWarning | None:
    """Check how many Availability Zones a capacity provider's subnets are in.

    Args:
        count: Different Availability Zones.

    Returns:
        A warning below three.
    """
    if count < limits.RESILIENT_ZONES:
        return CheckWarning(
            id="durable-mi:few-availability-zones",
            option=Option.VPC_SUBNETS,
            got=(
                f"the subnets are in {count} Availability Zone{'' if count == 1 else 's'}, below "
                f"{limits.RESILIENT_ZONES}"
            ),
            consequence=f"Lambda spreads instances over {limits.RESILIENT_ZONES} to outlive one",
            fix="Select a subnet in each of three zones",
        )
    return None


def check_named_zones(zones: Collection[str], region: str | None = None) -> list[CheckWarning]:
    """Check the Availability Zones that are named for a new network.

    Args:
        zones: Names, ids, or tokens.
        region: The network's Region. Defaults to an unknown one.

    Returns:
        Warnings of two zones, and of one whose subnets Lambda was seen to reject.

    Raises:
        CheckError: They are not two or three different ones, or one has the name of a zone of another Region.
    """
    elsewhere = [zone for zone in zones if (match := _ZONE_NAME.fullmatch(zone)) and match["region"] != region]
    if region is not None and elsewhere:
        raise CheckError(
            Option.AVAILABILITY_ZONES,
            requirement=f"must be in the stack's Region {region}",
            got=", ".join(elsewhere),
            fix=f"name its zones, such as '{region}a'",
        )
    if not limits.MIN_ZONES <= len(set(zones)) == len(zones) <= limits.RESILIENT_ZONES:
        raise CheckError(
            Option.AVAILABILITY_ZONES,
            requirement=(
                f"must name {limits.RESILIENT_ZONES} different zones, or {limits.MIN_ZONES} where the Region has no "
                "more"
            ),
            got=f"{list(zones)}",
            fix="name three, or bring a VPC with vpc",
        )
    few = CheckWarning(
        id="durable-mi:few-availability-zones",
        option=Option.AVAILABILITY_ZONES,
        got=(Option.AVAILABILITY_ZONES, f" names {len(zones)}, below {limits.RESILIENT_ZONES}"),
        consequence=f"Lambda spreads instances over {limits.RESILIENT_ZONES} to outlive one",
        fix="Name three, or acknowledge this where the Region has two",
    )
    rejected = [
        CheckWarning(
            id="durable-mi:zone-without-managed-instances",
            option=Option.AVAILABILITY_ZONES,
            got=(Option.AVAILABILITY_ZONES, f" names {zone}"),
            consequence="Lambda was seen to reject its subnets for a capacity provider",
            fix="Name another zone",
        )
        for zone in limits.ZONES_WITHOUT_MANAGED_INSTANCES
        if zone in zones
    ]
    return [*([few] if len(zones) < limits.RESILIENT_ZONES else []), *rejected]


def check_default_zones(region: str) -> CheckWarning | None:
    """Check whether the first three zones of a Region can be used.

    Args:
        region: The Region.

    Returns:
        A warning if it has only two.
    """
    if region in limits.TWO_ZONE_REGIONS:
        return CheckWarning(
            id="durable-mi:two-zone-region",
            option=Option.AVAILABILITY_ZONES,
            got=f"{region} offers two Availability Zones to an account, and the network is made for three",
            consequence="the deployment fails at the third",
            fix=("Name your two in ", Option.AVAILABILITY_ZONES, f", such as '{region}a' and '{region}c'"),
        )
    return None


def check_public_subnets(*, public: bool) -> CheckWarning | None:
    """Check whether a capacity provider's subnets are public.

    Args:
        public: Whether any of them is.

    Returns:
        A warning if so.
    """
    if public:
        return CheckWarning(
            id="durable-mi:public-subnets",
            option=Option.VPC_SUBNETS,
            got=(Option.VPC_SUBNETS, " selects public subnets"),
            consequence=(
                "AWS calls them fit for development only, and instances there have no way out without a public address"
            ),
            fix="Select private subnets",
        )
    return None
