"""Answers to callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.operate.calls.caller import Caller, given
from durable_mi.operate.calls.changes import error_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.operate.execution import ExecutionError

__all__ = ["Callbacks"]


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Answers callbacks, one with each call.

    Attributes:
        caller: The account and region, or the endpoint.
    """

    caller: Caller

    def succeed(self, callback_id: str, *, result: bytes | None = None) -> None:
        """Complete a callback.

        Args:
            callback_id: ``CallbackId`` of the ``CallbackStarted`` event.
            result: What the handler gets, as it is. Defaults to no result.
        """
        request = given(CallbackId=callback_id, Result=result)
        self._send(
            "lambda:SendDurableExecutionCallbackSuccess",
            callback_id,
            lambda: self.caller.functions.send_durable_execution_callback_success(**request),
        )

    def fail(self, callback_id: str, error: ExecutionError) -> None:
        """Let a callback fail.

        Args:
            callback_id: ``CallbackId`` of the ``CallbackStarted`` event.
            error: What the handler gets as the error.
        """
        request: Any = {"CallbackId": callback_id, "Error": error_object(error)}
        self._send(
            "lambda:SendDurableExecutionCallbackFailure",
            callback_id,
            lambda: self.caller.functions.send_durable_execution_callback_failure(**request),
        )

    def heartbeat(self, callback_id: str) -> None:
        """Report that the work for a callback goes on, so that it does not time out.

        Args:
            callback_id: ``CallbackId`` of the ``CallbackStarted`` event.
        """
        self._send(
            "lambda:SendDurableExecutionCallbackHeartbeat",
            callback_id,
            lambda: self.caller.functions.send_durable_execution_callback_heartbeat(CallbackId=callback_id),
        )

    def _send(self, action: str, callback_id: str, call: Callable[[], object]) -> None:
        self.caller.call(self.caller.answers, action, f"callback {callback_id}", call)
