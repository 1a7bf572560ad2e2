"""The CDK app: `cdk synth` runs it."""

from __future__ import annotations

import aws_cdk as cdk
from scheduled_report_stack import ScheduledReportStack

app = cdk.App()
ScheduledReportStack(
    app,
    "ScheduledReport",
    description="Makes a report every night: one workflow collects the figures, another one writes the report",
)
app.synth()
