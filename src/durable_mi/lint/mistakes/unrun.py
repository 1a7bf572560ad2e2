"""Calls of decorated functions that nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.lint.code.functions import DurableCall
from durable_mi.lint.code.values import Value, alternatives
from durable_mi.lint.code.zone import ZoneKind

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["require_run"]


def require_run(run: Run, value: Value, node: ast.AST, frame: Frame) -> None:
    """Report what ``@durable_step`` and the like only prepared, where it is dropped or used as the result."""
    for each in alternatives(value):
        if isinstance(each, DurableCall) and frame.zone.kind is not ZoneKind.IMPORT:
            name = each.function.name
            run.report(
                "DMC602",
                frame,
                node,
                f"{name}(...) must be handed to an operation of the context: it only prepares the call, and nothing "
                "runs; write "
                f"context.step({name}(...))",
            )
