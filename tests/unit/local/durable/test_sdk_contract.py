"""What the local runtime relies on in AWS's testing SDK, beyond its documented API: each test names what moved."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from concurrent.futures import Future, wait
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import (
    ErrorObject,
    Operation,
    OperationStatus,
    OperationType,
    WaitDetails,
)
from contract import find, moved
from executions import START, function_arn, new_execution

from durable_mi.local.durable.invocation_failure import InvocationFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = "aws_durable_execution_sdk_python_testing"
SOURCE = Path(__file__).parents[4] / "src"
ADAPTER = SOURCE / "durable_mi/local/durable/_sdk.py"
LIMIT = 30
"""Seconds after which the emulator is taken not to call something any more."""


def imported() -> set[str]:
    """Everything that the adapter imports of the SDK, relative to its package."""
    return {
        f"{node.module}.{name.name}".removeprefix(f"{PACKAGE}.")
        for node in ast.walk(ast.parse(ADAPTER.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE)
        for name in node.names
    }


OVERRIDDEN = {
    "executor.Executor._checkpoint_execution": (
        "(self, execution_arn, checkpoint_token, updates=None, client_token=None)"
    ),
    "executor.Executor.checkpoint_execution": (
        "(self, execution_arn, checkpoint_token, updates=None, client_token=None)"
    ),
    "executor.Executor._earliest_pending_timestamp": "(execution)",
    "executor.Executor._complete_workflow": "(self, execution_arn, result, error)",
    "executor.Executor.send_callback_success": "(self, callback_id, result=None)",
    "executor.Executor.send_callback_failure": "(self, callback_id, error=None)",
    "executor.Executor.send_callback_heartbeat": "(self, callback_id)",
    "executor.Executor._finish_invocation": (
        "(self, execution_arn, invoke_response, invocation_start, invocation_end, invocation_seq=None)"
    ),
    "executor.Executor._fire_due_and_invoke_handler": "(self, execution_arn)",
    "executor.Executor._retry_after_error": "(self, execution_arn, error)",
    "executor.Executor._create_execution": "(self, input, parent_execution_arn=None)",
    "executor.Executor._invoke_handler": "(self, execution_arn)",
    "executor.Executor._notify_parent_of_terminal_child": "(self, child_arn)",
    "executor.Executor.get_execution_history": (
        "(self, execution_arn, include_execution_data=False, reverse_order=False, marker=None, max_items=None)"
    ),
    "scheduler.Event.__init__": "(self, scheduler, asyncio_event)",
    "scheduler.Scheduler.start": "(self)",
    "scheduler.Scheduler.stop": "(self)",
    "scheduler.Scheduler.call_later": "(self, func, delay=0, count=1, completion_event=None)",
    "scheduler.Scheduler.create_event": "(self)",
    "scheduler.Scheduler.remove_event": "(self, event)",
    "threads.DaemonThreadPool.submit": "(self, fn, /, *args, **kwargs)",
    "stores.memory.InMemoryExecutionStore.save": "(self, execution)",
    "stores.memory.InMemoryExecutionStore.update": "(self, execution)",
    "child_dispatcher.ChildDispatcher.preflight": "(self, target)",
    "child_dispatcher.ChildDispatcher.dispatch": "(self, request)",
    "worker.execution_worker.ExecutionWorker.__init__": "(self, execution_arn, store, scheduler, registry, lane)",
    "worker.lane.SerialTaskLane.submit": "(self, fn)",
    "worker.lane.SerialTaskLane.stop": "(self, *, wait=True)",
    "worker.registry.ExecutionRegistry.get_or_create": "(self, execution_arn)",
    "worker.registry.ExecutionRegistry.shutdown": "(self)",
    "invoker.LambdaInvoker.invoke": (
        "(self, function_name, input, endpoint_url=None, tenant_id=None, account_id=None, region_name=None)"
    ),
}
START_INPUT = (
    *("account_id", "function_name", "function_qualifier", "execution_name", "execution_timeout_seconds"),
    *("execution_retention_period_days", "trace_fields", "tenant_id", "input"),
)
REQUEST = ("body_bytes", "method", "path", "headers", "query_params")
CALLED: dict[str, tuple[int, tuple[str, ...]]] = {
    "executor.Executor": (
        0,
        (
            *("store", "scheduler", "invoker", "checkpoint_processor", "registry", "clock", "child_dispatcher"),
            *("region", "invocation_timeout_seconds"),
        ),
    ),
    "executor.Executor._fire_due_operations": (2, ()),
    "executor.Executor._invoke_execution": (2, ()),
    "executor.Executor._fail_workflow": (3, ()),
    "executor.Executor._invalid_output_error": (1, ()),
    "executor.Executor._invocation_gate": (2, ()),
    "executor.Executor._is_current_token": (3, ()),
    "token.CallbackToken.from_str": (1, ()),
    "executor.Executor._launch_execution": (3, ()),
    "executor.Executor._record_child_on_parent": (4, ()),
    "executor.Executor._maybe_replay_cached": (4, ()),
    "executor.Executor._notify_parent_of_terminal_child": (2, ()),
    "executor.Executor._schedule_earliest_pending": (2, ()),
    "executor.Executor._resume_execution": (2, ()),
    "executor.Executor._set_invocation_gate": (3, ()),
    "executor.Executor._set_paused": (2, ()),
    "executor.Executor.get_execution": (2, ()),
    "executor.Executor.get_execution_details": (2, ()),
    "executor.Executor.on_callback_created": (5, ()),
    "executor.Executor.on_chained_invoke_started": (6, ()),
    "executor.Executor.on_timed_out": (3, ()),
    "executor.Executor.preflight_chained_invoke": (2, ()),
    "executor.Executor.shutdown": (1, ()),
    "executor.Executor.start_execution": (2, ()),
    "executor.Executor.stop_execution": (2, ()),
    "checkpoint.core.CheckpointCore.apply": (6, ()),
    "checkpoint.processor.CheckpointProcessor": (2, ("clock",)),
    "checkpoint.processor.CheckpointProcessor.add_execution_observer": (2, ()),
    "checkpoint.processor.CheckpointProcessor.set_chained_invoke_preflight": (2, ()),
    "child_dispatcher.ChildOutcome": (0, ("result", "error")),
    "child_dispatcher.RunInvocation": (1, ()),
    "child_dispatcher.StartChild": (1, ()),
    "child_dispatcher.function_not_found": (1, ()),
    "child_dispatcher.parse_function_target": (1, ()),
    "child_dispatcher.result_outcome": (1, ()),
    "clock.RealClock": (0, ()),
    "clock.RealClock.arm": (2, ()),
    "clock.RealClock.now": (1, ()),
    "execution.Execution.current_status": (1, ()),
    "execution.Execution.from_json_dict": (1, ()),
    "execution.Execution.get_operation_execution_started": (1, ()),
    "execution.Execution.record_invocation_completion": (4, ()),
    "execution.Execution.to_json_dict": (1, ()),
    "invoker.InvokeResponse.from_payload": (2, ()),
    "model.CheckpointDurableExecutionResponse": (0, ("checkpoint_token", "new_execution_state")),
    "model.CheckpointUpdatedExecutionState": (0, ("operations", "next_marker")),
    "model.Event.to_dict": (1, ()),
    "invoker.LambdaInvoker": (0, ("lambda_client",)),
    "model.StartDurableExecutionInput": (0, START_INPUT),
    "observer.apply_effects": (2, ()),
    "stores.memory.InMemoryExecutionStore.list_all": (1, ()),
    "stores.memory.InMemoryExecutionStore.load": (2, ()),
    "threads.DaemonThreadPool": (0, ()),
    "threads.DaemonThreadPool.shutdown": (1, ("wait",)),
    "token.CallbackToken": (2, ()),
    "web.handlers.EndpointHandler": (1, ()),
    "web.handlers.EndpointHandler.handle": (3, ()),
    "web.models.HTTPRequest.from_bytes": (0, REQUEST),
    "web.models.HTTPRequest.from_raw_bytes": (0, REQUEST),
    "web.models.HTTPResponse.body_to_bytes": (1, ()),
    "web.routes.Router": (0, ()),
    "web.routes.Router.find_route": (3, ()),
    "worker.checkpoint_tasks.CallableTask": (1, ()),
    "worker.registry.ExecutionRegistry": (2, ()),
    "worker.registry.ExecutionRegistry.shutdown": (1, ()),
    "worker.registry.ExecutionRegistry.submit": (3, ()),
}
ROUTES = {
    ("POST", "/2025-12-01/durable-executions/arn/checkpoint"): "CheckpointDurableExecutionRoute",
    ("GET", "/2025-12-01/durable-executions/arn/state"): "GetDurableExecutionStateRoute",
    ("GET", "/2025-12-01/durable-executions/arn/history"): "GetDurableExecutionHistoryRoute",
    ("POST", "/2025-12-01/durable-executions/arn/stop"): "StopDurableExecutionRoute",
    ("POST", "/2025-12-01/durable-execution-callbacks/id/succeed"): "CallbackSuccessRoute",
    ("POST", "/2025-12-01/durable-execution-callbacks/id/fail"): "CallbackFailureRoute",
    ("POST", "/2025-12-01/durable-execution-callbacks/id/heartbeat"): "CallbackHeartbeatRoute",
}
HANDLERS = (
    *("CheckpointDurableExecutionHandler", "GetDurableExecutionStateHandler", "GetDurableExecutionHistoryHandler"),
    *("StopDurableExecutionHandler", "SendDurableExecutionCallbackSuccessHandler"),
    *("SendDurableExecutionCallbackFailureHandler", "SendDurableExecutionCallbackHeartbeatHandler"),
)
PRESENT = {
    *imported(),
    *(f"web.routes.{name}" for name in ROUTES.values()),
    *(f"web.handlers.{name}" for name in HANDLERS),
    "web.routes.BytesPayloadRoute",
}
EXECUTION = (
    *("chained_invoke_children", "durable_execution_arn", "handler_seen_seq", "invocation_completions", "is_complete"),
    *("is_paused", "needs_reinvoke", "operation_last_touched_seq", "operation_size_bytes", "operations", "result"),
    *("parent_execution_arn", "start_input"),
    *("update_timestamps", "updates"),
)


def differences() -> list[str]:
    """Say in words what moved."""
    return moved(PACKAGE, present=PRESENT, called=CALLED, overridden=OVERRIDDEN)


def test_every_name_is_where_it_is_expected() -> None:
    """With the parameters that it is called with, or that our method in its place is called with."""
    found = differences()
    assert [] == found, "\n".join(found)


def test_a_name_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which."""
    monkeypatch.delattr(f"{PACKAGE}.executor.Executor._launch_execution")
    name = f"{PACKAGE}.executor.Executor._launch_execution"
    assert [f"{name} is gone, which {name} needs"] == differences()


def test_a_signature_that_changed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a method that is called, and of one that is overridden."""
    monkeypatch.setattr(f"{PACKAGE}.executor.Executor._set_paused", lambda self, *, execution_arn: None)  # noqa: ARG005
    monkeypatch.setattr(f"{PACKAGE}.executor.Executor._fire_due_and_invoke_handler", lambda self: None)  # noqa: ARG005
    overridden, called = differences()
    assert f"{PACKAGE}.executor.Executor._fire_due_and_invoke_handler must have the signature" in overridden
    assert f"{PACKAGE}.executor.Executor._set_paused must take 2 positional arguments" in called


def test_an_execution_has_the_attributes_that_are_read() -> None:
    """Before any of its operations."""
    execution = new_execution("a")
    assert [] == [f"Execution.{name}" for name in EXECUTION if not hasattr(execution, name)]


@pytest.mark.parametrize(("call", "route"), ROUTES.items())
def test_a_route_is_found(call: tuple[str, str], route: str) -> None:
    """By the paths of the AWS API, with the handler's constructor taking the executor."""
    method, path = call
    router = find(PACKAGE, "web.routes.Router")()
    assert route == type(router.find_route(path, method)).__name__


def test_an_execution_is_the_same_after_a_state_file() -> None:
    """Or a state file would need another format."""
    execution = new_execution("a")
    written = execution.to_json_dict()
    assert written == type(execution).from_json_dict(written).to_json_dict()


# What the emulator does with it ---------------------------------------------------------------------------------------


class Scene:
    """The emulator with our executor, and one invocation that the test answers."""

    def __init__(self) -> None:
        executor = import_module("durable_mi.local.durable.executor").ServiceExecutor
        invoker = find(PACKAGE, "invoker.LambdaInvoker")(lambda_client=None)
        invoker.invoke = self.invoke
        store = import_module("durable_mi.local.durable.store").ExecutionStore
        notices = import_module("durable_mi.local.notices.notices").Notices
        executions = import_module("durable_mi.local.notices.executions").ExecutionNotices
        self.answer: Future[Any] = Future()
        self.failure: InvocationFailure | None = None
        self.asked: Future[None] = Future()
        self.store = store(function_arn)
        self.scheduler = find(PACKAGE, "scheduler.Scheduler")()
        self.registry = find(PACKAGE, "worker.registry.ExecutionRegistry")(self.store, self.scheduler)
        checkpoints = find(PACKAGE, "checkpoint.processor.CheckpointProcessor")(self.store, self.scheduler)
        self.executor = executor(
            store=self.store,
            scheduler=self.scheduler,
            invoker=invoker,
            checkpoint_processor=checkpoints,
            registry=self.registry,
            failure_of=lambda _: self.failure,
            notes_of=self.store.notes,
            revision_of=self.store.revision,
            notices=executions(notices(), "us-east-1", "http://127.0.0.1"),
            limits_checkpoints=True,
        )
        checkpoints.add_execution_observer(self.executor)

    def invoke(self, *_: object, **__: object) -> Future[Any]:
        """Answer in the invoker's place."""
        self.asked.set_result(None)
        return self.answer

    def start(self) -> str:
        """Start an execution; returns its ARN once its handler was called."""
        self.scheduler.start()
        arn = self.executor.start_execution(new_execution("a").start_input).execution_arn
        self.asked.result(LIMIT)
        return str(arn)

    def is_ended(self, arn: str) -> bool:
        """Whether the execution ends within the limit."""
        done, _ = wait([self.store.ended(arn)], LIMIT)
        return bool(done)

    def stop(self) -> None:
        """End the emulator's threads."""
        self.executor.shutdown()
        self.registry.shutdown()
        self.scheduler.stop()
        if self.scheduler._loop is not None:
            self.scheduler._loop.close()  # the emulator leaves its loop to the process's end


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Make a scene that has not begun."""
    made = Scene()
    yield made
    made.stop()


def spy(monkeypatch: pytest.MonkeyPatch, name: str) -> Future[tuple[Any, ...]]:
    """Return the arguments of the first call of a method of the emulator's executor."""
    called: Future[tuple[Any, ...]] = Future()
    original: Callable[..., Any] = find(PACKAGE, f"executor.Executor.{name}")

    def record(self: Any, *args: Any) -> Any:
        if not called.done():
            called.set_result(args)
        return original(self, *args)

    monkeypatch.setattr(f"{PACKAGE}.executor.Executor.{name}", record)
    return called


def response(status: str) -> Any:
    """Return what a handler answers."""
    return find(PACKAGE, "invoker.InvokeResponse").from_payload(f'{{"Status": "{status}"}}'.encode(), "request")


def arguments(called: Future[tuple[Any, ...]], name: str) -> tuple[Any, ...]:
    """Return the arguments, or fail with a message that names the method."""
    try:
        return called.result(LIMIT)
    except TimeoutError:
        return pytest.fail(f"the emulator no longer calls Executor.{name}")


def test_the_invocation_pool_can_be_replaced(scene: Scene) -> None:
    """Executor._invocation_pool: its `submit` starts the handler and returns the future that the emulator waits for."""
    arn = scene.start()
    scene.answer.set_result(response("SUCCEEDED"))
    assert scene.is_ended(arn), "Executor._invocation_pool is not what invokes the handler"


def test_the_end_of_an_invocation_is_ours_to_judge(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executor._finish_invocation is called with the response and with the last change that the input carried."""
    called = spy(monkeypatch, "_finish_invocation")
    arn = scene.start()
    answer = response("SUCCEEDED")
    scene.answer.set_result(answer)
    found, given, start, end, seq = arguments(called, "_finish_invocation")
    assert (arn, answer, True) == (found, given, start <= end)
    assert isinstance(seq, int), "Executor._finish_invocation gets no invocation_seq"
    assert scene.is_ended(arn), "Executor._finish_invocation does not end the execution"


def test_a_failed_invocation_is_retried_with_its_own_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executor._retry_after_error is called when the future fails, and decides with the error that it gets."""
    called = spy(monkeypatch, "_retry_invocation")
    error = ErrorObject(message="gone", type="Runtime.ExitError", data=None, stack_trace=None)
    scene.failure = InvocationFailure("request", error, START)
    arn = scene.start()
    scene.answer.set_exception(RuntimeError())
    execution, found = arguments(called, "_retry_invocation")
    assert (arn, error) == (execution.durable_execution_arn, found)
    assert ["request"] == [each.request_id for each in execution.invocation_completions]


def test_the_history_that_is_completed_is_the_emulators(scene: Scene) -> None:
    """Executor.get_execution_history, with data: its events say their type, time, operation and details."""
    arn = scene.start()
    events = scene.executor.get_execution_history(arn, include_execution_data=True).to_dict()["Events"]
    (started,) = events
    assert {"EventType", "EventTimestamp", "EventId", "Id", "Name", "ExecutionStartedDetails"} == set(started)
    details = {"Input": {"Payload": "{}", "Truncated": False}, "ExecutionTimeout": 600}
    assert details == started["ExecutionStartedDetails"]
    scene.answer.set_result(response("SUCCEEDED"))
    assert scene.is_ended(arn)


@pytest.mark.parametrize(("sees", "invokes"), [(True, False), (False, True)])
def test_an_invocation_follows_for_what_was_not_seen(scene: Scene, *, sees: bool, invokes: bool) -> None:
    """Execution.needs_reinvoke and handler_seen_seq decide in Executor._finish_invocation."""
    execution = waiting(scene)
    execution.needs_reinvoke = True
    execution.handler_seen_seq = execution.seq_counter if sees else 0
    invoked: list[str] = []
    scene.executor._invoke_execution = invoked.append
    scene.scheduler.call_later = lambda *_, **__: Future()
    find(PACKAGE, "executor.Executor._finish_invocation")(
        scene.executor, execution.durable_execution_arn, response("PENDING"), START, START, 0
    )
    assert invokes == bool(invoked)


def test_a_wait_that_is_due_is_fired_by_our_timer(scene: Scene) -> None:
    """Executor._schedule_earliest_pending arms what _fire_due_and_invoke_handler returns; firing completes the wait."""
    execution = waiting(scene)
    armed: list[Any] = []

    def arm(call: Any, **_: object) -> Future[Any]:
        armed.append(call)
        return Future()

    scene.scheduler.call_later = arm
    scene.executor._schedule_earliest_pending(execution.durable_execution_arn)
    assert 1 == len(armed), "Executor._schedule_earliest_pending arms no timer"
    assert armed[0].__qualname__.startswith("EmulatorExecutor._fire_due_and_invoke_handler")
    assert inspect.iscoroutinefunction(armed[0])

    invoked: list[str] = []
    scene.executor._invoke_execution = invoked.append
    asyncio.run(armed[0]())
    assert [execution.durable_execution_arn] == invoked, "Executor._fire_due_operations completed nothing"
    assert OperationStatus.SUCCEEDED is execution.operations[-1].status


def waiting(scene: Scene) -> Any:
    """Save an execution with a wait that is due."""
    execution = new_execution("a")
    scene.store.save(execution)
    due = START + timedelta(seconds=1)
    execution.operations.append(
        Operation(
            operation_id="wait",
            operation_type=OperationType.WAIT,
            status=OperationStatus.STARTED,
            start_timestamp=START,
            wait_details=WaitDetails(scheduled_end_timestamp=due),
        )
    )
    execution.touch_operation("wait")
    return execution


# That it is touched nowhere else --------------------------------------------------------------------------------------


def test_one_module_imports_the_sdk() -> None:
    """Types included; the runner of `durable_mi.testing` has its own, with a contract test of its own."""
    pattern = re.compile(rf"^\s*(from|import) {PACKAGE}\b", re.MULTILINE)
    found = [file.name for file in SOURCE.rglob("*.py") if pattern.search(file.read_text())]
    assert ["_aws.py", ADAPTER.name] == sorted(found)


@pytest.mark.parametrize(
    ("module", "owner"),
    [("executor.py", "executor.Executor"), ("store.py", "stores.memory.InMemoryExecutionStore")],
)
def test_no_other_class_uses_private_parts(module: str, owner: str) -> None:
    """Of the emulator's class that it extends."""
    parent = find(PACKAGE, owner)
    own = set(re.findall(r"self\.(_[a-z]\w*)", inspect.getsource(parent))) | set(vars(parent))
    tree = ast.parse((ADAPTER.parent / module).read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set() == {name for name in (used | defined) & own if re.match("_[a-z]", name)}
