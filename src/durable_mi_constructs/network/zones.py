"""The Availability Zones of a new network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi.checks.option import Option
from durable_mi_constructs.annotations import warn
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct


__all__ = ["take_zones"]

_UNKNOWN_REGION: Final = (
    "the stack names no Region, so the network takes the first three Availability Zones of the one that it is deployed "
    "to. In us-east-1 that can be use1-az3, where Lambda was seen to reject subnets: set the stack's env, or "
    f"availability_zones={list(limits.ZONE_IDS['us-east-1'])}. Elsewhere there is nothing to do."
)


def take_zones(scope: Construct, stack: cdk.Stack, given: Sequence[str] | None) -> list[str]:
    """Return the zones of a new network, and warn of those that may not work.

    Args:
        scope: The network, for warnings.
        stack: Its stack.
        given: Names, ids or tokens; ``None`` for three of the stack's Region.

    Raises:
        ValueError: They are not two or three different ones, or one is of another Region.
    """
    region = stack.region
    if given is not None:
        zones = choice.take_entries(Option.AVAILABILITY_ZONES, given)
        for warning in checks.check_named_zones(zones, None if is_unresolved(region) else region):
            warn(scope, warning)
        return zones
    if is_unresolved(region):
        cdk.Annotations.of(scope).add_info_v2("durable-mi:zones-of-unknown-region", _UNKNOWN_REGION)
    elif region in limits.ZONE_IDS:
        return list(limits.ZONE_IDS[region])
    else:
        warn(scope, checks.check_default_zones(region))
    return list(_first_of_region())


@cache
def _first_of_region() -> tuple[str, ...]:
    # Tokens of no stack: each resolves to the Region that it is deployed to.
    of_region = cdk.Fn.get_azs()
    return tuple(cdk.Fn.select(index, of_region) for index in range(limits.RESILIENT_ZONES))
