"""The interface of a capacity provider for durable functions."""

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
