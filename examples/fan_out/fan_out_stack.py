"""The stack: one durable function on Lambda Managed Instances, and what its users need to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork, PythonCode

if TYPE_CHECKING:
    from constructs import Construct

WORKFLOW = Path(__file__).parent / "workflow"


class FanOutStack(cdk.Stack):
    """Invoices many customers, a few at a time, retries throttling, and reports who failed."""

    def __init__(self, scope: Construct, construct_id: str, *, description: str | None = None) -> None:
        super().__init__(scope, construct_id, description=description)
        # One NAT gateway keeps the example cheap; in production leave it out, and get one in each of three zones.
        network = ManagedNetwork(self, "Network", nat_gateways=1)
        workflow = DurableManagedFunction(
            self,
            "Workflow",
            code=PythonCode.from_project(WORKFLOW),
            handler="fan_out.handler",
            # A month has many customers, and a throttled one is tried again for minutes.
            execution_timeout=cdk.Duration.hours(6),
            capacity=ManagedCapacity(self, "Capacity", network=network),
        )
        cdk.CfnOutput(self, "AliasArn", value=workflow.alias.function_arn, description="What to invoke")
