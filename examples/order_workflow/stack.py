"""The stack: a durable function on managed instances, and outputs with the names to use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork, PythonCode

if TYPE_CHECKING:
    from constructs import Construct

WORKFLOW = Path(__file__).parent / "workflow"


class OrderWorkflowStack(cdk.Stack):
    """Validate an order, wait five seconds, process it."""

    def __init__(self, scope: Construct, construct_id: str, *, description: str | None = None) -> None:
        super().__init__(scope, construct_id, description=description)
        # One NAT gateway keeps the example cheap. If its zone fails, running executions cannot save their progress
        # until it is back, so a production stack leaves nat_gateways out and gets one in each of the three zones.
        network = ManagedNetwork(
            self,
            "Network",
            nat_gateways=1,
            flow_logs=ec2.FlowLogDestination.to_cloud_watch_logs(self._logs("FlowLogs")),
        )
        capacity = ManagedCapacity(
            self,
            "Capacity",
            network=network,
            architecture=lambda_.Architecture.ARM_64,
            system_log_group=self._logs("SystemLogs"),
        )
        workflow = DurableManagedFunction(
            self,
            "Workflow",
            description="Validates an order, waits five seconds and processes it",
            code=PythonCode.from_project(WORKFLOW),
            handler="order_workflow.handler",
            execution_timeout=cdk.Duration.hours(1),
            retention_period=cdk.Duration.days(30),
            max_concurrency=4,
            capacity=capacity,
            log_group=self._logs("Logs"),
        )
        self._output("FunctionName", workflow.function.function_name, "For the list of its executions")
        self._output("AliasArn", workflow.alias.function_arn, "What to invoke")
        self._output("LogGroupName", workflow.log_group.log_group_name, "Where the log lines are")
        self._output("CapacityProviderName", capacity.capacity_provider_name, "The instances that cost money")
        self._output("CostFloor", str(capacity.cost_floor()), "What they and their network cost when nothing runs")

    def _logs(self, construct_id: str) -> logs.LogGroup:
        # Kept no longer than the example; a production stack leaves them out and keeps its logs.
        group = logs.LogGroup(
            self, construct_id, retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        # For whoever adds cdk-nag to the app: the constructs answer for what is theirs, the app for what is its own.
        cdk.Validations.of(group).acknowledge(
            cdk.Acknowledgment(
                id="NIST.800.53.R5::NIST.800.53.R5-CloudWatchLogGroupEncrypted",
                reason="CloudWatch Logs encrypts with a key of its own, and the example logs order numbers only.",
            )
        )
        return group

    def _output(self, name: str, value: str, description: str) -> None:
        cdk.CfnOutput(self, name, value=value, description=description)
