"""Paths of constructs, read from CDK once for each parent and not for each child."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["path_in", "stack_of"]

_paths: WeakKeyDictionary[Construct, str] = WeakKeyDictionary()
_stacks: WeakKeyDictionary[Construct, cdk.Stack] = WeakKeyDictionary()


def path_in(scope: Construct, construct_id: str) -> str:
    """Return the path of a child.

    Args:
        scope: The parent.
        construct_id: The child's id.
    """
    if scope not in _paths:
        _paths[scope] = scope.node.path
    # As the library `constructs` writes it: no separator after the app, and none in an id.
    return "/".join(part for part in (_paths[scope], construct_id.replace("/", "--")) if part)


def stack_of(scope: Construct) -> cdk.Stack:
    """Return the stack of a parent, which is also its children's unless they are stacks.

    Args:
        scope: The parent.
    """
    if isinstance(scope, cdk.Stack):
        return scope
    if scope not in _stacks:
        _stacks[scope] = cdk.Stack.of(scope)
    return _stacks[scope]
