"""Which variables of a loop a function sees late: as they are when it runs, not when it was made."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["free_names", "loop_variables"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def loop_variables(loops: Sequence[ast.AST], function: _Function) -> tuple[ast.AST | None, tuple[str, ...]]:
    """Return the innermost loop around a function whose variables it uses, and these.

    Args:
        loops: The loops around it, outermost first.
        function: A function or lambda in them. What it binds as a default argument is its own.
    """
    if not loops:
        return None, ()
    free = free_names(function)
    for loop in reversed(loops):
        if names := tuple(sorted(free & set(_bound_by(loop)))):
            return loop, names
    return None, ()


def free_names(function: _Function) -> set[str]:
    """Return the names that a function uses and does not bind itself."""
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    arguments = function.args
    own = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    own |= {argument.arg for argument in (arguments.vararg, arguments.kwarg) if argument is not None}
    used: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, _Function):
            used |= free_names(node)
            pending += [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
            if not isinstance(node, ast.Lambda):
                own.add(node.name)
                pending += node.decorator_list
            continue
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else own).add(node.id)
        pending += ast.iter_child_nodes(node)
    return used - own


def _bound_by(loop: ast.AST) -> Iterator[str]:
    match loop:
        case ast.For(target=target, body=body) | ast.AsyncFor(target=target, body=body):
            roots: list[ast.AST] = [target, *body]
        case ast.While(body=body):
            roots = list(body)
        case _:
            roots = [generator.target for generator in getattr(loop, "generators", [])]
    pending = roots
    while pending:
        node = pending.pop()
        if isinstance(node, _Function | ast.ClassDef):
            continue  # Each turn makes a new one, but its name is seldom what is meant.
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        pending += ast.iter_child_nodes(node)
