"""SAM resources in the form that CloudFormation gets them in, as far as the rules ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_sam", "translate"]


def is_sam(content: Mapping[str, Any]) -> bool:
    """Whether a template has SAM resources."""
    resources = content.get("Resources")
    return isinstance(resources, dict) and any(
        isinstance(body, dict) and str(body.get("Type", "")).startswith("AWS::Serverless::")
        for body in resources.values()
    )


def translate(content: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Not yet."""
    return dict(content), {}
