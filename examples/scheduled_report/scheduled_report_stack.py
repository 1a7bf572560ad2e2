"""The stack: two durable functions on the same instances, and a schedule that starts one of them every night."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork, PythonCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

WORKFLOW = Path(__file__).parent / "workflow"


class ScheduledReportStack(cdk.Stack):
    """Makes a report every night: one workflow collects the figures of each region for the other one."""

    def __init__(self, scope: Construct, construct_id: str, *, description: str | None = None) -> None:
        super().__init__(scope, construct_id, description=description)
        # One NAT gateway keeps the example cheap; in production leave it out, and get one in each of three zones.
        network = ManagedNetwork(self, "Network", nat_gateways=1)
        self._capacity = ManagedCapacity(self, "Capacity", network=network)
        figures = self._function("Figures", "figures.handler")
        # The alias: each execution of the figures stays on the version that it started on. An unqualified name or
        # $LATEST is rejected on managed instances.
        report = self._function("Report", "scheduled_report.handler", {"FIGURES": figures.alias.function_arn})
        figures.grants.chained_invoke(report)
        _acknowledge(
            report,
            "AwsSolutions::AwsSolutions-IAM5[Resource::<FiguresF20242E3.Arn>:*]",
            "A chained invoke runs on a version, and each deployment publishes another one.",
        )
        self._every_night(report)
        cdk.CfnOutput(self, "AliasArn", value=report.alias.function_arn, description="What to invoke")

    def _function(
        self, construct_id: str, handler: str, environment: Mapping[str, str] | None = None
    ) -> DurableManagedFunction:
        return DurableManagedFunction(
            self,
            construct_id,
            code=PythonCode.from_project(WORKFLOW),
            handler=handler,
            execution_timeout=cdk.Duration.hours(6),
            environment=environment,
            capacity=self._capacity,
        )

    def _every_night(self, report: DurableManagedFunction) -> None:
        # What the scheduler could not deliver. What failed later is in the function's own dead-letter queue.
        missed = sqs.Queue(self, "Missed", enforce_ssl=True, retention_period=cdk.Duration.days(14))
        # For whoever adds cdk-nag to the app.
        _acknowledge(missed, "AwsSolutions::AwsSolutions-SQS3", "It is a dead-letter queue itself.")
        _acknowledge(missed, "Serverless::Serverless-SQSRedrivePolicy", "It is a dead-letter queue itself.")
        scheduler.Schedule(
            self,
            "Nightly",
            schedule=scheduler.ScheduleExpression.cron(hour="2", minute="0", time_zone=cdk.TimeZone.ETC_UTC),
            target=targets.LambdaInvoke(
                report.alias,
                # Delivery is at least once. The time of the schedule identifies the night, also in a second delivery.
                input=scheduler.ScheduleTargetInput.from_object({"night": scheduler.ContextAttribute.scheduled_time}),
                dead_letter_queue=missed,
            ),
        )


def _acknowledge(construct: Construct, rule: str, reason: str) -> None:
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
