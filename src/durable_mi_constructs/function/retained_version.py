"""Checks, after everything that changes resources, that a deploy keeps the code of running executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_

__all__ = ["require_retained"]

_ERROR: Final = (
    "the published version must have the deletion policy Retain, got {came}: running executions stay on their version "
    "and fail without it; pass exclude_resource_types=['AWS::Lambda::Version'] to the method of RemovalPolicies, or "
    "remove what else changes the policy of versions"
)


def require_retained(stack: cdk.Stack, version: lambda_.CfnVersion) -> None:
    """Add an error to a version that an update or the deletion of its stack would delete.

    An aspect such as ``RemovalPolicies.of(stack).destroy()`` changes the policy after the construct was made.

    Args:
        stack: The stack of the version.
        version: The version, when nothing changes it any more.
    """
    options: Mapping[str, str] = stack.resolve(version.cfn_options)
    policies = {options.get(name, "none") for name in ("deletionPolicy", "updateReplacePolicy")} - {"Retain"}
    if policies:
        cdk.Annotations.of(version).add_error(_ERROR.format(came=", ".join(sorted(policies))))
