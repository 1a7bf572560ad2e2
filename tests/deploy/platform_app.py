"""Two stacks of one app: a platform that owns private capacity, and a team that runs a function on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

__all__ = ["PLATFORM", "TEAM", "synthesize"]

PLATFORM: Final = "Platform"
TEAM: Final = "Team"


def synthesize(
    directory: Path, *, references: str = "strong", memory_gib: int = 4, taken_role: str | None = None
) -> Path:
    """Synthesize the app.

    Args:
        directory: Where to.
        references: How one stack refers to another: `strong` by exports, `weak` by outputs.
        memory_gib: Memory of the team's function.
        taken_role: A role of this name is added to the function's construct; give the name of one that exists, and the
            deployment fails there.
    """
    # CDK's validation would only warn here, and takes four seconds to load.
    app = cdk.App(
        outdir=str(directory),
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:defaultCrossStackReferences": references},
    )
    platform = cdk.Stack(app, PLATFORM)
    network = ManagedNetwork(platform, "Network", egress=Egress.PRIVATE)
    capacity = ManagedCapacity(platform, "Capacity", network=network)
    _function(platform, "Audit", capacity, 4)
    cdk.CfnOutput(platform, "CapacityProviderName", value=capacity.capacity_provider_name)
    team = cdk.Stack(app, TEAM)
    function = _function(team, "Orders", capacity, memory_gib)
    cdk.CfnOutput(team, "FunctionName", value=function.function.function_name)
    cdk.CfnOutput(team, "AliasArn", value=function.alias.function_arn)
    if taken_role is not None:
        iam.Role(function, "Taken", role_name=taken_role, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    app.synth()
    return directory


def _function(
    scope: Construct, construct_id: str, capacity: ManagedCapacity, memory_gib: int
) -> DurableManagedFunction:
    return DurableManagedFunction(
        scope,
        construct_id,
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
        memory_size=cdk.Size.gibibytes(memory_gib),
        capacity=capacity,
    )
