"""One run of a workflow: how it ended, its operations and its history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from durable_mi.operate.execution import Event, Execution
from durable_mi.testing.runner.operations import RunOperation, difference
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["DurableRun"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DurableRun:
    """A run of a workflow in the test's process.

    Attributes:
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``STOPPED``, or ``RUNNING`` where it waits.
        error: Type and message in one line where it failed; ``None`` otherwise.
        operations: Its operations, each before those that are in it.
        bodies: How often the body of each step ran, by the step's name.
        execution: What ``GetDurableExecution`` returns.
        read_history: Reads its events.
    """

    status: str
    error: str | None
    operations: Sequence[RunOperation]
    bodies: Mapping[str, int]
    execution: Mapping[str, Any] = field(repr=False)
    read_history: Callable[[], Sequence[Mapping[str, Any]]] = field(repr=False, compare=False)

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """Its events, as ``GetDurableExecutionHistory`` returns them, with payloads, oldest first."""
        return self.read_history()

    @property
    def result(self) -> Any:  # noqa: ANN401 - a workflow returns anything
        """What the workflow returned, read from JSON.

        Raises:
            AssertionError: The run has not succeeded.
        """
        if self.status != "SUCCEEDED":
            came = f"{self.status} ({self.error})" if self.error else self.status
            waiting = f"; it waits for {', '.join(self.waiting_for)}" if self.waiting_for else ""
            msg = f"the run must succeed to have a result, got {came}{waiting}"
            raise AssertionError(msg)
        return json.loads(self.execution.get("Result") or "null")

    @property
    def waiting_for(self) -> list[str]:
        """The operations that have not ended, such as ``callback approval``; none where the run has ended."""
        if self.status != "RUNNING":
            return []
        waits = {"wait", "callback", "step", "wait for condition", "invoke"}
        return [each.label for each in self.operations if not each.has_ended and each.kind in waits]

    @property
    def left_open(self) -> list[str]:
        """The operations that had not ended when the run succeeded, such as a wait whose suspension was caught.

        Branches that a parallel or map left behind on purpose are not among them.
        """
        if self.status != "SUCCEEDED":
            return []
        return [each.label for each in self.operations if not each.has_ended and not each.orphaned]

    def assert_operations(self, *expected: str) -> None:
        """Fail unless the run has exactly these operations.

        Args:
            expected: Kind and name of each operation in the order of the workflow, such as ``"step charge"``. What is
                in another operation comes after it, indented by two spaces. Branches and items are in the order of
                their names.

        Raises:
            AssertionError: The operations differ. The message shows the lines that do.
        """
        actual = [str(each) for each in self.operations]
        if actual != list(expected):
            msg = (
                "the run must have these operations, the lines differ "
                f"(- must come, + came):\n{difference(expected, actual)}"
            )
            raise AssertionError(msg)

    def timeline(self) -> dict[str, Any]:
        """Return the run as the timeline document that the page and the HTML file render."""
        events = [Event.from_api(each) for each in self.history]
        return timeline_document(Timeline.build(Execution.from_api(self.execution), events, now=datetime.now(UTC)))

    def html(self) -> str:
        """Return the run as one self-contained HTML file with its timeline."""
        return timeline_html(self.timeline())
