"""What is said at once of a version's invocations: that one failed, and that no worker is free for those that wait."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from durable_mi.local.notices.executions import subject
from durable_mi.local.workers.invocation import TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.notices.notices import Notices
    from durable_mi.local.workers.invocation import Invocation, Outcome

__all__ = ["InvocationReports"]

_REMEDY: Final = (
    "a process is free when its handler has returned, or when it is killed in the Workers list of the page; to prevent "
    "this, set a longer Timeout or let the handler end earlier"
)


class InvocationReports:
    """Listens to the invocations of one version.

    Args:
        function: The version.
        notices: Takes the lines.
        environments: Returns the ids of the execution environments that take invocations, or will.
    """

    def __init__(self, function: AppFunction, notices: Notices, environments: Callable[[], Collection[str]]) -> None:
        self._function = function
        self._notices = notices
        self._environments = environments
        self._open: set[Invocation] = set()
        self._timed_out: set[Invocation] = set()
        self._is_closed = False

    def requested(self, invocation: Invocation) -> None:
        """Note an invocation before it is queued; its execution learns if no worker is free for it."""
        self._open.add(invocation)
        if invocation.execution is not None and (held := self._held()):
            self._notices.keep(self._no_worker(held), [invocation.execution])

    def ended(self, invocation: Invocation, outcome: Outcome | None) -> None:
        """Print how an invocation failed, if it did; and if it holds the last free worker, that none is left.

        Args:
            invocation: The invocation.
            outcome: Its outcome; ``None`` if nobody waits for it any more.
        """
        self._open.discard(invocation)
        if self._is_closed or outcome is None or outcome.error is None:
            return
        where = "" if invocation.pid is None else f" in process {invocation.pid}"
        whose = f"{self._version}: an" if invocation.execution is None else f"{subject(invocation.execution)}: an"
        self._notices.say(f"{whose} invocation failed{where}: {_said(outcome)}")
        if outcome.error != TIMED_OUT:
            return
        self._timed_out.add(invocation)
        if held := self._held():
            waiting = [each for each in self._open if each.began is None]
            about = {each.execution for each in (invocation, *waiting) if each.execution is not None}
            self._notices.keep(self._no_worker(held), about)
            self._notices.say(f"{self._version}: {self._no_worker(held)}")

    def close(self) -> None:
        """Report nothing more: what ends from now on is ended by the local runtime."""
        self._is_closed = True

    def _held(self) -> int:
        """Return how many workers there are, if invocations that timed out hold every one of them; otherwise 0."""
        self._timed_out = {each for each in self._timed_out if each.holds_worker}
        if not self._timed_out:
            return 0
        environments = self._environments()
        held = sum(each.environment in environments for each in self._timed_out)
        workers = self._function.concurrency * len(environments)
        return workers if held >= workers else 0

    def _no_worker(self, workers: int) -> str:
        every = (
            "the only worker process runs an invocation"
            if workers == 1
            else (f"all {workers} worker processes run invocations")
        )
        return f"{every} that timed out, so further invocations wait: {_REMEDY}"

    @property
    def _version(self) -> str:
        return f"{self._function.name}:{self._function.version}"


def _said(outcome: Outcome) -> str:
    """Return the error's type and message."""
    try:
        error = json.loads(outcome.payload)
    except (ValueError, RecursionError):
        error = None
    if not isinstance(error, dict):
        # A runtime may report a failure in any form.
        return f"{outcome.error}: {outcome.payload.decode(errors='replace')}"
    kind, message = error.get("errorType") or outcome.error, error.get("errorMessage")
    return f"{kind}: {message}" if message else str(kind)
