"""AWS's testing SDK (``aws-durable-execution-sdk-python-testing``): the only module that imports it.

The SDK documents its test runners. What the local runtime embeds is below them and may move with any minor version, so
every name of it comes through here. `_sdk_executor` with `emulator._sdk_calls`, `_sdk_operations`, `_sdk_lanes`,
`emulator._sdk_scheduler`, `_sdk_state` and `_sdk_api` are the only modules that use private parts and web classes.
``tests/unit/local/test_sdk_contract.py`` checks each of them and names the one that moved.
"""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Final

from aws_durable_execution_sdk_python_testing.checkpoint.core import CheckpointCore
from aws_durable_execution_sdk_python_testing.checkpoint.processor import CheckpointProcessor
from aws_durable_execution_sdk_python_testing.child_dispatcher import (
    ChainedInvokeRequest,
    ChildDispatcher,
    ChildOutcome,
    DispatchResult,
    FunctionTarget,
    RunInvocation,
    StartChild,
    function_not_found,
    parse_function_target,
    result_outcome,
)
from aws_durable_execution_sdk_python_testing.clock import Clock, RealClock
from aws_durable_execution_sdk_python_testing.exceptions import (
    AwsApiException,
    InvalidInvocationOutputError,
    InvalidParameterValueException,
    ResourceNotFoundException,
    UnknownRouteError,
)
from aws_durable_execution_sdk_python_testing.execution import Execution
from aws_durable_execution_sdk_python_testing.executor import Executor
from aws_durable_execution_sdk_python_testing.invoker import InvokeResponse, LambdaInvoker
from aws_durable_execution_sdk_python_testing.model import (
    TERMINAL_STATUSES,
    CheckpointDurableExecutionResponse,
    CheckpointUpdatedExecutionState,
    InvocationCompletedDetails,
    StartDurableExecutionInput,
)
from aws_durable_execution_sdk_python_testing.observer import apply_effects
from aws_durable_execution_sdk_python_testing.scheduler import Event as SchedulerEvent
from aws_durable_execution_sdk_python_testing.scheduler import Scheduler
from aws_durable_execution_sdk_python_testing.stores.memory import InMemoryExecutionStore
from aws_durable_execution_sdk_python_testing.threads import DaemonThreadPool
from aws_durable_execution_sdk_python_testing.token import CallbackToken
from aws_durable_execution_sdk_python_testing.web import handlers, routes
from aws_durable_execution_sdk_python_testing.web.models import HTTPRequest, HTTPResponse
from aws_durable_execution_sdk_python_testing.worker.checkpoint_tasks import CallableTask
from aws_durable_execution_sdk_python_testing.worker.execution_worker import ExecutionWorker
from aws_durable_execution_sdk_python_testing.worker.lane import SerialTaskLane
from aws_durable_execution_sdk_python_testing.worker.registry import ExecutionRegistry
from aws_durable_execution_sdk_python_testing.worker.status import InvocationState

__all__ = [
    "DISTRIBUTION",
    "TERMINAL_STATUSES",
    "AwsApiException",
    "CallableTask",
    "CallbackToken",
    "ChainedInvokeRequest",
    "CheckpointCore",
    "CheckpointDurableExecutionResponse",
    "CheckpointProcessor",
    "CheckpointUpdatedExecutionState",
    "ChildDispatcher",
    "ChildOutcome",
    "Clock",
    "DaemonThreadPool",
    "DispatchResult",
    "EmulatorStore",
    "Execution",
    "ExecutionRegistry",
    "ExecutionWorker",
    "Executor",
    "FunctionTarget",
    "HTTPRequest",
    "HTTPResponse",
    "InvalidInvocationOutputError",
    "InvalidParameterValueException",
    "InvocationCompletedDetails",
    "InvocationState",
    "InvokeResponse",
    "LambdaInvoker",
    "RealClock",
    "ResourceNotFoundException",
    "RunInvocation",
    "Scheduler",
    "SchedulerEvent",
    "SerialTaskLane",
    "StartChild",
    "StartDurableExecutionInput",
    "UnknownRouteError",
    "apply_effects",
    "function_not_found",
    "handlers",
    "installed_version",
    "parse_function_target",
    "result_outcome",
    "routes",
    "silence_log",
]

DISTRIBUTION: Final = "aws-durable-execution-sdk-python-testing"


def installed_version() -> str:
    """Return the version of the testing SDK that is installed, such as ``1.4.0``."""
    return version(DISTRIBUTION)


def silence_log() -> None:
    """Keep the emulator's own log lines off the terminal."""
    logging.getLogger("aws_durable_execution_sdk_python_testing").setLevel(logging.CRITICAL)


class EmulatorStore(InMemoryExecutionStore):
    """AWS's in-memory store, from which an execution can be removed."""

    def find(self, arn: str) -> Execution | None:
        """Return an execution that is in memory, ``None`` if it is not.

        Args:
            arn: The execution's ARN.
        """
        with self._lock:
            return self._store.get(arn)

    def remove(self, arn: str) -> None:
        """Remove an execution; one that is not there is no error.

        Args:
            arn: The execution's ARN.
        """
        with self._lock:
            self._store.pop(arn, None)
