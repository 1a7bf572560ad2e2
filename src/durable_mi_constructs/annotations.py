"""Warnings of the checks, as annotations that the CDK CLI shows and an app acknowledges by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import Construct

    from durable_mi.checks.warning import CheckWarning

__all__ = ["annotate", "warn"]


def warn(scope: Construct, *warnings: CheckWarning | None) -> None:
    """Annotate a construct.

    Args:
        scope: The construct that the warnings are about.
        warnings: What checks returned; ``None`` is nothing to warn about.
    """
    for warning in warnings:
        if warning is not None:
            annotate(scope, warning.id, warning.message)


def annotate(scope: Construct, warning_id: str, message: str) -> None:
    """Annotate a construct with a warning that no check returned, and with the page that has it.

    Args:
        scope: The construct that the warning is about.
        warning_id: ``durable-mi:`` and a name.
        message: The warning, in sentences.
    """
    cdk.Annotations.of(scope).add_warning_v2(warning_id, f"{message} See docs/reference/warnings.md.")
