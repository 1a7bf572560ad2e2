"""The executions of one run: the workflow's own, and those of the functions that it invokes."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from durable_mi.testing.crash.outcome import UUID
from durable_mi.testing.crash.point import ROOT, ExecutionKey, UpdateCounter, crash_points_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

    from durable_mi.testing.crash.point import CrashPoint

__all__ = ["CrashRun", "Execution"]


@dataclass(eq=False, slots=True)
class Execution:
    """One execution of a run.

    Attributes:
        key: Which one it is.
        counter: Numbers its checkpoints.
        updates: The checkpoints that the service keeps.
        lost: What the handler returned where that was lost.
        returned: What it returned at its end.
    """

    key: ExecutionKey
    counter: UpdateCounter = field(default_factory=UpdateCounter)
    updates: list[OperationUpdate] = field(default_factory=list)
    lost: Mapping[str, Any] | None = None
    returned: Mapping[str, Any] | None = None


class CrashRun:
    """A run in which a process ends once, and the executions that it has.

    Args:
        point: Where the process ends; ``None`` for nowhere.
    """

    def __init__(self, point: CrashPoint | None) -> None:
        self.point = point
        self._lock = threading.Lock()
        self._executions: dict[str, Execution] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self.crashed_in: Execution | None = None

    def execution(self, arn: str, function: str, payload: str) -> Execution:
        """Return an execution by its ARN.

        Args:
            arn: The ARN.
            function: The function as the workflow names it; empty for the workflow itself.
            payload: Its input.
        """
        with self._lock:
            if arn not in self._executions:
                payload = UUID.sub("<uuid>", payload)
                key = ROOT
                if function:
                    # Executions with the same input come in any order, and do the same.
                    self._counts[function, payload] += 1
                    key = ExecutionKey(function, payload, self._counts[function, payload])
                self._executions[arn] = Execution(key)
            return self._executions[arn]

    def kept_of(self, execution: Execution, updates: list[OperationUpdate]) -> int | None:
        """Return how many updates of a request the service keeps before the process ends; ``None`` where it goes on.

        Which updates share a request is a matter of milliseconds, so the request ends where the process does.
        """
        with self._lock:
            numbers = [execution.counter.number(each) for each in updates]
            point = self.point
            if point is None or self.crashed_in is not None or not point.execution.includes(execution.key):
                return None
            place = (point.operation_id, point.action, point.occurrence)
            if place not in numbers:
                return None
            self.crashed_in = execution
            return numbers.index(place) + point.kept

    def loses(self, execution: Execution, output: Mapping[str, Any]) -> bool:
        """Return whether what a handler returns at its end is lost."""
        with self._lock:
            point = self.point
            if (
                point is None
                or not point.is_end
                or self.crashed_in is not None
                or not point.execution.includes(execution.key)
            ):
                execution.returned = output
                return False
            self.crashed_in, execution.lost = execution, output
            return True

    def points(self) -> list[CrashPoint]:
        """Return all places where a process can end, those of the workflow itself first."""
        order = sorted(
            self._executions.values(), key=lambda each: (each.key.function, str(each.key.payload), each.key.occurrence)
        )
        count = Counter(each.key.function for each in order)
        seen: Counter[str] = Counter()
        points: list[CrashPoint] = []
        for each in order:
            seen[each.key.function] += 1
            number = seen[each.key.function]
            label = each.key.function if number == 1 else f"{each.key.function} ({number})"
            # An input may have a time or an id that a step made.
            alone = each.key.function and count[each.key.function] == 1
            points += crash_points_of(each.updates, each.key._replace(payload=None) if alone else each.key, label)
        return points
