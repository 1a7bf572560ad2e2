"""A capacity provider of another stack or app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi.checks import code as code_checks
from durable_mi.cost import CostFloor, NetworkFloor, cost_floor
from durable_mi.prices import US_EAST_1
from durable_mi_constructs import choices
from durable_mi_constructs.annotations import annotate
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.capacity.environment import check_arn_environment
from durable_mi_constructs.capacity.interface import DEMAND, PRICES
from durable_mi_constructs.capacity.vcpu_budget import VcpuBudget
from durable_mi_constructs.construct_paths import path_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.checks.vcpu_budget import VcpuDemand
    from durable_mi.prices import PriceTable

__all__ = ["ImportedCapacity"]


@jsii.implements(ec2.IConnectable)
class ImportedCapacity(Construct):
    """A capacity provider of another stack or app; functions attach to it like to one of this app.

    Created by :meth:`~durable_mi_constructs.ManagedCapacity.from_capacity_provider_arn`, whose arguments these are.
    Tree: ``Resource`` (the imported ``lambda_.ICapacityProvider``).
    """

    def __init__(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        self,
        scope: Construct,
        construct_id: str,
        *,
        capacity_provider_arn: str,
        architecture: lambda_.Architecture,
        max_vcpus: int | None,
        security_groups: Sequence[ec2.ISecurityGroup] | None,
    ) -> None:
        super().__init__(scope, construct_id)
        architecture = choices.take_architecture(architecture)
        code_checks.check_architecture(architecture.name)
        if not cdk.Token.is_unresolved(capacity_provider_arn):
            checks.check_capacity_provider_arn(capacity_provider_arn)
            check_arn_environment("capacity_provider_arn", capacity_provider_arn, cdk.Stack.of(self))
        if max_vcpus is not None and not cdk.Token.is_unresolved(max_vcpus):
            checks.check_max_vcpus(max_vcpus)
        if security_groups is not None:
            checks.check_security_groups(len(security_groups))
        self._architecture = architecture
        self._security_groups = security_groups
        self._connections: ec2.Connections | None = None
        self._resource = lambda_.CapacityProvider.from_capacity_provider_arn(self, "Resource", capacity_provider_arn)
        self._vcpu_budget = VcpuBudget(self, path_in(scope, construct_id), max_vcpus, shared_as=capacity_provider_arn)

    @property
    def capacity_provider(self) -> lambda_.ICapacityProvider:
        """The capacity provider, as CDK imports it."""
        return self._resource

    @property
    def capacity_provider_arn(self) -> str:
        """The capacity provider's ARN."""
        return self._resource.capacity_provider_arn

    @property
    def capacity_provider_name(self) -> str:
        """The capacity provider's name, the last part of its ARN."""
        return self._resource.capacity_provider_name

    @property
    def architecture(self) -> lambda_.Architecture:
        """The instruction set of the instances and of every function on them."""
        return self._architecture

    @property
    def replacement_key(self) -> str:
        """Text that changes when functions move to another capacity provider: the ARN."""
        return json.dumps(cdk.Stack.of(self).resolve(self.capacity_provider_arn), sort_keys=True)

    @property
    def connections(self) -> ec2.Connections:
        """Connections between the instances and other resources in the VPC.

        Raises:
            ValueError: The capacity was imported without its security groups.
        """
        if self._security_groups is None:
            msg = (
                "connections of an imported capacity must know its security groups, got none: pass security_groups "
                "to from_capacity_provider_arn"
            )
            raise ValueError(msg)
        if self._connections is None:
            self._connections = ec2.Connections(security_groups=list(self._security_groups))
        return self._connections

    @takes(reservation=DEMAND)
    def reserve(self, reservation: VcpuDemand) -> None:
        """Count a function that attaches; functions of this app on the same ARN count together.

        Args:
            reservation: The reservation of its published version.

        Raises:
            ValueError: ``max_vcpus`` was given and it does not fit, or there are too many functions.
        """
        self._vcpu_budget.add(reservation)

    def allow_tracing(self) -> None:
        """Warn that the route to X-Ray cannot be created for an imported capacity."""
        annotate(
            self,
            "durable-mi:imported-capacity-tracing",
            "a function on this imported capacity traces, and whether its network reaches X-Ray cannot be seen from "
            "here: without a NAT gateway or an xray endpoint traces are lost in silence. See that it does, then "
            "acknowledge this.",
        )

    @takes(prices=PRICES)
    def cost_floor(self, prices: PriceTable | None = None) -> CostFloor:
        """Estimate the cost of this app's functions on it when nothing runs, without its network.

        Args:
            prices: Prices to use. Defaults to list prices of ``us-east-1``.

        Raises:
            ValueError: The price table has no instance type that is large enough.
        """
        return cost_floor(
            self._vcpu_budget.demands,
            architecture=self._architecture.name,
            zones=limits.RESILIENT_ZONES,
            network=NetworkFloor(known=False),
            prices=prices or US_EAST_1,
        )
