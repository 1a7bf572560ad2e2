"""The template of a stack that a test passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import aws_cdk as cdk
from aws_cdk.assertions import Template

from durable_mi import testing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GivenStack", "read_stack", "stable_template", "stable_text"]

GivenStack: TypeAlias = cdk.Stack | Template
"""A stack, or what ``Template.from_stack`` returned for it."""


def read_stack(stack: GivenStack) -> Mapping[str, Any]:
    """Return the content of a stack's template, which synthesizes the app of the stack.

    Args:
        stack: The stack, or what ``Template.from_stack`` returned for it.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(stack, cdk.Stack):
        stack = Template.from_stack(stack)
    if not isinstance(stack, Template):
        msg = (
            f"stack must be a Stack or an assertions.Template, got {type(stack).__name__}: pass one stack of an app, "
            "and the content of a template to the functions of durable_mi.testing"
        )
        raise TypeError(msg)
    content: Mapping[str, Any] = stack.to_json()
    return content


def stable_template(stack: GivenStack) -> dict[str, Any]:
    """Return a stack's template as a snapshot keeps it, without what changes when only code or the CDK does.

    The placeholders are those of :func:`durable_mi.testing.stable_template`. The stack's app is synthesized, so nothing
    can be added to it afterwards.

    Args:
        stack: The stack, also a nested one, or what ``Template.from_stack`` returned for it.

    Raises:
        TypeError: It is neither.
    """
    return testing.stable_template(read_stack(stack))


def stable_text(stack: GivenStack) -> str:
    """Return :func:`stable_template` as JSON with sorted keys, as a snapshot file holds it.

    Args:
        stack: The stack, also a nested one, or what ``Template.from_stack`` returned for it.

    Raises:
        TypeError: It is neither.
    """
    return testing.stable_text(read_stack(stack))
