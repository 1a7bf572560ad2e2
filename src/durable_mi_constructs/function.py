"""A durable function on Lambda Managed Instances, with everything around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from durable_mi import limits
from durable_mi.checks import code as code_checks
from durable_mi.checks import environments, size, variables
from durable_mi_constructs.capacity import ManagedCapacity
from durable_mi_constructs.durability import Durability
from durable_mi_constructs.execution_role import execution_policy, execution_role
from durable_mi_constructs.release import live_alias, version_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.checks.caution import Caution
    from durable_mi_constructs.packaging import PythonCode

__all__ = ["DurableManagedFunction"]

_MEMORY_GIB: Final = 4
_CONCURRENCY_PER_VCPU: Final = 8


@jsii.implements(iam.IGrantable)
class DurableManagedFunction(Construct):
    """A durable Python function on managed instances: capacity, permissions, logs, published version and alias.

    Invoke :attr:`alias` and nothing else. Lambda refuses ``$LATEST`` on managed instances, and an unqualified ARN would
    move under running executions; a version stays what it was. As ``alias`` is a ``lambda_.IFunction``, CDK's own
    schedules, rules, queues, function URLs and Step Functions tasks take it.

    Cost: at least ``min_execution_environments`` environments run for every published version, from the first minute
    on, on instances in three zones, plus the network's NAT gateways or endpoints.

    Tree, which is public contract: ``Resource`` (the ``lambda_.Function``, below it ``CurrentVersion``),
    ``ExecutionPolicy``, ``Alias``, and where none was given ``Role``, ``LogGroup`` and ``Capacity``
    (a :class:`~durable_mi_constructs.ManagedCapacity`).

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        code: The handler and its requirements: any ``lambda_.Code``, or a
            :class:`~durable_mi_constructs.PythonCode`, which installs the requirements for this function's runtime and
            architecture.
        handler: Module and function, such as ``order_workflow.handler``.
        execution_timeout: Time for a whole execution, all waits included: 1 second to 366 days, in whole seconds.
        runtime: Python 3.13 or newer. Left out: Python 3.13.
        memory_size: Memory of one execution environment, shared by its processes: 2 to 32 GiB, a multiple of
            ``memory_gib_per_vcpu``. Left out: 4 GiB.
        memory_gib_per_vcpu: 2, 4 or 8. Left out: 4, since in Python each concurrent invocation is a process of its
            own.
        timeout: Time for one invocation, from start or resumption to the next suspension: 1 second to 90 minutes, in
            whole seconds, not above ``execution_timeout``. Above 15 minutes it is for asynchronous invocations only,
            and warns. Left out: 15 minutes, or ``execution_timeout`` where that is shorter.
        retention_period: How long the history of a finished execution is kept: 1 to 90 whole days. Left out: 14 days.
        environment: Environment variables, 4 KiB in all. Left out: none.
        description: At most 256 characters. Left out: none.
        max_concurrency: Invocations that one execution environment runs at once, each in a process: 1 to 64 for each
            vCPU, at most 1600; above 16 for each vCPU it warns. Left out: 8 for each vCPU, half of what Lambda
            takes for Python, so that at 4 GiB per vCPU each process has 512 MiB and not 256. Where ``memory_size`` or
            ``memory_gib_per_vcpu`` is an unresolved token, the number is left to Lambda.
        min_execution_environments: Environments that every published version keeps running, 0 to 15,000; 0 only with
            a maximum of 0, which switches new versions off; 1 and 2 warn. Left out: 3, one for each zone.
        max_execution_environments: Environments of a published version at most, not below the minimum. Left out: as
            many as the capacity provider has room for.
        tracing: X-Ray tracing. Left out: off. With it, a network with private egress gets the ``xray`` endpoint.
        capacity: The instances, to share them with other functions. Left out: a
            :class:`~durable_mi_constructs.ManagedCapacity` with its defaults, for this function alone.
        role: The execution role; it gets the same permissions as the one made here. A role imported as immutable does
            not: give it the durable permissions yourself, or executions fail at the first checkpoint. Left out: a role
            that may write this function's logs, keep its executions, and trace where ``tracing`` is on.
        log_group: Where the logs go, always as JSON. Left out: a log group with CDK's defaults, kept for two years and
            kept when the stack is deleted.

    Raises:
        ValueError: A value is outside what the service takes. Unresolved tokens are not checked.
    """

    def __init__(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code | PythonCode,
        handler: str,
        execution_timeout: cdk.Duration,
        runtime: lambda_.Runtime | None = None,
        memory_size: cdk.Size | None = None,
        memory_gib_per_vcpu: int = 4,
        timeout: cdk.Duration | None = None,
        retention_period: cdk.Duration | None = None,
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
        max_concurrency: int | None = None,
        min_execution_environments: int = limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS,
        max_execution_environments: int | None = None,
        tracing: lambda_.Tracing = lambda_.Tracing.DISABLED,
        capacity: ManagedCapacity | None = None,
        role: iam.IRole | None = None,
        log_group: logs.ILogGroup | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        runtime = runtime or lambda_.Runtime.PYTHON_3_13
        memory_size = memory_size or cdk.Size.gibibytes(_MEMORY_GIB)
        environment = dict(environment or {})
        _check_code(runtime, handler, description, environment)
        durability = Durability.of(
            execution_timeout=execution_timeout, timeout=timeout, retention_period=retention_period
        )
        self._warn(durability.caution)
        vcpus = _vcpus(memory_size, memory_gib_per_vcpu)
        max_concurrency = self._concurrency(max_concurrency, vcpus)
        self._check_environments(min_execution_environments, max_execution_environments)

        self._capacity = capacity or ManagedCapacity(self, "Capacity")
        self._log_group = log_group or logs.LogGroup(self, "LogGroup")
        self._role = role or execution_role(self)
        self._function = lambda_.Function(
            self,
            "Resource",
            code=_bind(self, code, runtime, self._capacity.architecture),
            handler=handler,
            runtime=runtime,
            architecture=self._capacity.architecture,
            memory_size=memory_size.to_mebibytes(),
            timeout=durability.timeout,
            durable_config=durability.config(),
            environment=environment or None,
            description=description,
            tracing=tracing,
            role=self._role,
            log_group=self._log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            current_version_options=version_options(min_execution_environments, max_execution_environments),
        )
        self._attach(max_concurrency, memory_gib_per_vcpu)
        if tracing is not lambda_.Tracing.DISABLED:
            self._capacity.network.allow_tracing()
        self._publish()

    @property
    def function(self) -> lambda_.Function:
        """The function, for escape hatches. To invoke it use :attr:`alias`."""
        return self._function

    @property
    def version(self) -> lambda_.Version:
        """The version that this deployment publishes."""
        return self._version

    @property
    def alias(self) -> lambda_.Alias:
        """The alias ``live``, the one thing to invoke."""
        return self._alias

    @property
    def capacity(self) -> ManagedCapacity:
        """The instances that the function runs on."""
        return self._capacity

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._role

    @property
    def log_group(self) -> logs.ILogGroup:
        """Where the function's logs go."""
        return self._log_group

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The execution role as a principal, so that CDK's ``grant_*`` methods take this construct."""
        return self._role.grant_principal

    def _concurrency(self, invocations: int | None, vcpus: int | None) -> int | None:
        if invocations is None:
            return None if vcpus is None else _CONCURRENCY_PER_VCPU * vcpus
        if vcpus is not None and not cdk.Token.is_unresolved(invocations):
            self._warn(size.concurrency(invocations, vcpus))
        return invocations

    def _check_environments(self, minimum: int, maximum: int | None) -> None:
        if not cdk.Token.is_unresolved(minimum) and not cdk.Token.is_unresolved(maximum):
            self._warn(environments.execution_environments(minimum, maximum))

    def _attach(self, max_concurrency: int | None, memory_gib_per_vcpu: int) -> None:
        # Not by the L2's add_function, which an imported capacity provider does not have.
        resource = cast("lambda_.CfnFunction", self._function.node.default_child)
        resource.capacity_provider_config = lambda_.CfnFunction.CapacityProviderConfigProperty(
            lambda_managed_instances_capacity_provider_config=(
                lambda_.CfnFunction.LambdaManagedInstancesCapacityProviderConfigProperty(
                    capacity_provider_arn=self._capacity.capacity_provider_arn,
                    per_execution_environment_max_concurrency=max_concurrency,
                    execution_environment_memory_gib_per_v_cpu=memory_gib_per_vcpu,
                )
            )
        )
        # The alias is what gets invoked; $LATEST.PUBLISHED would keep a second set of environments warm.
        resource.publish_to_latest_published = False
        # CDK lists the role among the things a function depends on although the function names it; cfn-lint minds.
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
        # Said of functions that become durable later; this one is from the start.
        cdk.Annotations.of(self._function).acknowledge_info("aws-lambda:Function.DurableConfig")

    def _publish(self) -> None:
        policy = execution_policy(self, role=self._role, function=self._function, log_group=self._log_group)
        # A version stays on the capacity provider it was published on: another one needs another version.
        self._function.invalidate_version_based_on(self._capacity.replacement_key)
        self._version = self._function.current_version
        # Publishing starts environments, and none may start that cannot checkpoint yet.
        self._version.node.add_dependency(policy)
        self._alias = live_alias(self, self._version)

    def _warn(self, caution: Caution | None) -> None:
        if caution is not None:
            cdk.Annotations.of(self).add_warning_v2(caution.id, caution.message)


def _check_code(
    runtime: lambda_.Runtime, handler: str, description: str | None, environment: Mapping[str, str]
) -> None:
    code_checks.runtime(runtime.name)
    if not cdk.Token.is_unresolved(handler):
        code_checks.handler(handler)
    if description is not None and not cdk.Token.is_unresolved(description):
        code_checks.description(description)
    variables.environment(
        {
            name: "" if cdk.Token.is_unresolved(value) else value
            for name, value in environment.items()
            if not cdk.Token.is_unresolved(name)
        }
    )


def _vcpus(memory_size: cdk.Size, memory_gib_per_vcpu: int) -> int | None:
    if cdk.Token.is_unresolved(memory_gib_per_vcpu):
        return None
    size.memory_per_vcpu(memory_gib_per_vcpu)
    if memory_size.is_unresolved():
        return None
    mebibytes = memory_size.to_mebibytes(rounding=cdk.SizeRoundingBehavior.NONE)
    size.memory(mebibytes, memory_gib_per_vcpu)
    return size.vcpus(mebibytes, memory_gib_per_vcpu)


def _bind(
    scope: Construct,
    code: lambda_.Code | PythonCode,
    runtime: lambda_.Runtime,
    architecture: lambda_.Architecture,
) -> lambda_.Code:
    return code if isinstance(code, lambda_.Code) else code.for_function(runtime, architecture, scope=scope)
