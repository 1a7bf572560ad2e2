"""The operation that an execution failed in."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_durable_execution_sdk_python.lambda_service import OperationStatus, OperationType

from durable_mi.local.durable.open_operations import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject, Operation

    from durable_mi.local.durable._sdk import Execution

__all__ = ["FailedOperation", "failed_operation"]

_LONGEST: Final = 300
_FAILED: Final = frozenset({OperationStatus.FAILED, OperationStatus.TIMED_OUT})
_OPEN: Final = frozenset({OperationStatus.STARTED, OperationStatus.PENDING, OperationStatus.READY})


class FailedOperation(NamedTuple):
    """Where and why an execution did not succeed.

    Attributes:
        operation: Name of the operation that failed, or that was open at the end; empty if none is known to be it.
        error: Original type and message of the error; empty if there is none.
    """

    operation: str
    error: str


def failed_operation(execution: Execution) -> FailedOperation | None:
    """Return where and why an execution that has ended failed; ``None`` if it succeeded, was stopped or runs.

    A handler may catch the error of a step and fail with another one, so an operation counts only if the execution
    carries its message.
    """
    result = execution.result
    if not execution.is_complete or result is None or execution.current_status().value not in {"FAILED", "TIMED_OUT"}:
        return None
    operations = [each for each in execution.operations if each.operation_type is not OperationType.EXECUTION]
    by_id = {each.operation_id: each for each in operations}
    if execution.current_status().value == "TIMED_OUT":
        waiting = [
            each for each in operations if each.status in _OPEN and each.operation_type is not OperationType.CONTEXT
        ]
        return FailedOperation(intern(shown_name(waiting[-1], by_id)) if waiting else "", "the execution timed out")
    own = result.error
    message = (own and own.message) or ""
    for operation, error in reversed(list(_errors(operations))):
        if (error.message or "") == message or (error.message and error.message in message):
            return FailedOperation(intern(shown_name(operation, by_id)), _said(error))
    return FailedOperation("", _said(own))


def _errors(operations: list[Operation]) -> Iterator[tuple[Operation, ErrorObject]]:
    """Yield the operations that failed with their errors: contexts first, since they fail with what failed in them."""
    failed = [each for each in operations if each.status in _FAILED]
    for operation in sorted(failed, key=lambda each: each.operation_type is not OperationType.CONTEXT):
        details = (
            operation.step_details
            or operation.callback_details
            or operation.chained_invoke_details
            or operation.context_details
        )
        if details is not None and details.error is not None:
            yield operation, details.error


def _said(error: ErrorObject | None) -> str:
    parts = [error.type, error.message] if error is not None else []
    text = ": ".join(part for part in parts if part)
    return intern(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
