"""The CDK app: one stack with the order workflow."""

from __future__ import annotations

import aws_cdk as cdk
from stack import OrderWorkflowStack

app = cdk.App()
OrderWorkflowStack(app, "OrderWorkflow", description="Order workflow: a durable function on Lambda Managed Instances")
app.synth()
