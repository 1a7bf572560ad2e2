"""The operations of an execution that have started and not ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_durable_execution_sdk_python.lambda_service import OperationAction, OperationStatus, OperationType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation

    from durable_mi.local.durable._sdk import Execution

__all__ = ["OpenCallback", "open_callbacks", "open_steps", "shown_name"]

_WAIT_FOR_CALLBACK: Final = "WaitForCallback"


class OpenCallback(NamedTuple):
    """A callback that nobody has answered.

    Attributes:
        id: What it is answered with.
        name: What it is called.
        until: When it times out; ``None`` if it does not.
    """

    id: str
    name: str
    until: datetime | None


def open_callbacks(execution: Execution) -> Iterator[OpenCallback]:
    """Yield the callbacks that an execution has opened and nobody has answered."""
    timeouts = {
        update.operation_id: update.callback_options.timeout_seconds
        for update in execution.updates
        if update.action is OperationAction.START and update.callback_options is not None
    }
    by_id = {each.operation_id: each for each in execution.operations}
    for operation in by_id.values():
        details = operation.callback_details
        if operation.status is not OperationStatus.STARTED or details is None:
            continue
        seconds, started = timeouts.get(operation.operation_id), operation.start_timestamp
        until = started + timedelta(seconds=seconds) if seconds and started else None
        yield OpenCallback(details.callback_id, shown_name(operation, by_id), until)


def open_steps(execution: Execution) -> list[str]:
    """Return the names of the steps that have started and not ended."""
    return [
        operation.name or operation.operation_id
        for operation in execution.operations
        if operation.operation_type is OperationType.STEP and operation.status is OperationStatus.STARTED
    ]


def shown_name(operation: Operation, operations: Mapping[str, Operation]) -> str:
    """Return what an operation is called; the SDK makes up a name for the callback inside of a wait for one.

    Args:
        operation: The operation.
        operations: All operations of its execution, by their ids.
    """
    if operation.operation_type is OperationType.CALLBACK:
        around = operations.get(operation.parent_id or "")
        if around is not None and around.sub_type == _WAIT_FOR_CALLBACK:
            return around.name or operation.operation_type.value
    return operation.name or operation.operation_type.value
