"""The function that drains the old versions of a stack's durable functions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from durable_mi_constructs.acknowledgements import JANITOR, LOG_ENCRYPTION, acknowledge
from durable_mi_constructs.releases.package import HANDLER, ZONES, JanitorPackage
from durable_mi_constructs.releases.permissions import JanitorPermissions, permit_janitor

__all__ = ["JANITOR_ID", "Janitor"]

JANITOR_ID: Final = "DurableReleases"
"""The janitor's id in its stack."""

_SCHEDULE: Final = "rate(5 minutes)"

_janitors: WeakKeyDictionary[cdk.Stack, Janitor] = WeakKeyDictionary()


class Janitor(Construct):
    """Looks after the versions of one stack's durable functions every five minutes.

    An ordinary function: it is not durable, has no instances and is in no network, so it costs next to nothing and
    works while the capacity provider does not.

    A version waits for ``Function``, and so for all that can fail of it: a janitor that cannot be made fails a
    deployment before the alias moves. What names the functions, the policies in ``Permissions`` and then ``Schedule``,
    comes after them. On the way down the schedule goes first.

    Tree, which is public contract: ``Function``, ``Role``, ``LogGroup``, ``Records`` (a DynamoDB table),
    ``Permissions`` and ``Schedule``.

    Args:
        stack: The stack.
        zone: A time zone of opening hours that is known already; ``None`` if there is none.
    """

    def __init__(self, stack: cdk.Stack, zone: str | None) -> None:
        super().__init__(stack, JANITOR_ID)
        self._zones = frozenset(filter(None, [zone]))
        self._records = dynamodb.Table(
            self,
            "Records",
            partition_key=dynamodb.Attribute(name="function", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._records_name = self._records.table_name
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Of the janitor that drains old versions of durable functions",
        )
        log_group = logs.LogGroup(
            self, "LogGroup", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        permit_janitor(stack, role, self._records)
        self._function = self._build_function(role, log_group, stack.stack_id)
        self._resource = cast("lambda_.CfnFunction", self._function.node.default_child)
        # As for the durable functions: CDK lists the role besides naming it.
        self._resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
        self._permissions = JanitorPermissions(self, stack, role)
        self._build_schedule()
        acknowledge(self, JANITOR, LOG_ENCRYPTION)

    @classmethod
    def at(cls, stack: cdk.Stack, zone: str | None = None) -> Janitor:
        """Return the janitor of a stack, which is created if there is none.

        Args:
            stack: The stack.
            zone: A time zone of opening hours that it must know. Defaults to none.

        Raises:
            ValueError: This machine has no data of the time zone.
        """
        if stack not in _janitors:
            _janitors[stack] = cls(stack, zone)
        janitor = _janitors[stack]
        if zone is not None:
            janitor._add_zone(zone)  # noqa: SLF001 - our own
        return janitor

    @property
    def function(self) -> lambda_.Function:
        """The function."""
        return self._function

    @property
    def resource(self) -> lambda_.CfnFunction:
        """The function's resource, for which versions wait."""
        return self._resource

    @property
    def records_name(self) -> str:
        """The name of the table that keeps what it must remember."""
        return self._records_name

    def look_after(self, function_arn: str, capacity_provider_arn: str) -> None:
        """Let it look after a function that its tags mark.

        Args:
            function_arn: The function's ARN without qualifier.
            capacity_provider_arn: The ARN of its capacity provider.
        """
        self._permissions.add(function_arn, capacity_provider_arn)

    def _build_function(self, role: iam.Role, log_group: logs.LogGroup, stack_id: str) -> lambda_.Function:
        environment = {"DURABLE_MI_STACK": stack_id, "DURABLE_MI_RECORDS": self._records_name}
        with tempfile.TemporaryDirectory() as made:
            directory = Path(made)
            digest = self._write_package(directory)
            return lambda_.Function(
                self,
                "Function",
                description="Drains old versions of this stack's durable functions",
                code=lambda_.Code.from_asset(made, asset_hash=digest, asset_hash_type=cdk.AssetHashType.CUSTOM),
                handler=HANDLER,
                runtime=lambda_.Runtime.PYTHON_3_14,
                architecture=lambda_.Architecture.ARM_64,
                memory_size=128,
                timeout=cdk.Duration.minutes(15),
                environment=environment | self._zone_environment(),
                role=role,
                log_group=log_group,
                logging_format=lambda_.LoggingFormat.JSON,
                # The next pass comes by itself.
                retry_attempts=0,
            )

    def _build_schedule(self) -> None:
        rule = events.CfnRule(
            self,
            "Schedule",
            description="Wakes the janitor that drains old versions of durable functions",
            schedule_expression=_SCHEDULE,
            targets=[
                events.CfnRule.TargetProperty(
                    arn=self._function.function_arn,
                    id="Janitor",
                    retry_policy=events.CfnRule.RetryPolicyProperty(maximum_retry_attempts=0),
                )
            ],
        )
        rule.node.add_dependency(self._permissions)
        self._function.add_permission(
            "Schedule", principal=iam.ServicePrincipal("events.amazonaws.com"), source_arn=rule.attr_arn
        )

    def _add_zone(self, zone: str) -> None:
        if zone in self._zones:
            return
        self._zones |= {zone}
        with tempfile.TemporaryDirectory() as made:
            digest = self._write_package(Path(made))
            asset = s3_assets.Asset(
                self,
                f"CodeFor{len(self._zones)}Zones",
                path=made,
                asset_hash=digest,
                asset_hash_type=cdk.AssetHashType.CUSTOM,
            )
        self._resource.code = lambda_.CfnFunction.CodeProperty(
            s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key
        )
        asset.add_resource_metadata(self._resource, "Code")
        for name, value in self._zone_environment().items():
            self._function.add_environment(name, value)

    def _write_package(self, directory: Path) -> str:
        package = JanitorPackage.of(*sorted(self._zones))
        package.write(directory)
        return package.digest

    def _zone_environment(self) -> dict[str, str]:
        return {"PYTHONTZPATH": f"/var/task/{ZONES}"} if self._zones else {}
