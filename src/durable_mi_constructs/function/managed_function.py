"""A durable function on Lambda Managed Instances, with all resources that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi import limits
from durable_mi.checks import choice
from durable_mi_constructs.acknowledgements import acknowledge, function_suppressions
from durable_mi_constructs.annotations import warn
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.capacity.environment import check_environment
from durable_mi_constructs.capacity.managed_capacity import ManagedCapacity
from durable_mi_constructs.construct_paths import node_of, path_in, remember
from durable_mi_constructs.function.alias_only import reject_as_function
from durable_mi_constructs.function.argument_kinds import ATTRIBUTES, CONSTRUCTOR, FUNCTION_ARN
from durable_mi_constructs.function.attachment import attach_to_capacity
from durable_mi_constructs.function.code import FunctionCode
from durable_mi_constructs.function.durability import Durability
from durable_mi_constructs.function.failure import dead_letter_queue, send_failures
from durable_mi_constructs.function.imported_function import ImportedFunction, split_qualifier
from durable_mi_constructs.function.interface import IDurableManagedFunction
from durable_mi_constructs.function.release import ALIAS_NAME, Release, check_environments, version_options
from durable_mi_constructs.function.settings import FunctionLogging, FunctionSettings
from durable_mi_constructs.function.size import FunctionSize
from durable_mi_constructs.function.texts import check_texts
from durable_mi_constructs.function.unsupported import reject_unsupported
from durable_mi_constructs.permissions.encryption import ExecutionEncryption
from durable_mi_constructs.permissions.execution_permissions import ExecutionPermissions
from durable_mi_constructs.releases.options import Releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from durable_mi_constructs.capacity.interface import IManagedCapacity
    from durable_mi_constructs.function.failure import DeadLetters
    from durable_mi_constructs.function.python_code import PythonCode

__all__ = ["DurableManagedFunction"]


@reject_as_function
@jsii.implements(iam.IGrantable, ec2.IConnectable)
class DurableManagedFunction(IDurableManagedFunction):
    """A durable Python function on managed instances: capacity, permissions, logs, published version and alias.

    Always invoke :attr:`alias`. Lambda rejects ``$LATEST`` on managed instances, and an unqualified ARN would change
    its version under running executions. A version never changes. ``alias`` is a ``lambda_.IFunction``, so you can pass
    it to CDK's own schedules, rules, queues, function URLs and Step Functions tasks.

    Cost: at least ``min_execution_environments`` environments run for every published version, from the first minute,
    on instances in three zones. The network's NAT gateways or endpoints are billed too.

    Tree, which is public contract: ``Resource`` (the ``lambda_.Function``, below it ``CurrentVersion``),
    ``ExecutionPolicy``, ``Alias``, and, unless you pass your own, ``Role``, ``LogGroup``, ``DeadLetterQueue`` and
    ``Capacity`` (a :class:`~durable_mi_constructs.ManagedCapacity`); ``FunctionRole`` after a grant or with a role of
    another stack; ``GrantsTo...`` for a role that has grants on it; ``PolicyAfterAlias`` for grants on what uses the
    alias; ``Monitoring`` after a call of :meth:`monitor`.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        code: The handler and its requirements: any ``lambda_.Code``, or a
            :class:`~durable_mi_constructs.PythonCode`, which installs the requirements for this function's runtime and
            architecture. A container image is ``lambda_.Code.from_ecr_image(...)`` or
            ``lambda_.Code.from_asset_image(...)``. For the latter, pass the ``platform`` of the instances: otherwise
            CDK builds for the machine that it runs on.
        handler: Module and function, such as ``order_workflow.handler``; for a container image
            ``lambda_.Handler.FROM_IMAGE``.
        execution_timeout: Time for a whole execution, all waits included: 1 second to 366 days, in whole seconds.
        runtime: Python 3.13 or newer, also as a string such as ``"python3.14"``. Defaults to Python 3.14, or to the
            runtime of the container image.
        memory_size: Memory of one execution environment, shared by its processes: 2 to 32 GiB, a multiple of
            ``memory_gib_per_vcpu``. Defaults to 4 GiB.
        memory_gib_per_vcpu: 2, 4 or 8. Defaults to 4, because each concurrent invocation of a Python function is
            a separate process.
        timeout: Time for one invocation, from start or resumption to the next suspension: 1 second to 90 minutes, in
            whole seconds, not above ``execution_timeout``. Above 15 minutes it applies to asynchronous
            invocations only, and raises a warning. Defaults to 15 minutes, or to ``execution_timeout`` if that is
            shorter.
        retention_period: How long the history of a finished execution is kept: 1 to 90 whole days. Defaults to 14 days.
        encryption_key: A customer managed key for the data of executions: inputs, results of steps and callbacks,
            outcomes, and the events in the created dead-letter queue. It must be a symmetric key of this account and
            Region. Lambda's statement is added to its policy; for an imported key that is not possible, which raises a
            warning. A new key applies to new executions only, and running ones fail without theirs. Defaults to a key
            that AWS owns.
        environment: Environment variables, 4 KiB in all. Defaults to none.
        description: At most 256 characters. Defaults to none.
        max_concurrency: Concurrent invocations of one execution environment, each in a process: 1 to 64 for each vCPU,
            at most 1600. Above 16 for each vCPU it raises a warning. Defaults to 8 for each vCPU, half of Lambda's
            default for Python. If ``memory_size`` or ``memory_gib_per_vcpu`` is a token, it is Lambda's default.
        min_execution_environments: Environments that every published version keeps running, 0 to 15,000. 0 is valid
            only with a maximum of 0, which turns new versions off. 1 and 2 raise a warning. Defaults to 3, one for each
            zone.
        max_execution_environments: Maximum of environments of a published version, not below the minimum. Defaults to
            as many as fit on the capacity provider.
        tracing: X-Ray tracing, also as a string such as ``"ACTIVE"``. Defaults to off. With tracing, a network with
            private egress gets the ``xray`` endpoint.
        capacity: The instances, to share them with other functions: a :class:`~durable_mi_constructs.ManagedCapacity`,
            or what its ``from_capacity_provider_arn`` imports, in the account and Region of the function. Defaults to a
            new one with its defaults, for this function only.
        role: The execution role, also of another stack. It gets the same permissions as a created role, in policies of
            this function's stack. A role that was imported as immutable does not: grant it the durable permissions
            yourself, or executions fail at the first checkpoint. Defaults to a role that can write this function's
            logs, checkpoint its executions, and send traces if ``tracing`` is on.
        dead_letters: Where the event of an execution goes that was started asynchronously and failed, timed out or was
            stopped. Defaults to an encrypted SQS queue that keeps it for 14 days.
        log_group: Where the logs go, always as JSON. Defaults to a log group with CDK's defaults: logs are kept for two
            years, and the log group is retained when the stack is deleted.
        logging: Levels of the logs, and retention of the created log group. Defaults to ``INFO`` and two years.
        settings: Layers, ``/tmp``, runtime pin, code signing, tags, and a key for environment variables. Defaults
            to the service's defaults.
        releases: What becomes of a version after a deployment moved the alias on. Defaults to :meth:`Releases.drain`:
            it is turned off once it is proven empty, and deleted later, by a janitor that the stack gets.
        unsupported: Not used. Arguments of ``lambda_.Function`` that this construct does not have raise an error with
            the reason and the alternative.

    Raises:
        ValueError: A value is of the wrong kind or out of the service's range, or an argument does not work on managed
            instances. Unresolved tokens are not checked.
    """

    @takes(**CONSTRUCTOR)
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
        encryption_key: kms.IKey | None = None,
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
        max_concurrency: int | None = None,
        min_execution_environments: int = limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS,
        max_execution_environments: int | None = None,
        tracing: lambda_.Tracing = lambda_.Tracing.DISABLED,
        capacity: IManagedCapacity | None = None,
        role: iam.IRole | None = None,
        dead_letters: DeadLetters | None = None,
        log_group: logs.ILogGroup | None = None,
        logging: FunctionLogging | None = None,
        settings: FunctionSettings | None = None,
        releases: Releases | None = None,
        **unsupported: Never,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = remember(self, scope, construct_id)
        reject_unsupported(unsupported)
        tracing = choice.take_member("tracing", tracing, lambda_.Tracing)
        environment = dict(environment or {})
        logging, settings = logging or FunctionLogging(), settings or FunctionSettings()
        releases = Releases.drain() if releases is None else releases
        check_texts(description, environment)
        found = FunctionCode.of(code, handler, runtime, settings)
        durability = Durability.of(
            execution_timeout=execution_timeout, timeout=timeout, retention_period=retention_period
        )
        size = FunctionSize.of(memory=memory_size, memory_gib_per_vcpu=memory_gib_per_vcpu, concurrency=max_concurrency)
        warn(self, durability.warning, size.warning, releases.warning)
        warn(self, check_environments(min_execution_environments, max_execution_environments))
        self._encryption = None if encryption_key is None else ExecutionEncryption.of(self, encryption_key)
        if self._encryption is not None:
            warn(self, self._encryption.allow_service(self))
        if capacity is not None:
            check_environment(capacity, stack)
        own_capacity = ManagedCapacity(self, "Capacity") if capacity is None else None
        self._capacity = capacity or cast("IManagedCapacity", own_capacity)
        path, draining = path_in(scope, construct_id), releases.draining_environments
        self._capacity.reserve(size.vcpu_demand(path, min_execution_environments, draining))
        self._log_group = logging.log_group(self, log_group)
        self._dead_letters = dead_letters or dead_letter_queue(self, self._encryption.key if self._encryption else None)
        created_queue = None if dead_letters else self._dead_letters.queue
        needs_key = self._encryption is not None if created_queue else self._dead_letters.has_key
        # A key's policy can name the role, which must then not name what is encrypted with the key.
        sends_to = None if role or needs_key or self._dead_letters.queue is None else self._dead_letters.queue.queue_arn
        self._permissions = ExecutionPermissions(self, role, sends_to)
        if needs_key:
            self._dead_letters.allow(self._permissions.function_role)
        self._function = lambda_.Function(
            self,
            "Resource",
            code=found.bind(self, self._capacity.architecture),
            handler=found.handler,
            runtime=found.runtime,
            architecture=self._capacity.architecture,
            memory_size=size.memory_mib,
            ephemeral_storage_size=settings.ephemeral_storage_size,
            timeout=durability.timeout,
            environment=environment or None,
            environment_encryption=settings.environment_encryption,
            layers=list(settings.layers) or None,
            description=description,
            tracing=tracing,
            role=self._permissions.function_role,
            dead_letter_queue=None if sends_to else self._dead_letters.queue,
            dead_letter_topic=self._dead_letters.topic,
            code_signing_config=settings.code_signing_config,
            runtime_management_mode=settings.runtime_management_mode,
            log_group=self._log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=logging.application_log_level,
            system_log_level_v2=logging.system_log_level,
            current_version_options=version_options(releases, min_execution_environments, max_execution_environments),
        )
        self._resource = cast("lambda_.CfnFunction", node_of(self._function).default_child)
        found.check_made(self._function, self._resource)
        settings.apply_tags(self._function)
        if sends_to is not None:
            send_failures(self._resource, sends_to)
        self._resource.durable_config = durability.config(self._encryption)
        attach_to_capacity(self._resource, self._capacity, size)
        if traced := tracing is not lambda_.Tracing.DISABLED:
            self._capacity.allow_tracing()
        self._execution_policy = self._permissions.permit_execution(
            self._function, log_group=self._log_group, encryption=self._encryption, traced=traced
        )
        self._release = Release(
            self,
            node := self.node,
            stack,
            self._function,
            self._resource,
            capacity=self._capacity,
            permissions=self._execution_policy,
            parts=(self._capacity, self._log_group, self.role, self._dead_letters.queue),
            beside=(created_queue, own_capacity.network.flow_log if own_capacity else None),
            releases=releases,
            environments=(min_execution_environments, max_execution_environments),
        )
        self._permissions.keep_behind(self._release.alias)
        acknowledge(node, *function_suppressions(stack.get_logical_id(self._resource), traced=traced))

    @classmethod
    @takes(**FUNCTION_ARN)
    def from_function_arn(cls, scope: Construct, construct_id: str, function_arn: str) -> IDurableManagedFunction:
        """Import a durable function of another app by its ARN.

        Its alias is the qualifier of the ARN, or ``live``. Use :meth:`from_attributes` if you have more: with the
        capacity provider's name, its metrics and alarms include those of execution environments.

        Args:
            scope: The parent.
            construct_id: The id in the parent.
            function_arn: Its ARN, of the stack's account and Region. If all of it is a token, it has no qualifier.

        Raises:
            ValueError: The ARN is not of a function, or is of another account or Region, or its qualifier is a version.
        """
        arn, alias_name = split_qualifier(function_arn)
        return cls.from_attributes(scope, construct_id, function_arn=arn, alias_name=alias_name)

    @classmethod
    @takes(**ATTRIBUTES)
    def from_attributes(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        cls,
        scope: Construct,
        construct_id: str,
        *,
        function_arn: str,
        alias_name: str = ALIAS_NAME,
        capacity_provider_name: str | None = None,
        encryption_key: kms.IKey | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> IDurableManagedFunction:
        """Import a durable function of another app, with what belongs to it.

        Args:
            scope: The parent.
            construct_id: The id in the parent.
            function_arn: Its ARN without qualifier, of the stack's account and Region.
            alias_name: The alias to invoke. Defaults to ``live``.
            capacity_provider_name: Its capacity provider's name, for the metrics of execution environments. Defaults to
                none: such a metric then raises an error, and ``monitor`` warns and omits them.
            encryption_key: The customer managed key of its execution data, which grantees that read or change the data
                must use. Defaults to none; their requests then fail if there is such a key.
            dead_letter_queue: The queue of failed executions' events, for ``monitor``. Defaults to none.

        Raises:
            ValueError: The ARN is not of a function, or has a qualifier or another account or Region, or a name or
                the key is not valid.
        """
        return ImportedFunction(
            scope,
            construct_id,
            function_arn=function_arn,
            alias_name=alias_name,
            capacity_provider_name=capacity_provider_name,
            encryption_key=encryption_key,
            dead_letter_queue=dead_letter_queue,
        )

    @property
    def function_arn(self) -> str:
        """The function's ARN without qualifier. To invoke it use :attr:`alias`."""
        return self._function.function_arn

    @property
    def function_name(self) -> str:
        """The function's name."""
        return self._function.function_name

    @property
    def alias_name(self) -> str:
        """The alias's name, ``live``."""
        return ALIAS_NAME

    @property
    def function(self) -> lambda_.Function:
        """The function, for escape hatches. To invoke it use :attr:`alias`."""
        return self._release.hand_out(self._function)

    @property
    def version(self) -> lambda_.Version:
        """The version that this deployment publishes."""
        return self._release.version

    @property
    def alias(self) -> lambda_.Alias:
        """The alias ``live``. Always invoke the alias."""
        return self._release.alias

    @property
    def capacity(self) -> IManagedCapacity:
        """The instances that the function runs on."""
        return self._capacity

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._permissions.role

    @property
    def execution_policy(self) -> iam.Policy:
        """The execution role's policy for durable execution; the published version depends on it."""
        return self._execution_policy

    @property
    def log_group(self) -> logs.ILogGroup:
        """Where the function's logs go."""
        return self._release.hand_out(self._log_group)

    @property
    def dead_letters(self) -> DeadLetters:
        """Where the events of failed executions go: ``.queue``, ``.topic``, or neither."""
        self._release.hand_out(self._dead_letters.queue)
        return self._dead_letters

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The execution role as a principal, so that CDK's ``grant_*`` methods take this construct.

        Grants go into :attr:`execution_policy`, so that a resource can depend on the function that it is granted to.
        """
        return self._permissions.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Connections to other resources in the VPC, so that ``allow_*_from`` methods take this construct.

        They are those of the :attr:`capacity`, whose instances have one network interface for all of their functions:
        what you open for one function is open for all functions on the capacity.
        """
        return self._capacity.connections

    @property
    def metric_capacity_provider_name(self) -> str:
        """The capacity provider's name, for the dimension ``CapacityProviderName``."""
        return self._capacity.capacity_provider_name

    @property
    def _grants_scope(self) -> Construct:
        return self

    @property
    def _execution_encryption(self) -> ExecutionEncryption | None:
        return self._encryption

    @property
    def _monitored(self) -> tuple[sqs.IQueue | None, str | None]:
        return self._dead_letters.queue, self._release.drains_in
