"""The stack of the throw-away workflow, on a capacity provider that is there already."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, PythonCode, Releases
from tests.deploy.drill import DRILL_STACK

__all__ = ["synthesize"]

_REQUIREMENTS: Final = Path(__file__).parents[3] / "examples" / "order_workflow" / "workflow" / "requirements.txt"


def synthesize(directory: Path, capacity_provider_arn: str, *, account: str, region: str) -> Path:
    """Make the app's assembly in ``cdk.out`` below a directory.

    Args:
        directory: An empty directory.
        capacity_provider_arn: Where the workflow runs.
        account: The account's number.
        region: The region.
    """
    project = directory / "workflow"
    project.mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "workflow.py", project)
    shutil.copy(_REQUIREMENTS, project)
    app = cdk.App(outdir=str(directory / "cdk.out"))
    stack = cdk.Stack(app, DRILL_STACK, env=cdk.Environment(account=account, region=region))
    capacity = ManagedCapacity.from_capacity_provider_arn(
        stack, "Capacity", capacity_provider_arn, architecture=lambda_.Architecture.ARM_64
    )
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=PythonCode.from_project(project),
        handler="workflow.handler",
        execution_timeout=cdk.Duration.hours(2),
        capacity=capacity,
        min_execution_environments=1,
        # A janitor would answer the questions in its own way.
        releases=Releases.keep_all(),
    )
    # May do nothing, so that each refusal names what was checked.
    role = iam.Role(stack, "Powerless", assumed_by=iam.AccountRootPrincipal())
    cdk.CfnOutput(stack, "RoleArn", value=role.role_arn)
    cdk.CfnOutput(stack, "FunctionName", value=workflow.function_name)
    app.synth()
    return directory / "cdk.out"
