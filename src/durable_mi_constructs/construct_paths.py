"""Nodes, paths and stacks of constructs, which do not change: each is read from CDK once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import Construct, Node

__all__ = ["node_of", "path_in", "remember", "stack_of"]

_nodes: WeakKeyDictionary[Construct, Node] = WeakKeyDictionary()
_paths: WeakKeyDictionary[Construct, str] = WeakKeyDictionary()
_stacks: WeakKeyDictionary[Construct, cdk.Stack] = WeakKeyDictionary()


def remember(made: Construct, scope: Construct, construct_id: str) -> cdk.Stack:
    """Derive where a new construct is from its parent, so that CDK is not asked for what is made below it.

    Args:
        made: The construct, which is not a stack.
        scope: Its parent.
        construct_id: Its id.

    Returns:
        Its stack.
    """
    _paths[made] = path_in(scope, construct_id)
    _stacks[made] = stack_of(scope)
    return _stacks[made]


def node_of(construct: Construct) -> Node:
    """Return the node of a construct.

    Args:
        construct: The construct.
    """
    if construct not in _nodes:
        _nodes[construct] = construct.node
    return _nodes[construct]


def path_in(scope: Construct, construct_id: str) -> str:
    """Return the path of a child.

    Args:
        scope: The parent.
        construct_id: The child's id.
    """
    if scope not in _paths:
        _paths[scope] = node_of(scope).path
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
