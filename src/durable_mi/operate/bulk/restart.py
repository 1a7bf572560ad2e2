"""Starting an execution again, once, under a name that leads back to the old one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.bulk.carry_out import Settled
from durable_mi.operate.bulk.lineage import RestartMark, short_id
from durable_mi.operate.calls.executions import ExecutionLists
from durable_mi.operate.calls.starts import start_execution
from durable_mi.operate.errors import ServiceError
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.operate.bulk.chosen import Chosen
    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.selection.summary import Summary

__all__ = ["Restart", "read_input", "restart_name", "start_once"]

_LONGEST_NAME: Final = 64
"""API DurableExecutionName."""


def restart_name(execution: Summary, payload: bytes | None = None) -> str:
    """Return the name under which an execution is started again.

    It is made of the old name, of the beginning of the old id, and of a digest of the new input, so it is the same each
    time: a command that broke off starts nothing twice. The page finds the old execution by it.

    Args:
        execution: The old execution.
        payload: The new input. Defaults to that of the old one.
    """
    suffix = f"-again-{short_id(execution)}"
    if payload is not None:
        suffix += f"-{hashlib.sha256(payload).hexdigest()[:8]}"
    mark = RestartMark.of(execution.name)
    stem = execution.name if mark is None else mark.stem
    return stem[: _LONGEST_NAME - len(suffix)] + suffix


def read_input(caller: Caller, execution: Summary) -> bytes:
    """Return an execution's input.

    Raises:
        ServiceError: The service does not return it.
        OperatorError: The execution cannot be read.
    """
    found = caller.execution(execution.arn, include_data=True)
    if found.input is None:
        msg = f"the input of {execution.name} must be known, but the service returns none: pass --payload"
        raise ServiceError(msg)
    return found.input.encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Restart:
    """Starts executions again, asynchronously.

    Attributes:
        caller: The account and region, or the endpoint.
        payload: The new input. Defaults to that of the old execution.
        qualifier: Alias or version to start it on. Defaults to :data:`~durable_mi.operate.target.DEFAULT_QUALIFIER`.
        name: The new name. Defaults to :func:`restart_name`.
    """

    caller: Caller
    payload: bytes | None = None
    qualifier: str | None = None
    name: str | None = None

    def __call__(self, chosen: Chosen) -> str:
        """Start an execution again, and return the new one's ARN.

        Raises:
            Settled: It has been started again before.
            OperatorError: It could not be started.
        """
        execution = chosen.execution
        return start_once(
            self.caller,
            chosen.function.name,
            name=self.name or restart_name(execution, self.payload),
            payload=lambda: read_input(self.caller, execution) if self.payload is None else self.payload,
            qualifier=self.qualifier,
        )


def start_once(caller: Caller, function: str, *, name: str, payload: Callable[[], bytes], qualifier: str | None) -> str:
    """Start an execution asynchronously, unless there is one of its name, and return its ARN.

    Args:
        caller: The account and region, or the endpoint.
        function: Name or ARN of the function.
        name: Name of the execution.
        payload: Returns the input; it is called only if there is no execution of that name.
        qualifier: Alias or version. Defaults to :data:`~durable_mi.operate.target.DEFAULT_QUALIFIER`.

    Raises:
        Settled: There is an execution of that name.
        OperatorError: It could not be started.
    """
    for each in ExecutionLists(caller).of(function, name=name, page_items=1):
        msg = f"was started again before: {each.arn}"
        raise Settled(msg)
    return start_execution(caller, Target.parse(function, qualifier=qualifier), payload(), name=name)
