"""The instances that durable functions run on."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi.checks import code as code_checks
from durable_mi.cost import CostFloor, cost_floor
from durable_mi.prices import US_EAST_1
from durable_mi.release.tags import RELEASES
from durable_mi_constructs import choices, kinds
from durable_mi_constructs.acknowledgements import LOG_ENCRYPTION, acknowledge
from durable_mi_constructs.annotations import warn
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.capacity.imported_capacity import ImportedCapacity
from durable_mi_constructs.capacity.instance_types import InstanceTypes
from durable_mi_constructs.capacity.interface import DEMAND, PRICES
from durable_mi_constructs.capacity.operator_role import make_operator_role, permit_operator
from durable_mi_constructs.capacity.propagated_tags import TAGS, propagated_tags
from durable_mi_constructs.capacity.scaling import SCALING, CapacityScaling
from durable_mi_constructs.capacity.vcpu_budget import VcpuBudget
from durable_mi_constructs.construct_paths import path_in, remember, stack_of
from durable_mi_constructs.network.managed_network import SECURITY_GROUPS, ManagedNetwork
from durable_mi_constructs.resource_properties import properties_of
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms

    from durable_mi.checks.vcpu_budget import VcpuDemand
    from durable_mi.prices import PriceTable
    from durable_mi_constructs.capacity.interface import IManagedCapacity

__all__ = ["CapacityScaling", "ManagedCapacity"]

_NETWORK: Final = kinds.instance(
    ManagedNetwork, fix="pass ManagedNetwork(scope, id), for your own VPC ManagedNetwork(scope, id, vpc=...)"
)
_CREATE_ONLY: Final = ("vpcConfig", "instanceRequirements", "permissionsConfig", "kmsKeyArn")


@jsii.implements(ec2.IConnectable)
class ManagedCapacity(Construct):
    """A capacity provider: instances in a network, shared by one or several functions.

    The functions on it share instances, so it is the trust boundary: functions that must be isolated need a separate
    capacity provider each. At most 100 published versions fit on one.

    CloudFormation generates the name. Network, architecture, instance types, operator role and key can only be set
    when the capacity provider is created: changing one of them replaces it, and with it the instances of all of its
    functions. ``max_vcpus``, ``scaling``, ``propagate_tags`` and the system logs change in place.

    The minimum of execution environments of all functions on it, over all stacks of the app, is checked against
    ``max_vcpus``: a function that does not fit raises an error.

    Tree: ``Resource`` (the ``lambda_.CapacityProvider``), and, unless you pass your own, ``Network``, ``OperatorRole``
    and ``SystemLogs``; with your own operator role ``OperatorPolicy``.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        network: Network of the instances. Defaults to a :class:`~durable_mi_constructs.ManagedNetwork` with its
            defaults, which has three NAT gateways.
        architecture: Instruction set of the instances and of every function on them, also as a string such as
            ``"arm64"``. Defaults to ``ARM_64``.
        max_vcpus: vCPUs of all instances together, 2 to 15,000. Defaults to 400, the service's default. Publishing a
            version fails when its minimum of execution environments does not fit. Instances are larger than the
            environments on them, and an update runs old and new versions side by side: set it well above the sum.
        allowed_instance_types: The only instance types to use, such as ``m8g.2xlarge`` or ``m8g.*``, at most 400: C, M
            and R families of ``architecture``, ``large`` and up. The largest must hold one execution environment of
            each function. Defaults to Lambda's choice, which AWS recommends.
        excluded_instance_types: Instance types not to use, at most 400; not together with ``allowed_instance_types``.
            Defaults to none.
        scaling: How instances are added and removed. Defaults to :meth:`CapacityScaling.auto`.
        kms_key: Key of the instances' EBS volumes. The operator role can use it through EC2. The key's policy must
            allow IAM policies to grant access, as keys created by CDK do. Defaults to AWS's managed key.
        propagate_tags: Tags for the instances, volumes and network interfaces that Lambda starts from now on, at most
            40. ``True`` takes the tags of the stack and the capacity provider, which ``cdk.Tags.of(...)`` and the
            stack's ``tags`` set; a mapping is separate from them. Defaults to none, without an entry in the template.
            ``False`` or an empty mapping turns existing propagation off.
        system_log_group: Log group for Lambda's logs about the instances. Its name must not begin with ``aws/``.
            Defaults to a log group with CDK's defaults: logs are kept for two years, and it is retained when the stack
            is deleted.
        system_log_removal_policy: What becomes of the created log group when the stack is deleted; not together with
            ``system_log_group``. Defaults to CDK's default ``RETAIN``.
        system_log_level: The lowest level of system logs. Defaults to ``INFO``, the service's default.
        operator_role: Role by which Lambda starts instances. It must trust ``lambda.amazonaws.com`` and allow what the
            managed policy ``AWSLambdaManagedEC2ResourceOperator`` allows; it gets the permissions for system logs and
            ``kms_key``, unless it was imported as immutable. Defaults to a role with that policy, for this account.

    Raises:
        ValueError: A value is out of the service's range or of the wrong kind, or both instance type filters are given.
    """

    @takes(
        scope=kinds.CONSTRUCT,
        construct_id=kinds.CONSTRUCT_ID,
        network=_NETWORK,
        max_vcpus=kinds.NUMBER,
        scaling=SCALING,
        kms_key=kinds.KEY,
        propagate_tags=TAGS,
        system_log_group=kinds.LOG_GROUP,
        operator_role=kinds.ROLE,
    )
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
        kms_key: kms.IKey | None = None,
        propagate_tags: Mapping[str, str] | bool | None = None,
        system_log_group: logs.ILogGroup | None = None,
        system_log_removal_policy: cdk.RemovalPolicy | None = None,
        system_log_level: lambda_.SystemLogLevel | None = None,
        operator_role: iam.IRole | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        remember(self, scope, construct_id)
        self._replacement_key: str | None = None
        self._architecture, architecture_name = _architecture(architecture)
        code_checks.check_architecture(architecture_name)
        if not is_unresolved(max_vcpus):
            checks.check_max_vcpus(max_vcpus)
        scaling = CapacityScaling.auto() if scaling is None else scaling
        if system_log_removal_policy is not None:
            system_log_removal_policy = choice.take_member(
                "system_log_removal_policy", system_log_removal_policy, cdk.RemovalPolicy
            )
        if system_log_level is not None:
            system_log_level = choice.take_member("system_log_level", system_log_level, lambda_.SystemLogLevel)
        self._instance_types = InstanceTypes.of(allowed_instance_types, excluded_instance_types)
        warn(self, self._instance_types.check_architecture(architecture_name))
        self._vcpu_budget = VcpuBudget(self, path_in(scope, construct_id), max_vcpus)

        self._network = network or ManagedNetwork(self, "Network")
        self._system_log_group = _checked(system_log_group, system_log_removal_policy) or _system_logs(
            self, system_log_removal_policy
        )
        self._operator_role = operator_role or make_operator_role(
            self, log_group=self._system_log_group, kms_key=kms_key
        )
        self._capacity_provider = lambda_.CapacityProvider(
            self,
            "Resource",
            subnets=self._network.subnets,
            security_groups=self._network.security_groups,
            architectures=[self._architecture],
            instance_type_filter=self._instance_types.filter(),
            operator_role=self._operator_role,
            kms_key=kms_key,
            log_group=self._system_log_group,
            system_log_level=system_log_level,
        )
        remember(self._capacity_provider, self, "Resource")
        self._capacity_provider_arn = self._capacity_provider.capacity_provider_arn
        node = self._capacity_provider.node
        self._resource = cast("lambda_.CfnCapacityProvider", node.default_child)
        # On the L1: the L2 rejects fewer than 12 vCPUs, which the service accepts.
        self._resource.capacity_provider_scaling_config = scaling.config(max_vcpus)
        # What a replacement leaves behind is deleted only where it is marked as ours.
        self._resource.cdk_tag_manager.set_tag(RELEASES, "capacity")
        if propagate_tags is not None:
            self._resource.propagate_tags = propagated_tags(self._resource, propagate_tags)
        if operator_role is not None:
            policy = permit_operator(self, operator_role, log_group=self._system_log_group, kms_key=kms_key)
            node.add_dependency(policy)
        # Functions checkpoint until the capacity provider is gone, so the way out must outlive it.
        node.add_dependency(self._network.egress_established)

    @classmethod
    @takes(
        scope=kinds.CONSTRUCT,
        construct_id=kinds.CONSTRUCT_ID,
        capacity_provider_arn=kinds.STRING,
        max_vcpus=kinds.NUMBER,
        security_groups=SECURITY_GROUPS,
    )
    def from_capacity_provider_arn(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        cls,
        scope: Construct,
        construct_id: str,
        capacity_provider_arn: str,
        *,
        architecture: lambda_.Architecture,
        max_vcpus: int | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
    ) -> IManagedCapacity:
        """Import a capacity provider of another app; functions attach to it like to one of this app.

        Its network is not known. It must reach the Lambda and CloudWatch Logs APIs. A function that uses tracing raises
        a warning, because whether X-Ray is reached is not known. Its operator role, logs, tags and
        scaling stay with the app that created it.

        Args:
            scope: The parent.
            construct_id: The id in the parent.
            capacity_provider_arn: Its ARN, in the account and Region of the stack.
            architecture: Instruction set of its instances. It cannot be looked up, and must be right.
            max_vcpus: Its upper bound, 2 to 15,000, against which this app's functions on it are checked, also over
                several imports of the same ARN. Defaults to no check.
            security_groups: Its security groups, for ``connections``. Defaults to none; ``connections`` then raises an
                error.

        Raises:
            ValueError: The ARN is not of a capacity provider, or is of another account or Region, or a value is out of
                range.
        """
        return ImportedCapacity(
            scope,
            construct_id,
            capacity_provider_arn=capacity_provider_arn,
            architecture=architecture,
            max_vcpus=max_vcpus,
            security_groups=security_groups,
        )

    @property
    def capacity_provider(self) -> lambda_.ICapacityProvider:
        """The capacity provider, CDK's own."""
        return self._capacity_provider

    @property
    def capacity_provider_arn(self) -> str:
        """The capacity provider's ARN."""
        return self._capacity_provider_arn

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
        """The network of the instances."""
        return self._network

    @property
    def operator_role(self) -> iam.IRole:
        """The role by which Lambda starts instances."""
        return self._operator_role

    @property
    def system_log_group(self) -> logs.ILogGroup:
        """The log group for Lambda's logs about the instances."""
        return self._system_log_group

    @property
    def replacement_key(self) -> str:
        """Text that changes when CloudFormation must replace the capacity provider.

        :class:`~durable_mi_constructs.DurableManagedFunction` mixes it into the version's hash: a published version
        stays on the capacity provider that it was published on, so the alias must move to a new one.
        """
        if self._replacement_key is None:
            properties = properties_of(self._resource)
            create_only = [properties.get(name) for name in _CREATE_ONLY]
            text = json.dumps(stack_of(self).resolve(create_only), sort_keys=True)
            self._replacement_key = sha256(text.encode()).hexdigest()
        return self._replacement_key

    @property
    def connections(self) -> ec2.Connections:
        """Connections between the instances, and so all functions on them, and other resources in the VPC."""
        return self._network.connections

    @takes(reservation=DEMAND)
    def reserve(self, reservation: VcpuDemand) -> None:
        """Count a function that attaches; :class:`~durable_mi_constructs.DurableManagedFunction` calls it.

        Args:
            reservation: The reservation of its published version.

        Raises:
            ValueError: It does not fit under ``max_vcpus`` together with the other functions, or on any allowed
                instance type, or there are too many functions. Unknown values are not checked.
        """
        warning = self._instance_types.check_function(reservation)
        self._vcpu_budget.add(reservation)
        warn(self, warning)

    def allow_tracing(self) -> None:
        """Make sure that traces reach X-Ray: a private network gets the ``xray`` endpoint."""
        self._network.allow_tracing()

    @takes(prices=PRICES)
    def cost_floor(self, prices: PriceTable | None = None) -> CostFloor:
        """Estimate the cost when nothing runs, for the attached functions and their network.

        Call it after you create all functions. Lambda selects number and type of the instances. See
        :func:`durable_mi.cost.cost_floor` for what is inferred, and the result's ``str()`` for what is not included.

        Args:
            prices: Prices to use. Defaults to :data:`durable_mi.prices.US_EAST_1` for every Region of the
                stack.

        Raises:
            ValueError: The price table has no instance type that passes the filter and is large enough.
        """
        return cost_floor(
            self._vcpu_budget.demands,
            architecture=self._architecture.name,
            zones=self._network.zone_count or limits.RESILIENT_ZONES,
            network=self._network.floor,
            allowed_instance_types=self._instance_types.allowed,
            excluded_instance_types=self._instance_types.excluded,
            prices=prices or US_EAST_1,
        )


def _architecture(given: lambda_.Architecture | None) -> tuple[lambda_.Architecture, str]:
    if given is None:
        return _default_architecture()
    architecture = choices.take_architecture(given)
    return architecture, architecture.name


@cache
def _default_architecture() -> tuple[lambda_.Architecture, str]:
    architecture = lambda_.Architecture.ARM_64
    return architecture, architecture.name


def _checked(log_group: logs.ILogGroup | None, removal_policy: cdk.RemovalPolicy | None) -> logs.ILogGroup | None:
    if log_group is not None and removal_policy is not None:
        msg = f"system_log_removal_policy must be left out where system_log_group is given, got {removal_policy.name}: "
        raise ValueError(msg + "set it on the log group")
    if log_group is not None and not is_unresolved(name := log_group.log_group_name):
        checks.check_system_log_group(name)
    return log_group


def _system_logs(scope: Construct, removal_policy: cdk.RemovalPolicy | None) -> logs.LogGroup:
    log_group = logs.LogGroup(scope, "SystemLogs", removal_policy=removal_policy)
    acknowledge(log_group, LOG_ENCRYPTION)
    return log_group
