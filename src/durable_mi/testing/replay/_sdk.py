"""AWS's durable execution SDK, replaying what was recorded: the one place that touches names it does not document.

The SDK itself answers each operation from the recorded ones and says which came instead of which. Added here is what a
real invocation would do and a replay must not: an operation that has no recorded end suspends, and no body of a step
runs. ``tests/unit/testing/replay/test_sdk_contract.py`` checks each name and says which one moved.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import sysconfig
import threading
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

import aws_durable_execution_sdk_python
from aws_durable_execution_sdk_python import execution, state
from aws_durable_execution_sdk_python.concurrency import executor as concurrency
from aws_durable_execution_sdk_python.context import Callback
from aws_durable_execution_sdk_python.exceptions import NonDeterministicExecutionError, SuspendExecution
from aws_durable_execution_sdk_python.execution import (
    DurableExecutionInvocationInputWithClient,
    InitialExecutionState,
)
from aws_durable_execution_sdk_python.identifier import OperationIdentifier
from aws_durable_execution_sdk_python.lambda_service import (
    CheckpointOutput,
    CheckpointUpdatedExecutionState,
    Operation,
    OperationType,
    OperationUpdate,
    StateOutput,
)
from aws_durable_execution_sdk_python.operation.base import OperationExecutor

from durable_mi.testing.replay._inline_pool import InlinePool
from durable_mi.testing.replay.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType, ModuleType

__all__ = ["RecordedOperation", "Watcher", "invoke", "is_from_sdk", "place_between_operations", "place_in_workflow"]

_SDK: Final = os.path.dirname(os.path.abspath(aws_durable_execution_sdk_python.__file__)) + os.sep  # noqa: PTH100, PTH120 - compared with the names of code
_NOT_THE_USERS: Final = (
    _SDK,
    os.path.dirname(os.path.abspath(__file__)) + os.sep,  # noqa: PTH100, PTH120 - as above
    os.path.dirname(threading.__file__) + os.sep + "concurrent" + os.sep,  # noqa: PTH120 - as above
    threading.__file__,
    contextlib.__file__,
)
_INSTALLED: Final = tuple(sysconfig.get_path(each) + os.sep for each in ("stdlib", "platstdlib", "purelib", "platlib"))
_CHECKPOINT: Final = "replay"
_LOGGER: Final = aws_durable_execution_sdk_python.__name__
_ENDS: Final = f"{_LOGGER}.execution"
_SILENT: Final = logging.CRITICAL + 1

_one_at_a_time = threading.Lock()
_watchers: dict[int, Watcher] = {}
"""The watcher of the replay that runs, if any, by its thread."""


@dataclass(frozen=True)
class RecordedOperation(Operation):
    """An operation of a history. Its type tells the replayed operations from those of other invocations."""


class Watcher(Protocol):
    """What follows a replay, from several threads."""

    def enters(self, identifier: OperationIdentifier, place: Place | None) -> bool:
        """Take note of an operation; returns whether the replay stops there."""

    def suspends(self, identifier: OperationIdentifier) -> None:
        """Take note that an operation raised the suspension."""

    def suspends_callback(self, operation_id: str, place: Place | None) -> None:
        """Take note that the result of a callback raised the suspension."""

    def differs(self, recorded: Operation, identifier: OperationIdentifier, place: Place | None) -> None:
        """Take note that another operation came than was recorded."""

    def ends(self, context: OperationUpdate) -> None:
        """Take note that the code of a context ended, whose end was not recorded."""

    def fails(self, place: Place) -> None:
        """Take note of the innermost line of the user's code from which the handler's error came."""


@dataclass(frozen=True, slots=True)
class _Client:
    """The service, which has the recorded operations and keeps nothing."""

    watcher: Watcher

    def checkpoint(
        self,
        durable_execution_arn: str,  # noqa: ARG002 - the SDK passes it by name
        checkpoint_token: str,
        updates: list[OperationUpdate],  # noqa: ARG002 - the SDK passes it by name
        client_token: str | None,  # noqa: ARG002 - the SDK passes it by name
    ) -> CheckpointOutput:
        return CheckpointOutput(checkpoint_token, CheckpointUpdatedExecutionState())

    def get_execution_state(
        self,
        durable_execution_arn: str,  # noqa: ARG002 - the SDK passes it by name
        checkpoint_token: str,  # noqa: ARG002 - the SDK passes it by name
        next_marker: str,  # noqa: ARG002 - the SDK passes it by name
        max_items: int = 1000,  # noqa: ARG002 - the SDK passes it by name
    ) -> StateOutput:
        return StateOutput()


@dataclass(frozen=True, slots=True)
class _LambdaContext:
    """The Lambda context of an invocation that has no time limit and no instance."""

    invoked_function_arn: str
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    function_name: str = "replay"
    function_version: str = "1"
    memory_limit_in_mb: str = "4096"
    log_group_name: str = "/aws/lambda/replay"
    log_stream_name: str = "replay"
    tenant_id: str | None = None
    client_context: None = None
    identity: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Return what the longest invocation has."""
        return 900_000

    def log(self, msg: object) -> None:
        """Drop a message: a replay repeats what was logged before."""


def invoke(
    handler: Callable[[Any, Any], Any], arn: str, operations: Sequence[RecordedOperation], watcher: Watcher
) -> Any:  # noqa: ANN401 - what a handler returns
    """Let the SDK replay a handler; returns what the handler returns to Lambda.

    Args:
        handler: The decorated handler.
        arn: The durable execution's ARN.
        operations: The recorded operations, with that of the execution first.
        watcher: Follows it.
    """
    event = DurableExecutionInvocationInputWithClient(
        durable_execution_arn=arn,
        checkpoint_token=_CHECKPOINT,
        initial_execution_state=InitialExecutionState(list(operations), ""),
        service_client=_Client(watcher),
    )
    with _one_at_a_time, _quiet(watcher):
        _watchers[threading.get_ident()] = watcher
        try:
            return handler(event, _LambdaContext(arn.split("/", 1)[0]))
        finally:
            _watchers.clear()


def is_from_sdk(error: BaseException) -> bool:
    """Say whether an error came through the SDK, and so from a durable handler."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(_SDK):
            return True
        trace = trace.tb_next
    return False


def place_between_operations(frame: FrameType | None) -> Place | None:
    """Return the line at which code that is replayed left the user's workflow; ``None`` if none is being replayed.

    Args:
        frame: The innermost frame.
    """
    left: FrameType | None = None
    while frame is not None and threading.get_ident() in _watchers:
        if frame.f_code.co_filename.startswith(_SDK):
            return None if left is None else Place(left.f_code.co_filename, left.f_lineno)
        left, frame = frame, frame.f_back
    return None


def place_in_workflow(frame: FrameType | None) -> Place | None:
    """Return the line of the workflow that runs: its own, rather than that of a library which it calls.

    Args:
        frame: The innermost frame of a replay.
    """
    while frame is not None and frame.f_code.co_filename.startswith(_NOT_THE_USERS):
        frame = frame.f_back
    left: FrameType | None = None
    while frame is not None and not frame.f_code.co_filename.startswith(_SDK):
        if not frame.f_code.co_filename.startswith(_INSTALLED):
            return Place(frame.f_code.co_filename, frame.f_lineno)
        left, frame = frame, frame.f_back
    return None if left is None else Place(left.f_code.co_filename, left.f_lineno)


class _Failure(logging.Filter):
    """Drops what the SDK logs, and keeps the line at which the handler failed, which its response does not have."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__()
        self._watcher = watcher

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop a record."""
        trace = record.exc_info[2] if isinstance(record.exc_info, tuple) else None
        place = None
        while trace is not None:
            if not trace.tb_frame.f_code.co_filename.startswith(_NOT_THE_USERS):
                place = Place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        if place is not None:
            self._watcher.fails(place)
        return False


@contextlib.contextmanager
def _quiet(watcher: Watcher) -> Iterator[None]:
    """Silence the SDK's loggers, which report each end and each divergence with a traceback."""
    package, ends = logging.getLogger(_LOGGER), logging.getLogger(_ENDS)
    levels, failure = (package.level, ends.level), _Failure(watcher)
    package.setLevel(_SILENT)
    ends.setLevel(logging.ERROR)
    ends.addFilter(failure)
    try:
        yield
    finally:
        ends.removeFilter(failure)
        package.setLevel(levels[0])
        ends.setLevel(levels[1])


def _place_of_call(frame: FrameType | None) -> Place | None:
    """Return the innermost line of the user's code; ``None`` in a thread in which only the SDK runs."""
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_NOT_THE_USERS):
            return Place(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None


def _watcher(of: state.ExecutionState) -> Watcher | None:
    client = of._service_client  # noqa: SLF001 - see above
    return client.watcher if isinstance(client, _Client) else None


def _suspend() -> NoReturn:
    msg = "the history has no end of this operation"
    raise SuspendExecution(msg)


def _follow_operations() -> None:
    process = OperationExecutor.process

    @wraps(process)
    def followed(self: OperationExecutor[Any]) -> Any:  # noqa: ANN401 - any operation's
        watcher = _watcher(self.state)
        if watcher is None:
            return process(self)
        identifier = self.operation_identifier
        is_virtual = getattr(self, "is_virtual", False)
        stops = watcher.enters(identifier, _place_of_call(sys._getframe(1)))  # noqa: SLF001 - the documented way
        try:
            return _suspend() if stops and not is_virtual else process(self)
        except SuspendExecution:
            watcher.suspends(identifier)
            raise

    OperationExecutor.process = followed  # type: ignore[method-assign]


def _follow_callbacks() -> None:
    result = Callback.result

    @wraps(result)
    def followed(self: Callback[Any]) -> Any:  # noqa: ANN401 - any callback's
        watcher = _watcher(self.state)
        try:
            return result(self)
        except SuspendExecution:
            if watcher is not None:
                watcher.suspends_callback(self.operation_id, _place_of_call(sys._getframe(1)))  # noqa: SLF001 - as above
            raise

    Callback.result = followed  # type: ignore[method-assign]


def _follow_differences() -> None:
    validate = OperationIdentifier.validate_checkpoint

    @wraps(validate)
    def followed(self: OperationIdentifier, checkpoint: Operation | None) -> None:
        try:
            validate(self, checkpoint)
        except NonDeterministicExecutionError:
            watcher = _watchers.get(threading.get_ident())
            if isinstance(checkpoint, RecordedOperation) and watcher is not None:
                watcher.differs(checkpoint, self, _place_of_call(sys._getframe(1)))  # noqa: SLF001 - as above
            raise

    OperationIdentifier.validate_checkpoint = followed  # type: ignore[method-assign]


def _start_no_threads(module: ModuleType) -> None:
    """Let a replay stay in its thread, with the pools of a module of the SDK."""
    pool = module.ThreadPoolExecutor

    def opened(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the pool's own
        return InlinePool() if threading.get_ident() in _watchers else pool(*args, **kwargs)

    vars(module)["ThreadPoolExecutor"] = opened


def _keep_nothing() -> None:
    """Let a replay checkpoint nothing."""
    create, forever = state.ExecutionState.create_checkpoint, state.ExecutionState.checkpoint_batches_forever

    @wraps(create)
    def created(
        self: state.ExecutionState,
        operation_update: OperationUpdate | None = None,
        is_sync: bool = True,  # noqa: FBT001, FBT002 - the SDK's own
    ) -> None:
        watcher = _watcher(self)
        if watcher is None:
            create(self, operation_update, is_sync)
        elif operation_update is not None and operation_update.operation_type is OperationType.CONTEXT:
            watcher.ends(operation_update)
            _suspend()

    @wraps(forever)
    def kept(self: state.ExecutionState) -> None:
        if _watcher(self) is None:
            forever(self)

    state.ExecutionState.create_checkpoint = created  # type: ignore[method-assign]
    state.ExecutionState.checkpoint_batches_forever = kept  # type: ignore[method-assign]


# Once for the process. Invocations with another client go on as before.
_follow_operations()
_follow_callbacks()
_follow_differences()
_keep_nothing()
_start_no_threads(execution)
_start_no_threads(concurrency)
