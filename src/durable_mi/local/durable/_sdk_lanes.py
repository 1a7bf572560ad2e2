"""The emulator's lanes, in which the tasks of one execution run one after the other, on a few threads."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.durable._sdk import ExecutionRegistry, ExecutionWorker, SerialTaskLane
from durable_mi.local.durable.execution_clock import within

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LaneRegistry"]

_THREADS: Final = 16
"""Tasks are short and never wait for each other. The store of ``--state`` writes under one lock."""
_AT_ONCE: Final = 8
"""Tasks of one lane before others get the thread."""


class LaneRegistry(ExecutionRegistry):
    """AWS's registry with lanes that share threads. Its own has a thread for each execution, also while it waits.

    Args:
        *emulator: The arguments of the emulator's registry.
        at_once: Whether a task that the event loop submits to an idle lane runs within that call. The way to a thread
            and back takes as much CPU as most tasks. Not where tasks wait, as for a state file. Then the registry is
            made within the loop.
    """

    def __init__(self, *emulator: Any, at_once: bool = False) -> None:  # noqa: ANN401 - the emulator's own arguments
        super().__init__(*emulator)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="durable-lane")
        self._thread = threading.get_ident() if at_once else None

    def get_or_create(self, execution_arn: str) -> ExecutionWorker:
        """Return the worker of an execution.

        Raises:
            RuntimeError: The registry is shut down.
        """
        with self._lock:
            if self._shut_down:
                msg = "the registry is shut down"
                raise RuntimeError(msg)
            worker = self._workers.get(execution_arn)
            if worker is None:
                lane = _Lane(self._pool, execution_arn, self._thread)
                worker = ExecutionWorker(execution_arn, self._store, self._scheduler, self, lane)
                self._workers[execution_arn] = worker
            return worker

    def shutdown(self) -> None:
        """Stop all lanes, once what they have begun or were given has ended."""
        super().shutdown()
        self._pool.shutdown()


class _Lane(SerialTaskLane):
    """Tasks in their order, none beside another, on the threads of a pool.

    Args:
        pool: Where they run.
        execution: The execution, in whose time they run.
        loop_thread: The thread of the event loop in which tasks may run too.
    """

    # Nothing of the emulator's: it is a thread.
    def __init__(self, pool: ThreadPoolExecutor, execution: str, loop_thread: int | None) -> None:
        self._pool = pool
        self._execution = execution
        self._loop_thread = loop_thread
        self._lock = threading.Lock()
        self._tasks: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._is_draining = False
        self._is_stopped = False

    def submit(self, fn: Callable[[], Any]) -> Any:  # noqa: ANN401 - the emulator knows futures of threads only
        """Run a task after those before it.

        Returns:
            Its future; one of the event loop's, which is done, where the task has run within this call.

        Raises:
            RuntimeError: The lane was stopped.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._is_stopped:
                msg = "the lane is stopped"
                raise RuntimeError(msg)
            runs_here = not self._is_draining and threading.get_ident() == self._loop_thread
            if not runs_here:
                if not self._is_draining:
                    self._pool.submit(self._drain)
                self._tasks.append((fn, future))
            self._is_draining = True
        return self._run_here(fn) if runs_here else future

    def _run_here(self, task: Callable[[], Any]) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        try:
            with within(self._execution):
                future.set_result(task())
        except Exception as error:  # noqa: BLE001 - relayed to the future
            future.set_exception(error)
            # Not everyone waits for what they submit, and asyncio would report that.
            future.exception()
        finally:
            with self._lock:
                self._is_draining = goes_on = bool(self._tasks)
            if goes_on and not self._hand_on():
                self._drain()
        return future

    def stop(self, *, wait: bool = True) -> None:  # noqa: ARG002 - the emulator never waits
        """Take no more tasks. Those that wait still run."""
        with self._lock:
            self._is_stopped = True

    def _drain(self) -> None:
        for turn in count(1):
            with self._lock:
                if not self._tasks:
                    self._is_draining = False
                    return
                task, future = self._tasks.popleft()
            with within(self._execution):
                _run(task, future)
            if turn % _AT_ONCE == 0 and self._hand_on():
                return

    def _hand_on(self) -> bool:
        """Let other lanes have the thread, and return whether one is sure to come back."""
        try:
            self._pool.submit(self._drain)
        except RuntimeError:  # shut down, so nobody waits for the thread
            return False
        return True


def _run(task: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = task()
    except BaseException as error:  # noqa: BLE001 - relayed to the future
        future.set_exception(error)
    else:
        future.set_result(result)
