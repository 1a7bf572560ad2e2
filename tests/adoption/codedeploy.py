"""CodeDeploy shifts new executions to a new version, after a smoke test of it, and rolls back on an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction

if TYPE_CHECKING:
    from constructs import IConstruct

# cdk-nag wants these acknowledged one by one, each with its policy or resource.
FOUND = {(rule, name) for rule in ("AwsSolutions-IAM4", "AwsSolutions-IAM5") for name in ("SmokeTest", "Canary")}
"""What the app itself has to answer for: the rule, and the child of the stack that it is about."""


def build(app: cdk.App, *, release: str = "1") -> None:
    """Add the stack to an app.

    Args:
        app: The app.
        release: A variable of the function. Another value publishes another version.
    """
    stack = cdk.Stack(app, "Releases")
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.minutes(10),
        environment={"RELEASE": release},
    )
    monitoring = workflow.monitor()
    smoke_test = lambda_.Function(
        stack,
        "SmokeTest",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        memory_size=256,
        timeout=cdk.Duration.minutes(5),
        tracing=lambda_.Tracing.ACTIVE,
        # The alias does not point at the new version yet.
        environment={"NEW_VERSION": workflow.version.function_arn},
    )
    workflow.function.grant_invoke_version(smoke_test, workflow.version)
    # It runs as soon as the alias is to move.
    workflow.grants.observe(smoke_test).apply_before(workflow.alias)
    canary = codedeploy.LambdaDeploymentGroup(
        stack,
        "Canary",
        alias=workflow.alias,
        deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_30_MINUTES,
        alarms=[monitoring.alarms["Failed"], monitoring.alarms["TimedOut"]],
        pre_hook=smoke_test,
    )
    cdk.CfnOutput(stack, "FunctionName", value=workflow.function.function_name)

    _acknowledge(
        smoke_test,
        "CodeDeploy invokes it once for each deployment and waits for its answer, and it calls AWS APIs only.",
        "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaDLQ",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC",
        "Serverless::Serverless-LambdaDLQ",
    )
    _acknowledge(
        canary,
        "CDK adds the permission to invoke the smoke test to the role that it makes for CodeDeploy.",
        "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",
    )
    _acknowledge(
        monitoring,
        "CodeDeploy acts on the alarms of executions; the team looks at the dashboard for the others.",
        "NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction",
    )


def _acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    cdk.Validations.of(construct).acknowledge(*(cdk.Acknowledgment(id=rule, reason=reason) for rule in rules))
