"""Starts of executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.operate.calls.caller import Caller, given
from durable_mi.operate.errors import ServiceError

if TYPE_CHECKING:
    from durable_mi.operate.target import Target

__all__ = ["start_execution"]


def start_execution(caller: Caller, target: Target, payload: bytes, *, name: str | None = None) -> str:
    """Start an execution asynchronously, and return its ARN.

    Args:
        caller: The account and region, or the endpoint.
        target: The function and its qualifier.
        payload: The input, JSON in UTF-8.
        name: Name of the execution; with one a repeated request starts nothing twice. Defaults to the service's choice.

    Raises:
        OperatorError: It could not be started, or the function is not durable.
    """
    request = given(
        FunctionName=target.function,
        Qualifier=target.qualifier,
        InvocationType="Event",
        DurableExecutionName=name,
        Payload=payload,
    )

    def start() -> str | None:
        return caller.functions.invoke(**request).get("DurableExecutionArn")

    arn = caller.call(caller.changes, "lambda:InvokeFunction", f"function {target}", start)
    if arn is None:
        msg = f"function {target} must be durable, but the response names no durable execution"
        raise ServiceError(msg)
    return arn
