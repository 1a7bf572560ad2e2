"""A place for one execution environment, filled again whenever its environment is lost."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from durable_mi.local.workers.restart_pauses import RestartPauses
from durable_mi.local.workers.start_failure import StartFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["Environment", "EnvironmentSlot", "MakeEnvironment", "SlotListener", "SlotState"]


class Environment(Protocol):
    """What a slot needs of an execution environment."""

    id: str

    async def start(self) -> None:
        """Start the processes; raises ``InitError`` or ``OSError``."""

    def workers(self) -> dict[int, str | None]:
        """Return the worker processes, each with the execution that it runs."""

    def execution_of(self, pid: int) -> str | None:
        """Return the execution that a worker process runs."""

    def drain(self) -> None:
        """Take no further invocation."""

    async def idle(self) -> None:
        """Wait until no invocation is under way."""

    async def stop(self) -> None:
        """End every process."""


class MakeEnvironment(Protocol):
    """Makes an environment that has not started."""

    def __call__(self, on_lost_worker: Callable[[Environment, str], None], *, is_replacement: bool) -> Environment:
        """Make it.

        Args:
            on_lost_worker: To call with what ended when a worker died that should have lived.
            is_replacement: Whether it comes later than the version's first start.
        """


class SlotListener(Protocol):
    """Learns what becomes of a slot."""

    def lost(self, what: str) -> None:
        """Note that a worker process, or what started it, ended: another environment is started."""

    def failed(self, failure: StartFailure) -> None:
        """Note that a start failed; the next attempt follows."""

    def ready(self, failures: int) -> None:
        """Note that an environment is ready, after so many starts that failed."""


class SlotState(Enum):
    """What the slot's environment does."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


class EnvironmentSlot:
    """Keeps one execution environment running.

    When a worker process of it ends, the environment takes no further invocation and ends after its last one, and a
    fresh one starts at once. A start that fails is repeated after a pause that grows, as Lambda does.

    Args:
        make: Makes an environment that has not started.
        listener: Learns what becomes of the slot.
        now: The time in epoch seconds, to say when the next attempt is.
    """

    def __init__(
        self,
        make: MakeEnvironment,
        *,
        listener: SlotListener,
        now: Callable[[], float],
    ) -> None:
        self._make = make
        self._listener = listener
        self._now = now
        self._pauses = RestartPauses()
        self._environment: Environment | None = None
        self._ending: set[Environment] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempted = asyncio.Event()
        self._is_closed = False
        self.state = SlotState.STARTING
        self.failure: StartFailure | None = None
        """Why the last start failed; ``None`` once one succeeded."""
        self.id = ""
        """The id of the environment that started last."""

    async def start(self) -> None:
        """Start the first environment.

        Raises:
            InitError: The handler could not be loaded; nothing is tried again.
            OSError: The processes could not be started; nothing is tried again.
        """
        await self._open(is_replacement=False).start()
        self._settle()

    async def fill(self) -> None:
        """Start an environment and wait for the first attempt; when that fails, the attempts go on."""
        self._refill()
        await self._attempted.wait()

    def workers(self) -> dict[int, str | None]:
        """Return the worker processes by id, each with the ARN of the execution that it runs an invocation of."""
        return {} if self._environment is None else self._environment.workers()

    def environments(self) -> list[Environment]:
        """Return the present environment and those that still finish what they run."""
        return [*filter(None, [self._environment]), *self._ending]

    async def idle(self) -> None:
        """Wait until no invocation is under way."""
        await asyncio.gather(*(environment.idle() for environment in self.environments()))

    async def retire(self) -> None:
        """Start nothing more, and end when what runs has ended."""
        self._close()
        try:
            for environment in self.environments():
                environment.drain()
            await self.idle()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Start nothing more, and end every process."""
        self._close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(environment.stop() for environment in self.environments()))

    def _close(self) -> None:
        self._is_closed = True
        self._attempted.set()
        for task in self._tasks:
            task.cancel()

    def _open(self, *, is_replacement: bool) -> Environment:
        self._environment = self._make(self._lose, is_replacement=is_replacement)
        self.id = self._environment.id
        return self._environment

    def _lose(self, environment: Environment, what: str) -> None:
        """Replace an environment whose worker died: its other workers finish what they run, but get nothing new."""
        if self._is_closed or environment is not self._environment:
            return
        self._environment = None
        environment.drain()
        self._ending.add(environment)
        self._keep(self._end(environment))
        self._listener.lost(what)
        # Who waits for the start of this very environment sees that it is gone and goes on by itself.
        if self.state is SlotState.READY:
            self._refill()

    async def _end(self, environment: Environment) -> None:
        await environment.idle()
        await environment.stop()
        self._ending.discard(environment)

    def _refill(self) -> None:
        if self._is_closed:
            return
        self.state = SlotState.STARTING
        self._keep(self._fill())

    async def _fill(self) -> None:
        # A cancellation that comes as a wait ends can be lost (`asyncio.wait_for` before Python 3.12), so it is not
        # enough to be cancelled.
        while self._environment is None and not self._is_closed:
            self.state = SlotState.STARTING
            try:
                await self._open(is_replacement=True).start()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next attempt follows
                await self._pause(error)
        if not self._is_closed:
            self._settle()

    def _settle(self) -> None:
        """Note a start that succeeded, unless the environment was lost in the same moment."""
        if self._environment is None:
            self._refill()
            return
        failures = self.failure.attempts if self.failure else 0
        self.state = SlotState.READY
        self.failure = None
        self._pauses.reset()
        self._attempted.set()
        self._listener.ready(failures)

    async def _pause(self, error: Exception) -> None:
        """Report a failed start, clean up after it, and wait for the time of the next attempt."""
        pause = self._pauses.after_failure()
        loop = asyncio.get_running_loop()
        until = loop.time() + pause
        attempts = self.failure.attempts + 1 if self.failure else 1
        failed, self._environment = self._environment, None
        self.state = SlotState.FAILED
        self.failure = StartFailure.of(error, attempts=attempts, pause=pause, now=self._now())
        if not self._is_closed:
            # A slot that is closed has no next attempt to report.
            self._listener.failed(self.failure)
        self._attempted.set()
        if failed is not None:
            self._ending.add(failed)
            await failed.stop()
            self._ending.discard(failed)
        if not self._is_closed:
            await asyncio.sleep(max(0.0, until - loop.time()))

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
