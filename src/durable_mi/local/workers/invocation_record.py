"""What became of each handler invocation: where it ran, when, and how it ended."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.local.workers.invocation import Invocation

__all__ = ["InvocationRecord", "InvocationRecords"]

_MAX_EXECUTIONS = 10_000


@dataclass(frozen=True, slots=True)
class InvocationRecord:
    """One ended invocation of a durable execution's handler.

    Attributes:
        request_id: Request id, the one that the log lines carry.
        environment: Id of the execution environment.
        pid: Process id of the worker; ``None`` where it is not known.
        requested: Epoch milliseconds at which it was requested.
        started: Epoch milliseconds at which the worker took it.
        ended: Epoch milliseconds at which it answered, timed out or died.
        error: Kind of function error; ``None`` when the handler returned.
    """

    request_id: str
    environment: str
    pid: int | None
    requested: int
    started: int
    ended: int
    error: str | None


class InvocationRecords:
    """The invocations of durable executions, those of the latest ten thousand executions."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, list[InvocationRecord]] = OrderedDict()
        self._under_way: dict[str, list[Invocation]] = {}

    def begin(self, execution: str, invocation: Invocation) -> None:
        """Note that an invocation of an execution was requested."""
        self._under_way.setdefault(execution, []).append(invocation)

    def end(self, execution: str, invocation: Invocation) -> None:
        """Note that it has ended, whatever its outcome."""
        self._under_way[execution].remove(invocation)
        if not self._under_way[execution]:
            del self._under_way[execution]

    def under_way(self, execution: str) -> tuple[Invocation, ...]:
        """Return the invocations of an execution that a worker runs now."""
        return tuple(each for each in self._under_way.get(execution, ()) if each.began is not None)

    def queued(self, execution: str) -> tuple[Invocation, ...]:
        """Return the invocations of an execution that wait for a worker now."""
        return tuple(each for each in self._under_way.get(execution, ()) if each.began is None)

    def add(self, execution: str, record: InvocationRecord) -> None:
        """Keep one invocation of an execution."""
        self._records.setdefault(execution, []).append(record)
        self._records.move_to_end(execution)
        if len(self._records) > _MAX_EXECUTIONS:
            self._records.popitem(last=False)

    def of(self, execution: str) -> tuple[InvocationRecord, ...]:
        """Return the invocations of an execution, oldest first."""
        return tuple(self._records.get(execution, ()))
