"""What the versions of a function cost a month, as the cost floor reckons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi.cost import NetworkFloor, cost_floor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.release.calls.provider_limits import ProviderLimits
    from durable_mi.release.calls.version_configuration import VersionConfiguration
    from durable_mi.release.scaling import Scaling

__all__ = ["VersionCosts", "version_costs", "version_vcpus"]

_MIB_PER_GIB: Final = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionCosts:
    """Dollars a month at least, for instances and the management fee.

    Attributes:
        total: All versions of the function together; ``None`` if that is unknown.
        saved: What would not be paid without a version, by number: the others can go on on the same instances.
        why_unknown: Why the total is unknown.
        prices: The region and day of the prices.
    """

    total: float | None
    saved: Mapping[str, float]
    why_unknown: str | None = None
    prices: str = ""


def version_costs(
    numbers: Mapping[str, Scaling | None],
    configurations: Mapping[str, VersionConfiguration],
    provider: ProviderLimits | None,
) -> VersionCosts:
    """Reckon the cost of versions on one capacity provider, without its network and without other functions.

    Args:
        numbers: The numbers of each version; ``None`` if they are unknown.
        configurations: The configuration of each version.
        provider: What the capacity provider may run; ``None`` if it is unknown.
    """
    demands = [_demand(number, scaling, configurations.get(number)) for number, scaling in numbers.items()]
    unknown = [each.function for each in demands if not each.known]
    if unknown or provider is None:
        what = f"version {', '.join(unknown)}" if unknown else "the capacity provider"
        return VersionCosts(total=None, saved={}, why_unknown=f"the size of {what} is unknown")
    architecture = next((each.architecture for each in configurations.values()), "x86_64")

    def floor(included: list[VcpuDemand]) -> float:
        return cost_floor(
            included,
            architecture=architecture,
            zones=limits.RESILIENT_ZONES,
            network=NetworkFloor(known=False),
            allowed_instance_types=provider.allowed_instance_types,
            excluded_instance_types=provider.excluded_instance_types,
        ).monthly_usd

    try:
        total = floor(demands)
        saved = {each.function: total - floor([other for other in demands if other is not each]) for each in demands}
    except ValueError as error:
        return VersionCosts(total=None, saved={}, why_unknown=str(error))
    reckoned = cost_floor([], architecture=architecture, zones=1, network=NetworkFloor())
    return VersionCosts(total=total, saved=saved, prices=f"{reckoned.region} as of {reckoned.prices_as_of}")


def version_vcpus(configuration: VersionConfiguration | None) -> int | None:
    """Return the vCPUs of one execution environment of a version; ``None`` if they are unknown."""
    if configuration is None or configuration.memory_mib is None or not configuration.gib_per_vcpu:
        return None
    return max(1, int(configuration.memory_mib / _MIB_PER_GIB / configuration.gib_per_vcpu))


def _demand(number: str, scaling: Scaling | None, configuration: VersionConfiguration | None) -> VcpuDemand:
    return VcpuDemand(
        function=number,
        execution_environments=None if scaling is None else scaling.minimum,
        vcpus=version_vcpus(configuration),
        memory_mib=None if configuration is None else configuration.memory_mib,
    )
