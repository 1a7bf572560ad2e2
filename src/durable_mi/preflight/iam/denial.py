"""Whether a statement denies what a durable execution asks for, whatever its version and its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.preflight.iam.coverage import covers_executions
from durable_mi.preflight.iam.resource_patterns import Level, reaches

if TYPE_CHECKING:
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.model import Model

__all__ = ["denies_executions"]


def denies_executions(model: Model, statement: Statement, function: Function, action: str) -> bool:
    """Return whether a statement is known to deny an action for every execution of a function.

    Args:
        model: The template.
        statement: A statement whose effect is ``Deny``.
        function: The function.
        action: An action that is asked of a durable execution.
    """
    if statement.is_conditional or not statement.names(action):
        return False
    if statement.except_resources:
        return bool(statement.resources) and not any(
            reaches(model, entry, Level.EXECUTION, function) for entry in statement.resources
        )
    return covers_executions(model, statement, function)
