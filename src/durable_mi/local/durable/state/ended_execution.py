"""What stays in memory of an execution that has ended and that the state file keeps: what lists need."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Protocol

from durable_mi.local.durable.state.failed_operation import FailedOperation, failed_operation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation

    from durable_mi.local.durable._sdk import Execution

__all__ = ["EndedExecution", "ListedExecution"]


class ListedStart(Protocol):
    """What a list needs of an execution's start."""

    @property
    def function_name(self) -> str:
        """The function's plain name."""

    @property
    def function_qualifier(self) -> str:
        """The version that runs it."""

    @property
    def execution_name(self) -> str:
        """The execution's name."""


class ListedTimes(Protocol):
    """What a list needs of an execution's own operation."""

    @property
    def start_timestamp(self) -> datetime | None:
        """When it started."""

    @property
    def end_timestamp(self) -> datetime | None:
        """When it ended; ``None`` while it runs."""


class ListedExecution(Protocol):
    """What a list needs of an execution, in the emulator's words."""

    @property
    def durable_execution_arn(self) -> str:
        """Its ARN."""

    @property
    def parent_execution_arn(self) -> str | None:
        """The execution that has started it, if one has."""

    @property
    def is_complete(self) -> bool:
        """Whether it has ended."""

    @property
    def start_input(self) -> ListedStart:
        """What it was started with."""

    @property
    def operations(self) -> Sequence[Operation]:
        """Its operations; none of one that has ended."""

    def get_operation_execution_started(self) -> ListedTimes:
        """Return its own operation."""


@dataclass(frozen=True, slots=True)
class EndedExecution:
    """A :class:`ListedExecution` that has ended; also its own start and its own operation, to be small.

    Attributes:
        durable_execution_arn: Its ARN.
        function_name: The function's plain name.
        function_qualifier: The version that ran it.
        execution_name: Its name.
        start_timestamp: When it started.
        end_timestamp: When it ended.
        status: Its status in AWS's word, such as ``SUCCEEDED``.
        parent_execution_arn: The execution that has started it, if one has.
        failure: Where and why it failed; ``None`` if it did not.
    """

    durable_execution_arn: str
    function_name: str
    function_qualifier: str
    execution_name: str
    start_timestamp: datetime | None
    end_timestamp: datetime | None
    status: str
    parent_execution_arn: str | None = None
    failure: FailedOperation | None = None

    @classmethod
    def of(cls, execution: Execution) -> EndedExecution:
        """Return what stays of an execution that has ended."""
        start, own = execution.start_input, execution.get_operation_execution_started()
        return cls(
            durable_execution_arn=execution.durable_execution_arn,
            function_name=intern(start.function_name),
            function_qualifier=intern(start.function_qualifier),
            execution_name=start.execution_name,
            start_timestamp=own.start_timestamp,
            end_timestamp=own.end_timestamp,
            status=intern(str(execution.current_status().value)),
            parent_execution_arn=execution.parent_execution_arn,
            failure=failed_operation(execution),
        )

    @property
    def is_complete(self) -> bool:
        """It has ended."""
        return True

    @property
    def start_input(self) -> ListedStart:
        """Its function, version and name."""
        return self

    @property
    def operations(self) -> Sequence[Operation]:
        """None: the state file has them."""
        return ()

    def get_operation_execution_started(self) -> ListedTimes:
        """Return its times."""
        return self
