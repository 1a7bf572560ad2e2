"""Warnings of the checks, as annotations that the CDK CLI shows and an app acknowledges by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import Construct

    from durable_mi.checks.warning import CheckWarning

__all__ = ["warn"]


def warn(scope: Construct, *warnings: CheckWarning | None) -> None:
    """Annotate a construct.

    Args:
        scope: The construct that the warnings are about.
        warnings: What checks returned; ``None`` is nothing to warn about.
    """
    for warning in warnings:
        if warning is not None:
            cdk.Annotations.of(scope).add_warning_v2(warning.id, warning.message)
