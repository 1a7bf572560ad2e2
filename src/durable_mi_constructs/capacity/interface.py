"""What a durable function needs of the capacity that it is attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_lambda as lambda_

    from durable_mi.checks.vcpu_budget import VcpuDemand
    from durable_mi.cost import CostFloor
    from durable_mi.prices import PriceTable

__all__ = ["IManagedCapacity"]


class IManagedCapacity(Protocol):
    """A capacity provider that functions attach to, made by this app or imported.

    A type for annotations: :class:`~durable_mi_constructs.ManagedCapacity` is one, and so is what
    :meth:`~durable_mi_constructs.ManagedCapacity.from_capacity_provider_arn` gives.
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
        """Text that changes when functions come to stand on another capacity provider."""

    @property
    def connections(self) -> ec2.Connections:
        """Opens the way between the instances, and so all functions on them, and other things in the VPC."""

    def reserve(self, reservation: VcpuDemand) -> None:
        """Count a function that attaches.

        Args:
            reservation: What its published version keeps.

        Raises:
            ValueError: It does not fit beside what is reserved already.
        """

    def allow_tracing(self) -> None:
        """Make sure that traces reach X-Ray, as far as that can be done from here."""

    def cost_floor(self, prices: PriceTable | None = None) -> CostFloor:
        """Estimate what is paid when nothing happens.

        Args:
            prices: Prices to reckon with. Left out: list prices of ``us-east-1``.
        """
