"""The CDK app: `cdk synth` runs it."""

from __future__ import annotations

import aws_cdk as cdk
from saga_stack import SagaStack

app = cdk.App()
SagaStack(app, "Saga", description="Books all parts of a trip, or cancels those that are booked")
app.synth()
