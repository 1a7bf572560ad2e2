"""Which execution environment runs which invocation."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.workers.invocation import Invocation

__all__ = ["Dispatcher"]

_MOVE_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class _Poll:
    """A worker that waits for work."""

    environment: str
    invocation: asyncio.Future[Invocation] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Dispatcher:
    """Hands the invocations of one version to the workers of its environments.

    An invocation that resumes an execution goes to another environment than the one before it, wherever there is
    another: an instance may be gone by the time an execution resumes, and code that kept something in memory shall
    fail here first. When the others stay busy for a second, it may go anywhere.
    """

    def __init__(self) -> None:
        self._environments: set[str] = set()
        self._polls: list[_Poll] = []
        self._pending: deque[Invocation] = deque()

    def add(self, environment: str) -> None:
        """Let an environment join; its workers may have polled before."""
        self._environments.add(environment)
        self._match_pending()

    def remove(self, environment: str) -> None:
        """Give an environment no further invocation."""
        self._environments.discard(environment)
        self._match_pending()

    def submit(self, invocation: Invocation) -> None:
        """Queue an invocation for the first worker that may take it."""
        self._pending.append(invocation)
        self._dispatch(invocation)

    def give_back(self, invocation: Invocation) -> None:
        """Queue an invocation again whose worker never got it; it has waited longer than every other."""
        self._pending.appendleft(invocation)
        self._dispatch(invocation)

    def reject(self, error: Callable[[], Exception]) -> None:
        """Let the callers of all queued invocations meet an error.

        Args:
            error: Makes the error, one for each of them.
        """
        while self._pending:
            self._pending.popleft().reject(error())

    async def take(self, environment: str) -> Invocation:
        """Wait for the next invocation for a worker of this environment."""
        while True:
            invocation = self.take_pending(environment) or await self._next_submitted(environment)
            if environment not in self._environments:
                self.give_back(invocation)
            elif not invocation.outcome.done():
                return invocation

    def take_pending(self, environment: str) -> Invocation | None:
        """Return an invocation that waits already for a worker of this environment; ``None`` if none does."""
        while found := next((each for each in self._pending if self._may_run(each, environment)), None):
            self._pending.remove(found)
            if not found.outcome.done():
                return found
        return None

    async def _next_submitted(self, environment: str) -> Invocation:
        poll = _Poll(environment)
        self._polls.append(poll)
        try:
            return await asyncio.shield(poll.invocation)
        except asyncio.CancelledError:
            # The worker went away; what was given to it in the same moment is for another.
            if poll in self._polls:
                self._polls.remove(poll)
            else:
                self.give_back(poll.invocation.result())
            raise

    def _dispatch(self, invocation: Invocation) -> None:
        self._match(invocation)
        if invocation in self._pending and invocation.avoid is not None:
            asyncio.get_running_loop().call_later(_MOVE_SECONDS, self._let_stay, invocation)

    def _match_pending(self) -> None:
        for invocation in list(self._pending):
            self._match(invocation)

    def _match(self, invocation: Invocation) -> None:
        if invocation.outcome.done():
            # Its caller is gone: no worker runs it for nobody.
            self._pending.remove(invocation)
            return
        idle = Counter(poll.environment for poll in self._polls)
        fitting = [poll for poll in self._polls if self._may_run(invocation, poll.environment)]
        if not fitting:
            return
        poll = max(fitting, key=lambda each: idle[each.environment])
        self._polls.remove(poll)
        self._pending.remove(invocation)
        poll.invocation.set_result(invocation)

    def _may_run(self, invocation: Invocation, environment: str) -> bool:
        if environment not in self._environments:
            return False
        return invocation.avoid != environment or self._environments == {environment}

    def _let_stay(self, invocation: Invocation) -> None:
        invocation.avoid = None
        if invocation in self._pending:
            self._match(invocation)
