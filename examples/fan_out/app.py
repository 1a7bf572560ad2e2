"""The CDK app: `cdk synth` runs it."""

from __future__ import annotations

import aws_cdk as cdk
from fan_out_stack import FanOutStack

app = cdk.App()
FanOutStack(
    app, "FanOut", description="Invoices many customers, a few at a time, retries throttling, and reports who failed"
)
app.synth()
