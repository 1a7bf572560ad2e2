"""An app in the VPC of a network team, found by its tag; the instances go to one group of its subnets."""

from __future__ import annotations

import os

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork


def build(app: cdk.App, env: cdk.Environment) -> ManagedNetwork:
    """Add the stack to an app.

    Args:
        app: The app.
        env: Account and Region of the VPC.
    """
    stack = cdk.Stack(app, "Orders", env=env)
    vpc = ec2.Vpc.from_lookup(stack, "Vpc", tags={"Name": "shared"}, subnet_group_name_tag="tier")
    network = ManagedNetwork(
        stack,
        "Network",
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_group_name="workloads", one_per_az=True),
        endpoints=[ec2.GatewayVpcEndpointAwsService.DYNAMODB],
    )
    DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
        capacity=ManagedCapacity(stack, "Capacity", network=network),
    )
    return network


if __name__ == "__main__":
    main = cdk.App()
    # The CDK CLI sets both from the credentials that it runs with.
    build(
        main,
        cdk.Environment(account=os.environ["CDK_DEFAULT_ACCOUNT"], region=os.environ["CDK_DEFAULT_REGION"]),
    )
    main.synth()
