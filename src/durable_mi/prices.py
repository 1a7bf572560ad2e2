"""Hourly prices of a capacity provider's parts: a dated table that you can replace.

Prices are not looked up. The built-in table has list prices of one Region, as known at its date. For another Region, a
discount or a later date, create your own table, for example with :func:`dataclasses.replace`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["US_EAST_1", "InstanceFamily", "InstanceType", "PriceTable"]

_SIZES: Final = {
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "4xlarge": 16,
    "8xlarge": 32,
    "12xlarge": 48,
    "16xlarge": 64,
    "24xlarge": 96,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceType:
    """An instance type and its price.

    Attributes:
        name: Such as ``m8g.large``.
        vcpus: Its vCPUs.
        memory_gib: Its memory in GiB.
        usd_per_hour: On-demand price of one instance for an hour, in USD.
    """

    name: str
    vcpus: int
    memory_gib: int
    usd_per_hour: float


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceFamily:
    """Instance types that differ in size only, so that one price for each vCPU applies to all.

    Attributes:
        name: Such as ``m8g``.
        architecture: ``arm64`` or ``x86_64``.
        memory_gib_per_vcpu: GiB of memory for each vCPU.
        usd_per_vcpu_hour: On-demand price of one vCPU for an hour, in USD: that of the ``large`` size divided by 2.
        smallest: Smallest size that Lambda starts. Defaults to ``large``.
    """

    name: str
    architecture: str
    memory_gib_per_vcpu: int
    usd_per_vcpu_hour: float
    smallest: str = "large"

    def types(self) -> Iterator[InstanceType]:
        """Yield its instance types, the smallest first, up to ``24xlarge``."""
        for size, vcpus in _SIZES.items():
            if vcpus >= _SIZES[self.smallest]:
                yield InstanceType(
                    name=f"{self.name}.{size}",
                    vcpus=vcpus,
                    memory_gib=vcpus * self.memory_gib_per_vcpu,
                    usd_per_hour=vcpus * self.usd_per_vcpu_hour,
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceTable:
    """Prices of one region, in USD without tax.

    Attributes:
        region: The Region of the prices.
        as_of: The date of the prices.
        instances: Families to choose instance types from.
        management_fee: Lambda's fee as a fraction of an instance's on-demand price.
        nat_gateway_hour: One NAT gateway for an hour.
        public_ipv4_hour: One public IPv4 address for an hour; each NAT gateway has one.
        interface_endpoint_hour: One interface endpoint in one Availability Zone for an hour.
        hours_per_month: Hours in a month. Defaults to 730.
    """

    region: str
    as_of: dt.date
    instances: tuple[InstanceFamily, ...]
    management_fee: float
    nat_gateway_hour: float
    public_ipv4_hour: float
    interface_endpoint_hour: float
    hours_per_month: int = 730


US_EAST_1: Final = PriceTable(
    region="us-east-1",
    as_of=dt.date(2025, 12, 1),
    instances=(
        InstanceFamily(
            name="c8g", architecture="arm64", memory_gib_per_vcpu=2, usd_per_vcpu_hour=0.03988, smallest="xlarge"
        ),
        InstanceFamily(name="m8g", architecture="arm64", memory_gib_per_vcpu=4, usd_per_vcpu_hour=0.04488),
        InstanceFamily(name="r8g", architecture="arm64", memory_gib_per_vcpu=8, usd_per_vcpu_hour=0.05891),
        InstanceFamily(
            name="c7i", architecture="x86_64", memory_gib_per_vcpu=2, usd_per_vcpu_hour=0.044625, smallest="xlarge"
        ),
        InstanceFamily(name="m7i", architecture="x86_64", memory_gib_per_vcpu=4, usd_per_vcpu_hour=0.0504),
        InstanceFamily(name="r7i", architecture="x86_64", memory_gib_per_vcpu=8, usd_per_vcpu_hour=0.06615),
    ),
    management_fee=0.15,
    nat_gateway_hour=0.045,
    public_ipv4_hour=0.005,
    interface_endpoint_hour=0.01,
)
"""On-demand list prices of ``us-east-1`` (Linux, shared tenancy) for six current families. They are an assumption:
written down from what is commonly known of AWS's price list, checked against no live page, so replace them where it
matters. The management fee is from the DG [lambda-managed-instances]; that C families begin at ``xlarge`` is from AWS's
guides for coding agents."""
