"""What is known of one execution and of what it runs on. What was not read is ``None``, never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.diagnosis.account.metrics import Metrics
    from durable_mi.diagnosis.account.network import Network
    from durable_mi.diagnosis.account.platform_log import PlatformLine
    from durable_mi.diagnosis.account.role_policies import RolePolicies
    from durable_mi.diagnosis.account.version_facts import VersionFacts
    from durable_mi.diagnosis.unread import Unread
    from durable_mi.operate.execution import Execution
    from durable_mi.release.scaling import Scaling
    from durable_mi.timeline.invocation import Invocation
    from durable_mi.timeline.span import Span
    from durable_mi.timeline.timeline import Timeline

__all__ = ["DELAY", "QUEUE_DELAY", "TIMED_OUT", "Evidence", "Pause"]

DELAY: Final = timedelta(seconds=60)
"""How late something may be before it counts as late: the list of what is due and the clock here are not in step."""

QUEUE_DELAY: Final = timedelta(seconds=2)
"""How long an invocation may wait for a worker of the local runtime before it counts as late."""

TIMED_OUT: Final = "Sandbox.Timedout"
"""The error type of an invocation that timed out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """A pause of an execution.

    Attributes:
        since: When it was asked for.
        reason: Why, as who paused it said.
        stops_timeout: Whether the execution's timeout does not run on meanwhile; ``None`` if that is unknown.
    """

    since: datetime
    reason: str | None = None
    stops_timeout: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One execution at one moment.

    Attributes:
        timeline: Its state, history, operations and invocations.
        pause: Its pause; ``None`` if it is not paused.
        expires: When it times out as a whole; ``None`` if that is unknown.
        version: The version that runs it; ``None`` if it could not be read.
        scaling: The numbers of that version; ``None`` if they are unknown, or do not exist.
        child: The execution of a chained invoke that it waits for.
        platform: What the Lambda platform logged of the version, oldest first; ``None`` if it could not be read.
        metrics: What CloudWatch has of the function; ``None`` likewise.
        role: The policies of the execution role; ``None`` likewise.
        network: The network of its instances; ``None`` likewise.
        is_local: Whether it runs on this machine.
        unread: What could not be read.
    """

    timeline: Timeline
    pause: Pause | None = None
    expires: datetime | None = None
    version: VersionFacts | None = None
    scaling: Scaling | None = None
    child: Evidence | None = None
    platform: Sequence[PlatformLine] | None = None
    metrics: Metrics | None = None
    role: RolePolicies | None = None
    network: Network | None = None
    is_local: bool = False
    unread: tuple[Unread, ...] = ()

    @property
    def execution(self) -> Execution:
        """Its state."""
        return self.timeline.execution

    @property
    def now(self) -> datetime:
        """When it was read."""
        return self.timeline.now

    @property
    def label(self) -> str:
        """The version that runs it, for sentences."""
        return f"version {self.timeline.version} of {self.timeline.function_name}"

    @property
    def open(self) -> tuple[Span, ...]:
        """The operations that have not ended, without the contexts around them."""
        return tuple(
            span
            for span in self.timeline.spans
            if span.kind != "Context" and span.status in {"STARTED", "PENDING"} and not self.execution.has_ended
        )

    @property
    def failing(self) -> tuple[Invocation, ...]:
        """The last invocations, as far as each of them failed and no operation got further since."""
        found: list[Invocation] = []
        for invocation in reversed(self.timeline.invocations):
            if invocation.ended is None:
                continue
            if invocation.error is None:
                break
            found.append(invocation)
        return tuple(each for each in reversed(found) if not self._moved_since(each.ended or each.started))

    def _moved_since(self, failed: datetime) -> bool:
        """Return whether an operation got further since then."""
        before = {each.operation_id for each in self.timeline.events if each.timestamp <= failed}
        return any(
            event.operation_id is not None
            and event.timestamp > failed
            # The same operation begins again with each invocation.
            and not (event.operation_id in before and event.is_start)
            for event in self.timeline.events
        )

    @property
    def is_invoked(self) -> bool | None:
        """Whether an invocation runs now; ``None`` if that is unknown, as on AWS, whose history has only ended ones."""
        return any(each.ended is None for each in self.timeline.invocations) if self.is_local else None

    @property
    def due_since(self) -> datetime | None:
        """Since when an invocation is overdue; ``None`` if none is."""
        waiting = self.timeline.waiting
        if waiting is not None and waiting < self.now - QUEUE_DELAY:
            return waiting
        late = [span.due for span in self.open if span.due is not None and span.due < self.now - DELAY]
        return min(late, default=None)
