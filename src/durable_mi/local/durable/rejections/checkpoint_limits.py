"""What the service rejects of a checkpoint: names that are none in the API's model, and what exceeds a limit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python.lambda_service import OperationType

from durable_mi import limits
from durable_mi.local.api_error import ApiError
from durable_mi.local.request_members import check_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

    from durable_mi.local.durable._sdk import Execution

__all__ = ["CheckpointLimits", "check_names", "max_result_bytes"]


@dataclass(slots=True)
class _Written:
    """What an execution has written: so many bytes with so many updates."""

    updates: int = 0
    size: int = 0


class CheckpointLimits:
    """Checks checkpoints against the limits of an execution."""

    def __init__(self) -> None:
        self._written: dict[str, _Written] = {}

    def check(self, execution: Execution, updates: Sequence[OperationUpdate], *, is_asynchronous: bool) -> None:
        """Check a checkpoint that is about to be applied.

        Args:
            execution: The execution before it.
            updates: What it carries.
            is_asynchronous: Whether the execution was started asynchronously, so that its result has to be smaller.

        Raises:
            ApiError: A payload, the number of operations or what all of them have written is too large.
        """
        for update in updates:
            _check_payload(update, is_asynchronous=is_asynchronous)
        _check_count(execution, updates)
        self._check_written(execution, updates)

    def forget(self, arn: str) -> None:
        """Drop what is kept of an execution; it is summed up again when a checkpoint comes."""
        self._written.pop(arn, None)

    def _check_written(self, execution: Execution, updates: Sequence[OperationUpdate]) -> None:
        written = self._written.setdefault(execution.durable_execution_arn, _Written())
        for update in execution.updates[written.updates :]:
            written.size += _size(update)
            written.updates += 1
        total = written.size + sum(map(_size, updates))
        if total > limits.MAX_STORAGE_WRITTEN_BYTES:
            msg = (
                f"the operations of an execution must write at most {limits.MAX_STORAGE_WRITTEN_BYTES} bytes, "
                f"got {total}: keep large data elsewhere"
            )
            raise ApiError.invalid(msg)


def max_result_bytes(*, is_asynchronous: bool) -> int:
    """Return how many bytes the result of an execution can have."""
    return limits.MAX_ASYNC_PAYLOAD_BYTES if is_asynchronous else limits.MAX_SYNC_PAYLOAD_BYTES


def check_names(updates: Sequence[OperationUpdate]) -> None:
    """Check the ids and names of operations against the patterns of the API's model.

    Raises:
        ApiError: One has not its pattern.
    """
    for number, update in enumerate(updates, 1):
        for member, value, pattern, maximum in (
            ("id", update.operation_id, limits.OPERATION_ID, 64),
            ("parentId", update.parent_id, limits.OPERATION_ID, 64),
            ("name", update.name, limits.OPERATION_NAME, 256),
        ):
            if value is not None:
                check_pattern(value, f"updates.{number}.member.{member}", pattern.pattern, maximum=maximum)


def _check_payload(update: OperationUpdate, *, is_asynchronous: bool) -> None:
    if update.payload is None:
        return
    kind = update.operation_type
    is_result = kind is OperationType.EXECUTION
    limit = max_result_bytes(is_asynchronous=is_asynchronous) if is_result else limits.MAX_OPERATION_PAYLOAD_BYTES
    if len(update.payload.encode()) > limit:
        what = "Execution" if is_result else str(kind.value)
        way = "input" if kind is OperationType.CHAINED_INVOKE else "output"
        msg = f"{what} {way} payload size must be less than or equal to {limit} bytes."
        raise ApiError.invalid(msg)


def _check_count(execution: Execution, updates: Sequence[OperationUpdate]) -> None:
    # Without the operation that stands for the execution itself: 3,000 steps were seen to run on AWS.
    present = len(execution.operations) - 1
    if present + len(updates) <= limits.MAX_OPERATIONS:
        return
    known = {operation.operation_id for operation in execution.operations}
    fresh = {
        update.operation_id
        for update in updates
        if update.operation_type is not OperationType.EXECUTION and update.operation_id not in known
    }
    if fresh and present + len(fresh) > limits.MAX_OPERATIONS:
        msg = (
            f"an execution must have at most {limits.MAX_OPERATIONS} operations, got {present + len(fresh)}: "
            "do more in each, or start executions for parts of the work"
        )
        raise ApiError.invalid(msg)


def _size(update: OperationUpdate) -> int:
    size = 0 if update.payload is None else len(update.payload.encode())
    return size if update.error is None else size + len(json.dumps(update.error.to_dict()))
