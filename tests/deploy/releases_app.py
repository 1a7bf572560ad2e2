"""A function whose code changes with each deployment, as `test_releases` deploys it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["synthesize"]


def synthesize(directory: Path, stack_name: str, code: str, *, fails: bool = False) -> Path:
    """Make the app's assembly.

    Args:
        directory: Where to.
        stack_name: The stack's name.
        code: What the code differs in.
        fails: Whether the deployment fails after the version is published.
    """
    app = cdk.App(outdir=str(directory), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, stack_name)
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline(f"def handler(event, context): ...\n# {code}"),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
    )
    workflow.alias.configure_async_invoke(max_event_age=cdk.Duration.minutes(10))
    if fails:
        broken = lambda_.CfnAlias(
            stack, "Broken", function_name=workflow.function_name, function_version="999", name="broken"
        )
        broken.add_dependency(cast("lambda_.CfnVersion", workflow.version.node.default_child))
    cdk.CfnOutput(stack, "FunctionName", value=workflow.function_name)
    app.synth()
    return directory
