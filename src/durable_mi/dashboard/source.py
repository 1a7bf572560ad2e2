"""Where the dashboard's executions come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.diagnosis.diagnosis import Diagnosis
    from durable_mi.timeline.timeline import Timeline

__all__ = [
    "DiagnosisSource",
    "ExecutionList",
    "ExecutionQuery",
    "ExecutionReplay",
    "ExecutionRow",
    "ExecutionSource",
    "Failure",
    "FunctionChoice",
    "OpenOperation",
    "Place",
    "VersionSource",
    "WorkerSource",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionQuery:
    """Which executions to list.

    Attributes:
        text: Words that the name, the function or the ARN must contain, in any case. Defaults to any.
        statuses: Wanted statuses. Defaults to all.
        function: Name of the wanted function. Defaults to all.
        version: The wanted version. Defaults to all.
        since: Epoch milliseconds; executions that started earlier do not fit. Defaults to any time.
        until: Epoch milliseconds; executions that started later do not fit. Defaults to any time.
        error: Words that the failing step or the error must contain, in any case. Defaults to any.
        limit: Executions to return at most.
    """

    text: str = ""
    statuses: frozenset[str] = frozenset()
    function: str = ""
    version: str = ""
    since: float | None = None
    until: float | None = None
    error: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class OpenOperation:
    """The operation that a running execution is at.

    Attributes:
        kind: Operation type, such as ``WAIT``.
        name: Name of the operation, or its type where it has none.
        due: Epoch milliseconds at which a wait ends; ``None`` for other operations.
    """

    kind: str
    name: str
    due: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Where and why an execution did not succeed.

    Attributes:
        operation: Name of the operation that failed, or that was open when the execution ended; empty if the history
            does not show it.
        error: Original type and message of the error; empty if there is none.
    """

    operation: str
    error: str


@dataclass(frozen=True, slots=True)
class FunctionChoice:
    """A function that executions can be started on.

    Attributes:
        name: Its name.
        qualifiers: Its aliases, then its versions, newest first.
    """

    name: str
    qualifiers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the executions are.

    Attributes:
        title: What the page calls it.
        can_change: Whether the page may start, stop and answer executions.
        cli_options: The options that lead the AWS CLI and `durable-mi` there, as a shell takes them.
    """

    title: str
    can_change: bool
    cli_options: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionRow:
    """One execution in a list.

    Attributes:
        arn: ARN of the execution.
        name: Name of the execution.
        function: Name of its function.
        version: Version of the function that it runs on.
        status: Status in AWS's word, such as ``RUNNING``.
        start: Epoch milliseconds at which it started.
        end: Epoch milliseconds at which it ended; ``None`` while it runs.
        at: What it is at; ``None`` when it has ended or the source does not know.
        failure: Where and why it failed; ``None`` if it did not or the source does not know.
    """

    arn: str
    name: str
    function: str
    version: str
    status: str
    start: float
    end: float | None
    at: OpenOperation | None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ExecutionList:
    """The answer to an :class:`ExecutionQuery`.

    Attributes:
        executions: The newest executions first, at most the query's limit.
        matching: How many executions fit the query.
        counts: How many executions of each status fit the rest of the query.
        note: What the reader must know of the answer, such as that it is not complete; empty if there is nothing.
    """

    executions: Sequence[ExecutionRow]
    matching: int
    counts: Mapping[str, int]
    note: str = ""


class ExecutionSource(Protocol):
    """Executions that a dashboard shows: those of the local runtime, or of an account."""

    def now(self) -> float:
        """Return the source's time in epoch milliseconds."""

    def functions(self) -> Sequence[str]:
        """Return the names of the durable functions, sorted."""

    def place(self) -> Place:
        """Return where the executions are."""

    async def choices(self) -> Sequence[FunctionChoice]:
        """Return the durable functions with their aliases and versions, sorted by name."""

    async def find(self, query: ExecutionQuery) -> ExecutionList:
        """List executions."""

    async def timeline(self, arn: str) -> Timeline:
        """Read the timeline of one execution.

        Raises:
            NotFoundError: There is no such execution.
        """

    async def wait_for_end(self, arn: str, seconds: float) -> None:
        """Wait until an execution has ended, but no longer than so many seconds."""

    def restart_qualifier(self, arn: str) -> str | None:
        """Return the qualifier that starts the execution's function again; ``None`` where the function is gone."""


class DiagnosisSource(Protocol):
    """Explains why executions are where they are, as ``durable-mi why`` does."""

    def explain(self, arn: str) -> Diagnosis:
        """Return why an execution is where it is; this reads as much as that needs.

        Raises:
            OperatorError: It cannot be read.
        """


class ExecutionReplay(Protocol):
    """Replays executions on the code as it is now. An account has no code that can be run here."""

    def replay(self, arn: str) -> Mapping[str, Any]:
        """Return the verdict on one execution, ready for JSON; this takes as long as the code takes to load.

        Raises:
            OperatorError: The execution or the code cannot be used.
        """


class WorkerSource(Protocol):
    """Worker processes that a dashboard shows. An account has none that can be seen."""

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return each function version with its execution environments and their processes, ready for JSON."""

    def kill(self, pid: int) -> bool:
        """End one worker process as a lost instance would; return whether it was a worker."""


class VersionSource(Protocol):
    """The versions of the functions that a dashboard shows: what runs on each, and what becomes of it."""

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return each function with its versions, ready for JSON.

        Raises:
            OperatorError: They cannot be read.
        """

    def change(self, action: str, function: str, version: str) -> str:
        """Park, wake or roll back to a version; return what was done.

        Raises:
            OperatorError: It was not done.
        """
