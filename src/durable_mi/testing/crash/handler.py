"""A handler whose process ends at one place: nothing that it does after that reaches the service."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NoReturn

from durable_mi.extras import missing_extra
from durable_mi.testing.crash.point import UpdateCounter

try:
    from aws_durable_execution_sdk_python.lambda_service import DurableServiceClient
except ModuleNotFoundError as error:
    raise missing_extra(error, "durable_mi.testing", "testing") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_durable_execution_sdk_python.lambda_service import CheckpointOutput, OperationUpdate, StateOutput

    from durable_mi.testing.crash.point import CrashPoint

__all__ = ["CrashingHandler", "InvocationCrashedError", "quiet_sdk"]

_SDK: Final = "aws_durable_execution_sdk_python"
_PENDING: Final = "PENDING"


class InvocationCrashedError(Exception):
    """The invocation has ended as if its process had."""


class CrashingHandler:
    """A durable function's handler that crashes once in each execution, at the place that is set.

    It records the checkpoints that the service keeps, and what the handler returned where that was lost.

    Args:
        handler: The handler, decorated with ``@durable_execution``.
    """

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler
        self._point: CrashPoint | None = None
        self._counter = UpdateCounter()
        self.crashed = False
        self.updates: list[OperationUpdate] = []
        self.lost: Mapping[str, Any] | None = None
        self.returned: Mapping[str, Any] | None = None

    def begin(self, point: CrashPoint | None) -> None:
        """Begin another execution.

        Args:
            point: Where its process ends; ``None`` for nowhere.
        """
        self._point = point
        self._counter = UpdateCounter()
        self.crashed = False
        self.updates = []
        self.lost = self.returned = None

    def __call__(self, event: Any, context: Any) -> Any:  # noqa: ANN401 - as Lambda passes them
        """Run one invocation.

        Raises:
            InvocationCrashedError: Its process has ended.
        """
        client = _Client(event.service_client, self)
        try:
            output = self._handler(replace(event, service_client=client), context)
        except BaseException:
            if client.dead:
                raise InvocationCrashedError(str(self._point)) from None
            raise
        if client.dead:
            raise InvocationCrashedError(str(self._point))
        # What another handler returns is for the engine to report.
        if isinstance(output, Mapping) and output.get("Status") != _PENDING:
            if self._point is not None and self._point.is_end and not self.crashed:
                self.crashed, self.lost = True, output
                raise InvocationCrashedError(str(self._point))
            self.returned = output
        return output

    def kept_of(self, updates: list[OperationUpdate]) -> int | None:
        """Return how many updates of a request the service keeps before the process ends; ``None`` where it goes on.

        Which updates share a request is a matter of milliseconds, so the request ends where the process does.
        """
        numbers = [self._counter.number(each) for each in updates]
        point = self._point
        if point is None or self.crashed:
            return None
        place = (point.operation_id, point.action, point.occurrence)
        if place not in numbers:
            return None
        self.crashed = True
        return numbers.index(place) + point.kept


class _Client(DurableServiceClient):
    """The service as one invocation sees it: after the crash it answers nothing."""

    def __init__(self, client: DurableServiceClient, crash: CrashingHandler) -> None:
        self._client = client
        self._crash = crash
        self.dead = False

    def checkpoint(
        self,
        durable_execution_arn: str,
        checkpoint_token: str,
        updates: list[OperationUpdate],
        client_token: str | None,
    ) -> CheckpointOutput:
        self._end_if_dead()
        kept = self._crash.kept_of(updates)
        if kept is None:
            output = self._client.checkpoint(durable_execution_arn, checkpoint_token, updates, client_token)
            self._crash.updates += updates
            return output
        self.dead = True
        if kept:
            self._client.checkpoint(durable_execution_arn, checkpoint_token, updates[:kept], client_token)
        return self._end()

    def get_execution_state(
        self, durable_execution_arn: str, checkpoint_token: str, next_marker: str, max_items: int = 1000
    ) -> StateOutput:
        self._end_if_dead()
        return self._client.get_execution_state(durable_execution_arn, checkpoint_token, next_marker, max_items)

    def _end_if_dead(self) -> None:
        if self.dead:
            self._end()

    @staticmethod
    def _end() -> NoReturn:
        msg = "the process has ended here"
        raise InvocationCrashedError(msg)


@contextmanager
def quiet_sdk() -> Iterator[None]:
    """Keep the tracebacks of the crashes out of the log; what a run ends with is in its result."""
    # A filter is for one logger, not for those below it.
    loggers = [logging.getLogger(name) for name in [*logging.root.manager.loggerDict] if name.startswith(_SDK)]

    def nothing(_: logging.LogRecord) -> bool:
        return False

    for logger in loggers:
        logger.addFilter(nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(nothing)
