"""A platform team's stack with VPC and capacity, and two teams' stacks with functions on it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, Egress, ManagedCapacity, ManagedNetwork


class Platform(cdk.Stack):
    """The VPC with private egress and the capacity in it, tagged for the bill."""

    def __init__(self, app: cdk.App, env: cdk.Environment | None) -> None:
        """Create both."""
        super().__init__(app, "Platform", env=env)
        network = ManagedNetwork(
            self, "Network", egress=Egress.PRIVATE, endpoints=[ec2.GatewayVpcEndpointAwsService.DYNAMODB]
        )
        self.capacity = ManagedCapacity(
            self, "Capacity", network=network, max_vcpus=64, allowed_instance_types=["m8g.*"], propagate_tags=True
        )
        cdk.Tags.of(self).add("cost-center", "platform")


class Team(cdk.Stack):
    """A team's function on the platform's capacity."""

    def __init__(self, app: cdk.App, name: str, platform: Platform, env: cdk.Environment | None) -> None:
        """Create the function."""
        super().__init__(app, name, env=env)
        self.workflow = DurableManagedFunction(
            self,
            "Workflow",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            handler="index.handler",
            execution_timeout=cdk.Duration.hours(1),
            tracing=lambda_.Tracing.ACTIVE,
            capacity=platform.capacity,
        )


def build(app: cdk.App, env: cdk.Environment | None = None) -> tuple[Platform, Team, Team]:
    """Add the three stacks to an app."""
    platform = Platform(app, env)
    return platform, Team(app, "Orders", platform, env), Team(app, "Invoices", platform, env)


if __name__ == "__main__":
    main = cdk.App()
    build(main)
    main.synth()
