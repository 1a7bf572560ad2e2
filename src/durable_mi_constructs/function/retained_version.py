"""Checks, after everything that changes resources, that a deploy keeps the code of running executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_lambda as lambda_

__all__ = ["require_retained"]

_ERROR: Final = (
    "the published version must have the deletion policy Retain, got {came}: running executions stay on their version "
    "and fail without it; pass exclude_resource_types=['AWS::Lambda::Version'] to the method of RemovalPolicies, or "
    "remove what else changes the policy of versions"
)


def require_retained(stack: cdk.Stack, versions: Sequence[lambda_.CfnVersion]) -> None:
    """Add an error to each version that an update or the deletion of its stack would delete.

    An aspect such as ``RemovalPolicies.of(stack).destroy()`` changes the policy after the construct was made.

    Args:
        stack: The stack of the versions.
        versions: The versions, when nothing changes them any more.
    """
    every: list[Mapping[str, str]] = stack.resolve([version.cfn_options for version in versions])
    for version, options in zip(versions, every, strict=True):
        policies = {options.get(name, "none") for name in ("deletionPolicy", "updateReplacePolicy")} - {"Retain"}
        if policies:
            cdk.Annotations.of(version).add_error(_ERROR.format(came=", ".join(sorted(policies))))
