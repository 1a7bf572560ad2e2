"""The emulator's timers, in the event loop that serves the handlers."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from durable_mi.local.durable._sdk import Scheduler, SchedulerEvent

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LoopScheduler"]

_log = logging.getLogger(__name__)


class LoopScheduler(Scheduler):
    """AWS's scheduler without an event loop and a thread of its own.

    Between two loops each invocation, each timer and each new execution costs several changes of the thread, which take
    more CPU than the work. Made within the event loop; its methods are called from any thread.
    """

    def __init__(self) -> None:  # nothing of the emulator's: it makes a loop
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="durable-scheduler")
        self._events: set[asyncio.Event] = set()
        self._scheduled: set[_Scheduled] = set()
        self._is_stopped = False

    def start(self) -> None:
        """Do nothing: the loop runs."""

    def stop(self) -> None:
        """Start nothing more, and cancel what waits."""
        self._is_stopped = True
        for each in tuple(self._scheduled):
            each.cancel()
        self._threads.shutdown()

    def call_later(
        self,
        func: Callable[[], Any],
        delay: float = 0,
        count: int | None = 1,  # noqa: ARG002 - the executor asks for one call
        completion_event: SchedulerEvent | None = None,
    ) -> Any:  # noqa: ANN401 - in place of a future, of which the emulator uses these methods
        """Call a function after a delay, once: a coroutine function in the loop, another one in a thread.

        Args:
            func: The function.
            delay: Seconds.
            count: Not used.
            completion_event: Gets the error that it raises.
        """
        scheduled = _Scheduled(self._loop, self._loop_thread, self._scheduled.discard)
        self._scheduled.add(scheduled)
        scheduled.start(lambda: self._call(func, delay, completion_event))
        return scheduled

    async def _call(self, func: Callable[[], Any], delay: float, completion_event: SchedulerEvent | None) -> None:
        try:
            if delay > 0:
                await asyncio.sleep(delay)
            if self._is_stopped:
                return
            if inspect.iscoroutinefunction(func):
                await func()
            else:
                # A thread may wait, for a lane or for the state file.
                await self._loop.run_in_executor(self._threads, copy_context().run, func)
        except Exception as error:  # noqa: BLE001 - the emulator's event has it, or the log
            if completion_event is None:
                _log.exception("error in scheduled task")
            else:
                completion_event.set_exception(error)

    def create_event(self) -> SchedulerEvent:
        """Return a new event, without the emulator's way through the loop."""
        event = asyncio.Event()
        self._events.add(event)
        return SchedulerEvent(self, event)

    def remove_event(self, event: asyncio.Event) -> None:
        """Forget an event."""
        self._events.discard(event)


class _Scheduled:
    """What was scheduled, as the emulator sees it; it only cancels it.

    Args:
        loop: Where it runs.
        thread: The loop's thread.
        on_end: Called in the loop once it has ended.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: int, on_end: Callable[[_Scheduled], object]) -> None:
        self._loop = loop
        self._thread = thread
        self._on_end = on_end
        self._task: asyncio.Task[None] | None = None
        self._is_cancelled = False

    def start(self, work: Callable[[], Any]) -> None:
        """Let the loop begin with it in its next turn.

        Args:
            work: Makes the coroutine, in the context of the caller.
        """

        def begin() -> None:
            if self._is_cancelled:
                self._on_end(self)
                return
            self._task = self._loop.create_task(work())
            self._task.add_done_callback(lambda _: self._on_end(self))

        self._in_loop(begin)

    def done(self) -> bool:
        """Return whether it has ended."""
        return self._is_cancelled or (self._task is not None and self._task.done())

    def cancel(self) -> bool:
        """Cancel it, if it has not ended."""
        if self.done():
            return False
        self._is_cancelled = True
        self._in_loop(self._cancel_task)
        return True

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _in_loop(self, call: Callable[[], None]) -> None:
        if threading.get_ident() == self._thread:
            call()
        else:
            self._loop.call_soon_threadsafe(call)
