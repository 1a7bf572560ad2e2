"""A person approves: the workflow invokes a notifier, and the notifier completes the callback."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from durable_mi_constructs import DurableManagedFunction

_PLAIN_FUNCTION = (
    "AwsSolutions-IAM4",
    "NIST.800.53.R5-LambdaConcurrency",
    "NIST.800.53.R5-LambdaDLQ",
    "NIST.800.53.R5-LambdaInsideVPC",
    "Serverless-LambdaDLQ",
    "Serverless-LambdaDefaultMemorySize",
    "Serverless-LambdaDefaultTimeout",
    "Serverless-LambdaTracing",
)
FOUND = {
    *((rule, name) for rule in _PLAIN_FUNCTION for name in ("Notifier", "Portal")),
    ("AwsSolutions-SMG4", "Signature"),
    ("NIST.800.53.R5-SecretsManagerRotationEnabled", "Signature"),
    ("NIST.800.53.R5-SecretsManagerUsingKMSKey", "Signature"),
    ("AwsSolutions-IAM5", "Workflow"),
}
"""What the app itself has to answer for: the rule, and the child of the stack that it is about."""


def build(app: cdk.App) -> None:
    """Add the stack to an app."""
    stack = cdk.Stack(app, "Approvals")
    notifier = lambda_.Function(
        stack,
        "Notifier",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.days(30),
        environment={"NOTIFIER": notifier.function_name},
    )
    notifier.grant_invoke(workflow)
    workflow.grants.complete_callbacks(notifier)
    secretsmanager.Secret(stack, "Signature", description="Signs the links in the mails").grant_read(workflow)

    # A second function starts the workflow, which reports back to it.
    portal = lambda_.Function(
        stack,
        "Portal",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        environment={"WORKFLOW": workflow.alias.function_arn},
    )
    workflow.grants.start(portal)
    portal.grant_invoke(workflow)
