"""Changes of an execution: stop, pause, resume, delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.operate.calls.caller import Caller, given
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from durable_mi.operate.execution import ExecutionError

__all__ = ["ExecutionChanges", "error_object"]


@dataclass(frozen=True, slots=True)
class ExecutionChanges:
    """Changes executions, one with each call.

    Attributes:
        caller: The account and region, or the endpoint.
    """

    caller: Caller

    def stop(self, arn: str, *, error: ExecutionError | None = None) -> datetime:
        """Stop a running execution.

        Args:
            arn: The execution.
            error: What its history has as the error. Defaults to none.

        Returns:
            When it was stopped.
        """
        request = given(DurableExecutionArn=arn, Error=None if error is None else error_object(error))

        def call() -> datetime:
            return self.caller.functions.stop_durable_execution(**request)["StopTimestamp"]

        return self.caller.call(self.caller.stops, "lambda:StopDurableExecution", f"execution {arn}", call)

    def pause(self, arn: str, *, reason: str | None = None, pauses_timeout: bool = True) -> None:
        """Pause a running execution: its waits and callbacks complete, and Lambda does not invoke the function.

        Args:
            arn: The execution.
            reason: What its history has as the reason, at most 1024 characters.
            pauses_timeout: Whether the clock of the execution's timeout stops meanwhile.
        """
        request = given(DurableExecutionArn=arn, Reason=reason, ExecutionTimeoutPaused=pauses_timeout)
        self.caller.call(
            self.caller.changes,
            "lambda:PauseDurableExecution",
            f"execution {arn}",
            lambda: self._newer("pause_durable_execution")(**request),
        )

    def resume(self, arn: str, *, reason: str | None = None) -> None:
        """Resume a paused execution.

        Args:
            arn: The execution.
            reason: What its history has as the reason, at most 1024 characters.
        """
        request = given(DurableExecutionArn=arn, Reason=reason)
        self.caller.call(
            self.caller.changes,
            "lambda:ResumeDurableExecution",
            f"execution {arn}",
            lambda: self._newer("resume_durable_execution")(**request),
        )

    def delete(self, arn: str) -> datetime:
        """Delete an execution that has ended, with its history.

        Returns:
            When the deletion was requested.
        """

        def call() -> datetime:
            requested: datetime = self._newer("delete_durable_execution")(DurableExecutionArn=arn)[
                "DeletionRequestTimestamp"
            ]
            return requested

        return self.caller.call(self.caller.changes, "lambda:DeleteDurableExecution", f"execution {arn}", call)

    def _newer(self, method: str) -> Callable[..., Any]:
        """Return a method that older versions of boto3 do not have, and its type stubs neither."""
        found: Callable[..., Any] | None = getattr(self.caller.functions, method, None)
        if found is None:
            msg = f"boto3 must have the method {method}, which this version lacks: run `pip install --upgrade boto3`"
            raise UsageError(msg)
        return found


def error_object(error: ExecutionError) -> dict[str, object]:
    """Return an error as the API takes it."""
    return given(
        ErrorType=error.type,
        ErrorMessage=error.message,
        ErrorData=error.data,
        StackTrace=list(error.stack_trace) or None,
    )
