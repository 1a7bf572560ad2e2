"""The durable service's executions: named as AWS names them, and watched for their end."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python_testing.stores.memory import InMemoryExecutionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_durable_execution_sdk_python_testing.execution import Execution
    from aws_durable_execution_sdk_python_testing.model import StartDurableExecutionInput

__all__ = ["Ledger"]


class Ledger(InMemoryExecutionStore):
    """AWS's in-memory store with three additions.

    An execution gets an ARN of AWS's form when it is first saved, since the emulator's own is an opaque id. A second
    start under the same name finds the first. And whoever waits for an execution's end is told.

    Args:
        arn_of: makes the function ARN, qualified with the version, from what an execution was started with.
    """

    def __init__(self, arn_of: Callable[[StartDurableExecutionInput], str]) -> None:
        super().__init__()
        self._arn_of = arn_of
        self._guard = threading.Lock()
        self._ended: dict[str, Future[Execution]] = {}
        self._named: dict[tuple[str, str], tuple[str, Future[str]]] = {}

    def save(self, execution: Execution) -> None:
        """Keep an execution; a new one gets its ARN."""
        if not execution.durable_execution_arn.startswith("arn:"):
            start = execution.start_input
            # The SDK takes the ARN's last part for the id of the execution's own operation, which is this one.
            execution.durable_execution_arn = (
                f"{self._arn_of(start)}/durable-execution/{start.execution_name}/{start.invocation_id}"
            )
        super().save(execution)
        self._settle(execution)

    def update(self, execution: Execution) -> None:
        """Keep an execution's new state."""
        super().update(execution)
        self._settle(execution)

    def ended(self, arn: str) -> Future[Execution]:
        """Done with the execution once it has ended, however it ended."""
        with self._guard:
            future = self._ended.setdefault(arn, Future())
        self._settle(self.load(arn))
        return future

    def claim(self, function_name: str, execution_name: str, payload: bytes) -> tuple[Future[str], bool, bool]:
        """Claim a name for a new execution.

        Args:
            function_name: the function that it runs.
            execution_name: the caller's name for it, unique for the function.
            payload: the input.

        Returns:
            The future of the ARN; whether the caller is the first and must start the execution and set it; whether
            the payload is the one that the first caller sent.
        """
        digest = hashlib.sha256(payload).hexdigest()
        key = (function_name, execution_name)
        with self._guard:
            first = key not in self._named
            known, arn = self._named.setdefault(key, (digest, Future()))
        return arn, first, known == digest

    def _settle(self, execution: Execution) -> None:
        if not execution.is_complete:
            return
        with self._guard:
            future = self._ended.setdefault(execution.durable_execution_arn, Future())
            if not future.done():
                future.set_result(execution)
