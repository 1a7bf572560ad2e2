"""The janitor of a stack: a plain Lambda function that runs a pass over each function of the stack, on a schedule."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from durable_mi.operate.connection import Connection
from durable_mi.operate.errors import OperatorError
from durable_mi.release import metrics
from durable_mi.release.apply import describe
from durable_mi.release.client import ReleaseClient
from durable_mi.release.decision import DeleteVersion, SetScaling, VersionState
from durable_mi.release.errors import OutOfTimeError, RecordConflictError
from durable_mi.release.record_store import TableRecords
from durable_mi.release.run_pass import run_pass, utc_now
from durable_mi.release.scaling import PARKED
from durable_mi.release.tags import RELEASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.release.run_pass import Pass

__all__ = ["RECORDS_VARIABLE", "STACK_VARIABLE", "JanitorError", "calls", "handler"]

STACK_VARIABLE: Final = "DURABLE_MI_STACK"
"""Environment variable with the stack's id."""

RECORDS_VARIABLE: Final = "DURABLE_MI_RECORDS"
"""Environment variable with the name of the table of release records."""

_RESERVE_MS: Final = 15_000
"""Time that is left for the call under way, its retries and the metrics."""

_STACK: Final = re.compile(
    r"arn:(?P<partition>[^:]+):cloudformation:(?P<region>[^:]+):(?P<account>\d{12}):stack/(?P<name>[^/]+)/.+"
)
_FUNCTION: Final = "AWS::Lambda::Function"


class JanitorError(Exception):
    """A pass failed, or part of it; the log says what. It makes the invocation count as an error."""


class _Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how much time the invocation has left."""


def handler(event: object, context: _Context) -> dict[str, int]:  # noqa: ARG001 - a schedule's event says nothing
    """Run a pass over each function of the stack that is marked as ours.

    Returns:
        How many functions there are, and how many had a pass.

    Raises:
        JanitorError: A function's pass failed, in whole or in part; the other functions had theirs.
    """
    stack = _STACK.fullmatch(os.environ[STACK_VARIABLE])
    if stack is None:
        msg = f"{STACK_VARIABLE} must be a stack's id, got {os.environ[STACK_VARIABLE]!r}"
        raise JanitorError(msg)
    client, records = calls(os.environ[RECORDS_VARIABLE])
    client.may_call = lambda: context.get_remaining_time_in_millis() > _RESERVE_MS
    return _Round(client, records, stack).run()


@cache
def calls(table: str) -> tuple[ReleaseClient, TableRecords]:
    """Return the calls and the records, which one execution environment of the janitor makes once."""
    connection = Connection.open(endpoint=None, profile=None, region=None)
    return ReleaseClient(connection), TableRecords(connection, table)


@dataclass(frozen=True, slots=True)
class _Round:
    """One invocation."""

    client: ReleaseClient
    records: TableRecords
    stack: re.Match[str]

    def run(self) -> dict[str, int]:
        functions = self.client.stack_resources(self.stack[0], _FUNCTION)
        # Where the time never lasts for all of them, each is the first one at some time.
        start = int(utc_now().timestamp() // 60) % max(len(functions), 1)
        finished, failed = 0, []
        for function in (*functions[start:], *functions[:start]):
            try:
                is_ours = RELEASES in self.client.tags(self._arn(function))
                if is_ours and not self._pass(function):
                    failed.append(function)
                finished += is_ours
            except OutOfTimeError as error:
                _log("stopped", function=function, reason=f"{error}: the next invocation goes on")
                failed.append(function)
                break
            except RecordConflictError as error:
                _log("skipped", function=function, reason=str(error))
            except Exception as error:  # noqa: BLE001 - one function must never stop the others
                _log("failed", function=function, reason=_line(error))
                self._measure(function, {metrics.FAILURES: 1, metrics.UNSUPPORTED_OPERATIONS: self._unsupported()})
                failed.append(function)
        if failed:
            msg = f"the pass of {', '.join(failed)} must succeed, but failed in whole or in part: see the log lines"
            raise JanitorError(msg)
        return {"functions": len(functions), "passes": finished}

    def _pass(self, function: str) -> bool:
        """Run a pass and return whether nothing of it failed."""
        done = run_pass(self.client, self.records, function, clock=utc_now)
        if done.stored.problem:
            _log("record", function=function, reason=done.stored.problem)
        for note in done.plan.notes:
            _log("note", function=function, reason=note)
        for result in done.results:
            outcome = "refused" if result.refused else "failed" if result.failed else "done"
            reason = result.refused or result.failed or result.reason
            _log(outcome, function=function, subject=result.subject, action=describe(result.action), reason=reason)
        for failure in done.failures:
            _log("failed", function=function, reason=failure)
        self._measure(function, _counts(done, self._unsupported()))
        return not done.failures

    def _unsupported(self) -> int:
        return len(self.client.unsupported)

    def _measure(self, function: str, values: Mapping[str, int]) -> None:
        print(metrics.metric_line(values, stack=self.stack["name"], function=function, now=utc_now()))  # noqa: T201

    def _arn(self, function: str) -> str:
        return "arn:{partition}:lambda:{region}:{account}:function:".format_map(self.stack.groupdict()) + function


def _counts(done: Pass, unsupported: int) -> dict[str, int]:
    """Return the metrics of a pass. A version whose numbers are unknown counts as warm."""
    numbers = {each.number: each.scaling for each in done.observed.versions or ()}
    for result in done.results:
        if result.is_done and isinstance(result.action, SetScaling):
            numbers[result.subject] = result.action.scaling
        elif result.is_done and isinstance(result.action, DeleteVersion):
            numbers.pop(result.subject)
    return {
        metrics.WARM_VERSIONS: sum(scaling != PARKED for scaling in numbers.values()),
        metrics.VERSIONS_ON_PROVIDER: max((each.versions or 0 for each in done.observed.providers), default=0),
        metrics.FAILURES: len(done.failures),
        metrics.WOKEN_WHILE_PARKED: sum(decision.woke for decision in done.plan.decisions),
        metrics.STUCK_VERSIONS: sum(decision.state is VersionState.STUCK for decision in done.plan.decisions),
        metrics.UNSUPPORTED_OPERATIONS: unsupported,
    }


def _log(outcome: str, **members: str) -> None:
    print(json.dumps({"release": outcome, **members}))  # noqa: T201 - the log of a Lambda function


def _line(error: Exception) -> str:
    return str(error) if isinstance(error, OperatorError) else f"{type(error).__name__}: {error}"
