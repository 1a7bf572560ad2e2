"""The instances that durable functions run on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi.checks import code as code_checks
from durable_mi_constructs.network import ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CapacityScaling", "ManagedCapacity"]


@dataclass(frozen=True, slots=True)
class CapacityScaling:
    """How a capacity provider adds and removes instances; made by :meth:`auto` or :meth:`target_cpu_utilization`.

    Attributes:
        mode: Lambda's scaling mode, ``Auto`` or ``Manual``.
        cpu_target_percent: Target of the average CPU utilization, with ``Manual`` only.
    """

    mode: str
    cpu_target_percent: float | None = None

    @classmethod
    def auto(cls) -> CapacityScaling:
        """Let Lambda choose the targets."""
        return cls("Auto")

    @classmethod
    def target_cpu_utilization(cls, percent: float) -> CapacityScaling:
        """Hold the average CPU utilization of the instances (scaling mode ``Manual``).

        Args:
            percent: From 0 to 100. A lower target keeps more room for sudden load and costs more.

        Raises:
            ValueError: ``percent`` is out of range.
        """
        if not cdk.Token.is_unresolved(percent):
            checks.cpu_target(percent)
        return cls("Manual", percent)


@jsii.implements(ec2.IConnectable)
class ManagedCapacity(Construct):
    """A capacity provider: instances in a network, shared by one or several functions.

    The functions on it share instances, so it is the boundary of trust: functions that must be kept apart need a
    capacity provider each. At most 100 published versions fit on one.

    The name is left to CloudFormation. Network, architecture, instance types and operator role can only be set when the
    capacity provider is created: changing one of them replaces it, and with it the instances of all of its functions.
    ``max_vcpus`` and ``scaling`` change in place.

    Tree: ``Resource`` (the ``lambda_.CapacityProvider``), ``OperatorRole``, and ``Network`` where none was given.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        network: Where the instances stand. Left out: a :class:`~durable_mi_constructs.ManagedNetwork` with its
            defaults, which has three NAT gateways.
        architecture: Instruction set of the instances and of every function on them. Left out: ``ARM_64``.
        max_vcpus: vCPUs of all instances together, 2 to 15,000. Left out: 400, as in the service. Publishing a version
            fails when its minimum of execution environments does not fit.
        allowed_instance_types: The only instance types to use, such as ``m8g.2xlarge`` or ``m8g.*``, at most 400. Left
            out: Lambda chooses, which AWS recommends.
        excluded_instance_types: Instance types not to use, at most 400; not together with ``allowed_instance_types``.
            Left out: none.
        scaling: How instances are added and removed. Left out: :meth:`CapacityScaling.auto`.

    Raises:
        ValueError: A value is out of the service's range, or both instance type filters are given.
    """

    def __init__(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ManagedNetwork | None = None,
        architecture: lambda_.Architecture | None = None,
        max_vcpus: int = limits.DEFAULT_MAX_VCPUS,
        allowed_instance_types: Sequence[ec2.InstanceType | str] | None = None,
        excluded_instance_types: Sequence[ec2.InstanceType | str] | None = None,
        scaling: CapacityScaling | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._replacement_key: str | None = None
        self._architecture = architecture or lambda_.Architecture.ARM_64
        code_checks.architecture(self._architecture.name)
        if not cdk.Token.is_unresolved(max_vcpus):
            checks.max_vcpus(max_vcpus)
        instance_types = _filter(allowed_instance_types, excluded_instance_types)

        self._network = network or ManagedNetwork(self, "Network")
        self._capacity_provider = lambda_.CapacityProvider(
            self,
            "Resource",
            subnets=self._network.subnets,
            security_groups=[self._network.security_group],
            architectures=[self._architecture],
            instance_type_filter=instance_types,
            operator_role=self._build_operator_role(),
        )
        self._set_scaling(max_vcpus, scaling or CapacityScaling.auto())
        # Functions checkpoint until the capacity provider is gone, so the way out must outlive it.
        self._capacity_provider.node.add_dependency(self._network.egress_established)

    @property
    def capacity_provider(self) -> lambda_.ICapacityProvider:
        """The capacity provider, CDK's own."""
        return self._capacity_provider

    @property
    def capacity_provider_arn(self) -> str:
        """The capacity provider's ARN."""
        return self._capacity_provider.capacity_provider_arn

    @property
    def capacity_provider_name(self) -> str:
        """The capacity provider's name, chosen by CloudFormation."""
        return self._capacity_provider.capacity_provider_name

    @property
    def architecture(self) -> lambda_.Architecture:
        """The instruction set of the instances and of every function on them."""
        return self._architecture

    @property
    def network(self) -> ManagedNetwork:
        """Where the instances stand."""
        return self._network

    @property
    def replacement_key(self) -> str:
        """Text that changes when CloudFormation must replace the capacity provider.

        :class:`~durable_mi_constructs.DurableManagedFunction` mixes it into the version's hash: a published version
        stays on the capacity provider that it was published on, so the alias must move to a new one.
        """
        if self._replacement_key is None:
            resource = cast("lambda_.CfnCapacityProvider", self._capacity_provider.node.default_child)
            create_only = [
                resource.vpc_config,
                resource.instance_requirements,
                resource.permissions_config,
                resource.kms_key_arn,
            ]
            self._replacement_key = json.dumps(cdk.Stack.of(self).resolve(create_only), sort_keys=True)
        return self._replacement_key

    @property
    def connections(self) -> ec2.Connections:
        """Opens the way between the instances, and so all functions on them, and other things in the VPC."""
        return self._network.connections

    def _build_operator_role(self) -> iam.Role:
        return iam.Role(
            self,
            "OperatorRole",
            description="Lets Lambda start and stop the instances of a capacity provider",
            assumed_by=iam.ServicePrincipal(
                "lambda.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}}
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AWSLambdaManagedEC2ResourceOperator")],
        )

    def _set_scaling(self, max_vcpus: int, scaling: CapacityScaling) -> None:
        # On the L1: the L2 refuses fewer than 12 vCPUs, which the service takes.
        resource = cast("lambda_.CfnCapacityProvider", self._capacity_provider.node.default_child)
        policies = (
            None
            if scaling.cpu_target_percent is None
            else [
                lambda_.CfnCapacityProvider.TargetTrackingScalingPolicyProperty(
                    predefined_metric_type="LambdaCapacityProviderAverageCPUUtilization",
                    target_value=scaling.cpu_target_percent,
                )
            ]
        )
        resource.capacity_provider_scaling_config = lambda_.CfnCapacityProvider.CapacityProviderScalingConfigProperty(
            max_v_cpu_count=max_vcpus, scaling_mode=scaling.mode, scaling_policies=policies
        )


def _filter(
    allowed: Sequence[ec2.InstanceType | str] | None, excluded: Sequence[ec2.InstanceType | str] | None
) -> lambda_.InstanceTypeFilter | None:
    allowed_names = _names(allowed)
    excluded_names = _names(excluded)
    checks.instance_types(_known(allowed_names), _known(excluded_names))
    if allowed_names is not None:
        return lambda_.InstanceTypeFilter.allow([ec2.InstanceType(name) for name in allowed_names])
    if excluded_names is not None:
        return lambda_.InstanceTypeFilter.exclude([ec2.InstanceType(name) for name in excluded_names])
    return None


def _names(types: Sequence[ec2.InstanceType | str] | None) -> list[str] | None:
    if types is None:
        return None
    return [entry if isinstance(entry, str) else entry.to_string() for entry in types]


def _known(names: list[str] | None) -> list[str] | None:
    # A token counts as one entry, but has no form to check yet.
    if names is None:
        return None
    return ["*" if cdk.Token.is_unresolved(name) else name for name in names]
