"""Checks, after everything that changes resources, that a deploy keeps the code of running executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["RetainedVersion"]

_ERROR: Final = (
    "the published version must have the removal policy RETAIN, got {came}: running executions stay on their version "
    "and fail without it; pass exclude_resource_types=['AWS::Lambda::Version'] to the method of RemovalPolicies, or "
    "remove what else changes the policy of versions"
)


@jsii.implements(cdk.IAspect)
class RetainedVersion:
    """Adds an error to a version that an update or the deletion of its stack would delete.

    An aspect such as ``RemovalPolicies.of(stack).destroy()`` changes the policy after the construct was made.
    """

    @classmethod
    def require(cls, version: lambda_.Version) -> None:
        """Look at a version after all aspects that change resources."""
        cdk.Aspects.of(version).add(cls(), priority=cdk.AspectPriority.READONLY)

    def visit(self, node: IConstruct) -> None:
        """Look at one construct.

        Args:
            node: The construct.
        """
        if isinstance(node, lambda_.CfnVersion):
            options = node.cfn_options
            policies = {options.deletion_policy, options.update_replace_policy} - {cdk.CfnDeletionPolicy.RETAIN}
            if policies:
                came = ", ".join(sorted("none" if policy is None else policy.name for policy in policies))
                cdk.Annotations.of(node).add_error(_ERROR.format(came=came))
