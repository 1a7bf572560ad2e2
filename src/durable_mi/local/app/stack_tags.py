"""The tags that CloudFormation adds to what it creates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.cloudformation.assembly import Resource, Stack
    from durable_mi.local.app.placeholders import Placeholders

__all__ = ["stack_tags"]


def stack_tags(stack: Stack, resource: Resource, placeholders: Placeholders) -> dict[str, str]:
    """Return the tags of a resource that name its stack."""
    return {
        "aws:cloudformation:stack-name": stack.name,
        "aws:cloudformation:stack-id": placeholders.stack_id(stack),
        "aws:cloudformation:logical-id": resource.logical_id,
    }
