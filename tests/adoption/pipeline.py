"""CDK Pipelines builds the package of a monorepo's service, publishes it as an asset, and deploys the stack with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import pipelines

from tests.adoption.monorepo_package.app import build as build_service

if TYPE_CHECKING:
    from constructs import IConstruct

# cdk-nag wants this acknowledged for every action and resource, and CDK Pipelines has forty of them.
FOUND = {("AwsSolutions-IAM5", "Pipeline")}
"""What the app itself has to answer for: the rule, and the child of the stack that it is about."""

CONNECTION = "arn:aws:codeconnections:eu-central-1:111122223333:connection/11111111-2222-3333-4444-555555555555"


def build(app: cdk.App) -> None:
    """Add the pipeline's stack to an app, and in it the stage that the pipeline deploys."""
    stack = cdk.Stack(app, "Delivery")
    pipeline = pipelines.CodePipeline(
        stack,
        "Pipeline",
        cross_account_keys=True,
        enable_key_rotation=True,
        synth=pipelines.ShellStep(
            "Synth",
            input=pipelines.CodePipelineSource.connection("acme/orders", "main", connection_arn=CONNECTION),
            # The extra brings uv, which the packages are built with. Docker is not needed.
            install_commands=["npm install --global aws-cdk@2", "pip install 'durable-mi-constructs[packaging]'"],
            commands=["cdk synth"],
        ),
    )
    production = cdk.Stage(stack, "Production")
    build_service(production)
    pipeline.add_stage(production)

    _acknowledge(
        pipeline,
        "Every run makes its artifacts anew, and only the roles of the pipeline can read them.",
        "AwsSolutions::AwsSolutions-S1",
        "NIST.800.53.R5::NIST.800.53.R5-S3BucketLoggingEnabled",
        "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled",
        "NIST.800.53.R5::NIST.800.53.R5-S3BucketVersioningEnabled",
    )
    _acknowledge(
        pipeline,
        "CDK Pipelines writes the policies of its roles, and changes them with its projects.",
        "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",
    )


def _acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    cdk.Validations.of(construct).acknowledge(*(cdk.Acknowledgment(id=rule, reason=reason) for rule in rules))
