"""The CDK app: `cdk synth` runs it."""

from __future__ import annotations

import aws_cdk as cdk
from human_approval_stack import HumanApprovalStack

app = cdk.App()
HumanApprovalStack(
    app, "HumanApproval", description="Asks a manager to approve an expense, reminds once, and records the decision"
)
app.synth()
