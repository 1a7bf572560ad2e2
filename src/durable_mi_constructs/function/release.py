"""The published version of a function and the alias that points at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["ALIAS_NAME", "live_alias", "version_options"]

ALIAS_NAME: Final = "live"
"""Name of the alias that every trigger, grant and output uses."""


def version_options(minimum: int, maximum: int | None) -> lambda_.VersionOptions:
    """Return how versions are published.

    A running execution stays on the version it began on, so an update keeps the old version. It keeps its
    minimum of execution environments running, and counts toward the 100 versions of the capacity provider, until it is
    deleted.

    Args:
        minimum: Execution environments that each version keeps running.
        maximum: Execution environments of each version at most; ``None`` sets no limit.
    """
    return lambda_.VersionOptions(
        removal_policy=cdk.RemovalPolicy.RETAIN,
        min_execution_environments=minimum,
        max_execution_environments=maximum,
    )


def live_alias(scope: Construct, version: lambda_.Version) -> lambda_.Alias:
    """Point the alias ``live`` at a version, as ``Alias`` in ``scope``."""
    return lambda_.Alias(
        scope,
        "Alias",
        alias_name=ALIAS_NAME,
        version=version,
        description="The version that new durable executions start on",
    )
