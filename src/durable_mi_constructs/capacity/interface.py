"""The interface of a capacity provider for durable functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi.prices import PriceTable
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import Kind

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_lambda as lambda_

    from durable_mi.cost import CostFloor

__all__ = ["CAPACITY", "DEMAND", "PRICES", "IManagedCapacity"]


class IManagedCapacity(Protocol):
    """A capacity provider that functions attach to, created by this app or imported.

    A type for annotations: :class:`~durable_mi_constructs.ManagedCapacity` is one, and so is what
    :meth:`~durable_mi_constructs.ManagedCapacity.from_capacity_provider_arn` returns.
    """

    @property
    def capacity_provider(self) -> lambda_.ICapacityProvider:
        """The capacity provider, CDK's own."""

    @property
    def capacity_provider_arn(self) -> str:
        """The capacity provider's ARN."""

    @property
    def capacity_provider_name(self) -> str:
        """The capacity provider's name."""

    @property
    def architecture(self) -> lambda_.Architecture:
        """The instruction set of the instances and of every function on them."""

    @property
    def replacement_key(self) -> str:
        """Text that changes when functions move to another capacity provider."""

    @property
    def connections(self) -> ec2.Connections:
        """Connections between the instances, and so all functions on them, and other resources in the VPC."""

    def reserve(self, reservation: VcpuDemand) -> None:
        """Count a function that attaches.

        Args:
            reservation: The reservation of its published version.

        Raises:
            ValueError: It does not fit together with the existing reservations.
        """

    def allow_tracing(self) -> None:
        """Make sure that traces reach X-Ray, if possible."""

    def cost_floor(self, prices: PriceTable | None = None) -> CostFloor:
        """Estimate the cost when nothing runs.

        Args:
            prices: Prices to use. Defaults to list prices of ``us-east-1``.
        """


def _is_capacity(value: object) -> bool:
    # By its members, as the interface promises. Asked of the class: reading a property can cost a call, or raise.
    return all(hasattr(type(value), name) for name in _MEMBERS)


_MEMBERS: Final = tuple(name for name in vars(IManagedCapacity) if not name.startswith("_"))

CAPACITY: Final = Kind(
    wanted="a ManagedCapacity",
    accepts=_is_capacity,
    fix="pass ManagedCapacity(scope, id), or import a capacity provider with "
    "ManagedCapacity.from_capacity_provider_arn(scope, id, arn, architecture=...)",
)
"""The kind of ``capacity``."""

DEMAND: Final = kinds.instance(VcpuDemand, fix="pass capacity=... to DurableManagedFunction, which makes it")
"""The kind of ``reservation``."""

PRICES: Final = kinds.instance(PriceTable, fix="pass a durable_mi.prices.PriceTable, such as US_EAST_1")
"""The kind of ``prices``."""
