"""The properties of a CloudFormation resource, read from CDK in one round trip to Node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk as cdk

__all__ = ["properties_of"]


def properties_of(resource: cdk.CfnResource) -> Mapping[str, Any]:
    """Return the properties as they are now, escape hatches included, by their names in CDK's JavaScript.

    As attributes they would be a round trip each, and as many as each has parts.

    Args:
        resource: The resource.
    """
    return resource._cfn_properties  # noqa: SLF001 - protected in CDK's API, not private
