"""How a function is attached to its capacity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from durable_mi_constructs.capacity.interface import IManagedCapacity
    from durable_mi_constructs.function.size import FunctionSize

__all__ = ["attach_to_capacity"]


def attach_to_capacity(resource: lambda_.CfnFunction, capacity: IManagedCapacity, size: FunctionSize) -> None:
    """Run a function on a capacity provider, by its published versions only.

    Not by the L2's ``add_function``, which an imported capacity provider does not have.

    Args:
        resource: The function.
        capacity: The instances.
        size: The function's memory and concurrency.
    """
    resource.capacity_provider_config = lambda_.CfnFunction.CapacityProviderConfigProperty(
        lambda_managed_instances_capacity_provider_config=(
            lambda_.CfnFunction.LambdaManagedInstancesCapacityProviderConfigProperty(
                capacity_provider_arn=capacity.capacity_provider_arn,
                per_execution_environment_max_concurrency=size.concurrency,
                execution_environment_memory_gib_per_v_cpu=size.memory_gib_per_vcpu,
            )
        )
    )
    # The alias is what gets invoked; $LATEST.PUBLISHED would keep a second set of environments warm.
    resource.publish_to_latest_published = False
    # CDK lists the role among the things a function depends on although the function names it; cfn-lint minds.
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
