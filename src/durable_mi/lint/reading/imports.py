"""What an import binds: a module of the project, which is read, or a name of a library."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from durable_mi.lint.code.functions import Namespace
from durable_mi.lint.code.values import Library, Unread, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["import_names"]


def import_names(run: Run, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    """Bind the names of an import."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.split(".")[0]
            name = alias.name if alias.asname else top
            _bind(alias.asname or top, partial(_module, run, name, 0, frame), frame)
        elif alias.name == "*":
            found = _module(run, node.module or "", node.level, frame)
            if isinstance(found, Namespace):
                public = {name: value for name, value in run.variables(found.module).items() if name[:1] != "_"}
                frame.variables.update(public)
        else:
            read = partial(_member, run, node.module or "", node.level, alias.name, frame)
            _bind(alias.asname or alias.name, read, frame)


def _bind(name: str, read: Callable[[], Value], frame: Frame) -> None:
    """Bind a name; a module reads what it imports when something uses it."""
    frame.owner(name).variables[name] = read() if frame.parent is not None else Unread(read)


def _module(run: Run, name: str, level: int, frame: Frame) -> Value:
    file = run.project.imported(frame.module, name, level)
    module = None if file is None else run.import_module(run, file)
    if module is not None:
        return Namespace(module)
    return Library(name) if level == 0 else Value()


def _member(run: Run, name: str, level: int, member: str, frame: Frame) -> Value:
    base = _module(run, name, level, frame) if name or level else Value()
    if isinstance(base, Namespace):
        found = run.variable(base.module, member)
        if found is not None:
            return found
        below = _module(run, f"{name}.{member}" if name else member, level, frame)
        return below if isinstance(below, Namespace) else Value()
    if level == 0:
        below = _module(run, f"{name}.{member}", 0, frame)
        return below if isinstance(below, Namespace) else Library(f"{name}.{member}")
    return _module(run, member if not name else f"{name}.{member}", level, frame)
