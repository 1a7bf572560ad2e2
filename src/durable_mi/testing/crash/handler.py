"""A handler whose process ends at one place: nothing that it does after that reaches the service."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NoReturn

from durable_mi.extras import missing_extra
from durable_mi.testing.crash.execution import CrashRun

try:
    from aws_durable_execution_sdk_python.lambda_service import DurableServiceClient
except ModuleNotFoundError as error:
    raise missing_extra(error, "durable_mi.testing", "testing") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_durable_execution_sdk_python.lambda_service import CheckpointOutput, OperationUpdate, StateOutput

    from durable_mi.testing.crash.execution import Execution
    from durable_mi.testing.crash.point import CrashPoint

__all__ = ["CrashingHandler", "InvocationCrashedError", "quiet_sdk"]

_SDK: Final = "aws_durable_execution_sdk_python"
_PENDING: Final = "PENDING"


class InvocationCrashedError(Exception):
    """The invocation has ended as if its process had."""


class CrashingHandler:
    """Durable handlers of one workflow, of which one crashes once in each run, at the place that is set.

    It records the checkpoints that the service keeps, and what the handlers returned where that was lost.

    Args:
        handler: The workflow's handler, decorated with ``@durable_execution``.
    """

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler
        self.run = CrashRun(None)

    def begin(self, point: CrashPoint | None) -> None:
        """Begin another run.

        Args:
            point: Where its process ends; ``None`` for nowhere.
        """
        self.run = CrashRun(point)

    def __call__(self, event: Any, context: Any) -> Any:  # noqa: ANN401 - as Lambda passes them
        """Run one invocation of the workflow.

        Raises:
            InvocationCrashedError: Its process has ended.
        """
        return self._invoke(self._handler, "", event, context)

    def target(self, name: str, handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the handler of a durable function that the workflow invokes, which crashes too.

        Args:
            name: The function's name.
            handler: Its handler.
        """

        def invoked(event: Any, context: Any) -> Any:  # noqa: ANN401 - as Lambda passes them
            return self._invoke(handler, name, event, context)

        return invoked

    def _invoke(self, handler: Callable[[Any, Any], Any], name: str, event: Any, context: Any) -> Any:  # noqa: ANN401 - as above
        run = self.run
        execution = run.execution(event.durable_execution_arn, name, _payload(event))
        client = _Client(event.service_client, run, execution)
        try:
            output = handler(replace(event, service_client=client), context)
        except BaseException:
            if client.dead:
                raise InvocationCrashedError(str(run.point)) from None
            raise
        if client.dead:
            raise InvocationCrashedError(str(run.point))
        # What another handler returns is for the engine to report.
        if isinstance(output, Mapping) and output.get("Status") != _PENDING and run.loses(execution, output):
            raise InvocationCrashedError(str(run.point))
        return output


def _payload(event: Any) -> str:  # noqa: ANN401 - as Lambda passes it
    """Return the input, which is in the operation of the execution itself."""
    details = (each.execution_details for each in event.initial_execution_state.operations)
    return next((each.input_payload or "" for each in details if each is not None), "")


class _Client(DurableServiceClient):
    """The service as one invocation sees it: after the crash it answers nothing."""

    def __init__(self, client: DurableServiceClient, run: CrashRun, execution: Execution) -> None:
        self._client = client
        self._run = run
        self._execution = execution
        self.dead = False

    def checkpoint(
        self,
        durable_execution_arn: str,
        checkpoint_token: str,
        updates: list[OperationUpdate],
        client_token: str | None,
    ) -> CheckpointOutput:
        self._end_if_dead()
        kept = self._run.kept_of(self._execution, updates)
        if kept is None:
            output = self._client.checkpoint(durable_execution_arn, checkpoint_token, updates, client_token)
            self._execution.updates += updates
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
