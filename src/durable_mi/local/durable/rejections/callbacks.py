"""Whether a callback can be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_durable_execution_sdk_python.lambda_service import OperationStatus

from durable_mi import limits
from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import CallbackToken
from durable_mi.local.request_members import check_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.durable._sdk import Execution

__all__ = ["check_open", "check_result"]

_NONE: Final = "CallbackId must be the id of a callback of an execution, got one that the service did not make"
_CLOSED: Final = (
    "The callback ID token has either expired or the callback associated with the token has already been closed."
)


def check_result(result: bytes) -> None:
    """Check the size of what completes a callback.

    Raises:
        ApiError: It is too large; in AWS's words, which leave out what came.
    """
    if len(result) > limits.MAX_OPERATION_PAYLOAD_BYTES:
        msg = (
            "1 validation error detected: Value at 'result' failed to satisfy constraint: Member must have length less "
            f"than or equal to {limits.MAX_OPERATION_PAYLOAD_BYTES}"
        )
        raise ApiError(400, "ValidationException", msg)


def check_open(callback_id: str, execution_of: Callable[[str], Execution]) -> None:
    """Check that a callback waits for an answer.

    Args:
        callback_id: Its id.
        execution_of: Returns an execution by its ARN.

    Raises:
        ApiError: It is no callback's id, or the callback or its execution has ended.
    """
    check_pattern(callback_id, "callbackId", limits.CALLBACK_ID.pattern, maximum=limits.MAX_CALLBACK_ID)
    try:
        token = CallbackToken.from_str(callback_id)
    except (ValueError, KeyError, TypeError) as error:
        raise ApiError.invalid(_NONE) from error
    execution = execution_of(token.execution_arn)
    for operation in execution.operations:
        if operation.callback_details is not None and operation.callback_details.callback_id == callback_id:
            if execution.is_complete or operation.status is not OperationStatus.STARTED:
                raise ApiError(400, "CallbackTimeoutException", _CLOSED)
            return
    msg = f"there is no such callback of {token.execution_arn}"
    raise ApiError.not_found(msg)
