"""The stack: one durable function on Lambda Managed Instances, and what its users need to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork, PythonCode

if TYPE_CHECKING:
    from constructs import Construct

WORKFLOW = Path(__file__).parent / "workflow"


class SagaStack(cdk.Stack):
    """Books all parts of a trip, or cancels those that are booked."""

    def __init__(self, scope: Construct, construct_id: str, *, description: str | None = None) -> None:
        super().__init__(scope, construct_id, description=description)
        # One NAT gateway keeps the example cheap; in production leave it out, and get one in each of three zones.
        network = ManagedNetwork(self, "Network", nat_gateways=1)
        workflow = DurableManagedFunction(
            self,
            "Workflow",
            code=PythonCode.from_project(WORKFLOW),
            handler="saga.handler",
            # A booking system that is down for an hour does not leave half a trip behind.
            execution_timeout=cdk.Duration.hours(12),
            capacity=ManagedCapacity(self, "Capacity", network=network),
        )
        cdk.CfnOutput(self, "AliasArn", value=workflow.alias.function_arn, description="What to invoke")
