"""Flow logs of a capacity provider's VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs

from durable_mi_constructs.acknowledgements import INLINE_POLICIES, LOG_ENCRYPTION, acknowledge

if TYPE_CHECKING:
    import aws_cdk as cdk
    from constructs import Construct

__all__ = ["make_flow_logs"]


def make_flow_logs(
    scope: Construct,
    vpc: ec2.IVpc,
    destination: ec2.FlowLogDestination | None,
    *,
    removal_policy: cdk.RemovalPolicy | None,
) -> ec2.FlowLog:
    """Record all traffic of a VPC, accepted and rejected, as ``FlowLogs`` in ``scope``.

    Args:
        scope: The network.
        vpc: The VPC.
        destination: Where the records go. ``None`` creates the log group ``FlowLogGroup`` in ``scope``, which keeps
            them for a month.
        removal_policy: What becomes of that log group when the stack is deleted. ``None`` retains it.
    """
    if destination is None:
        month = logs.RetentionDays.ONE_MONTH
        group = logs.LogGroup(scope, "FlowLogGroup", retention=month, removal_policy=removal_policy)
        acknowledge(group, LOG_ENCRYPTION)
        destination = ec2.FlowLogDestination.to_cloud_watch_logs(group)
    flow_log = ec2.FlowLog(
        scope,
        "FlowLogs",
        resource_type=ec2.FlowLogResourceType.from_vpc(vpc),
        destination=destination,
        traffic_type=ec2.FlowLogTrafficType.ALL,
    )
    # CDK makes a role for it where the records go to a log group.
    acknowledge(flow_log, INLINE_POLICIES)
    return flow_log
