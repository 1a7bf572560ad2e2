"""Run a workflow once for each place where its process can end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.crash.handler import CrashingHandler, quiet_sdk
from durable_mi.testing.crash.observers import publish
from durable_mi.testing.crash.outcome import Outcome
from durable_mi.testing.crash.report import CrashReport, CrashResult
from durable_mi.testing.runner.runner import DurableRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from durable_mi.testing.crash.point import CrashPoint
    from durable_mi.testing.runner.run import DurableRun

__all__ = ["CrashRuns", "assert_survives_crashes"]

_SHOWN: Final = 10


class CrashRuns:
    """The runs of one workflow with one input.

    Args:
        handler: The handler.
        event: Its input.
        prepare: Prepares mocks and answers before each run.
        same: Whether an expected result and an actual one are the same.
        fails: Whether the workflow fails without a crash.
    """

    def __init__(
        self,
        handler: Callable[[Any, Any], Any],
        event: object,
        *,
        prepare: Callable[[DurableRunner], None] | None,
        same: Callable[[Any, Any], bool] | None,
        fails: bool,
    ) -> None:
        self._event = event
        self._prepare = prepare
        self._same = same
        self._fails = fails
        self._open = ExitStack()
        self._handler = CrashingHandler(handler)
        self._runner = self._open.enter_context(DurableRunner(reads_history=False, wrap_target=self._handler.target))
        self._open.enter_context(quiet_sdk())
        self.workflow = f"{handler.__module__}.{getattr(handler, '__qualname__', type(handler).__name__)}"
        self.keyed: frozenset[str] = frozenset()
        self.plain: CrashResult | None = None
        self.points: Sequence[CrashPoint] = ()

    def __enter__(self) -> Self:
        """Return these runs."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close the runner."""
        self._open.close()

    def run_plain(self) -> CrashResult:
        """Run without a crash, which finds the places for one."""
        run = self._run(None)
        problem = None
        if self._fails == (run.status == "SUCCEEDED"):
            must = "fail, as fails=True says," if self._fails else "succeed"
            problem = (
                f"the workflow must {must} without a crash, got {Outcome.of(run)}: "
                "correct it or its input, or set fails to whether it fails on purpose"
            )
        elif run.left_open:
            problem = (
                f"each operation must have ended when the workflow succeeds, {', '.join(run.left_open)} had not: "
                "let the SDK's exceptions pass, and call result() on each callback"
            )
        self.points = self._handler.run.points()
        self.plain = CrashResult(point=None, problem=problem, reached=True, run=run)
        publish(self.workflow, self.plain)
        return self.plain

    def run_point(self, point: CrashPoint) -> CrashResult:
        """Run with a crash at a place.

        Args:
            point: The place, one of ``points``.
        """
        plain = self.plain or self.run_plain()
        run = self._run(point)
        reached = self._handler.run.crashed_in is not None
        result = CrashResult(point=point, problem=self._problem(plain, run), reached=reached, run=run)
        publish(self.workflow, result)
        return result

    def _run(self, point: CrashPoint | None) -> DurableRun:
        self._runner.clear()
        if self._prepare is not None:
            self._prepare(self._runner)
        self._handler.begin(point)
        run = self._runner.run(self._handler, self._event)
        self.keyed |= self._runner.keyed_steps
        return run

    def _problem(self, plain: CrashResult, run: DurableRun) -> str | None:
        expected, actual = Outcome.of(plain.run), Outcome.of(run)
        crashed = self._handler.run.crashed_in
        lost, returned = (None, None) if crashed is None else (crashed.lost, crashed.returned)
        if lost is not None and returned is not None and lost != returned:
            return (
                "the handler must return the same each time it replays the same operations, "
                f"got first {lost.get('Result')} and then {returned.get('Result')}: make the value in a step"
            )
        if run.left_open and not plain.run.left_open:
            return f"each operation must have ended when the workflow succeeds, {', '.join(run.left_open)} had not"
        if not self._alike(expected, actual):
            return f"the outcome must be the same as without a crash: {expected}, got {actual}"
        return None

    def _alike(self, expected: Outcome, actual: Outcome) -> bool:
        if self._same is not None and expected.status == actual.status == "SUCCEEDED":
            return self._same(expected.value, actual.value)
        return expected.stable == actual.stable


def assert_survives_crashes(
    handler: Callable[[Any, Any], Any],
    event: object = None,
    *,
    prepare: Callable[[DurableRunner], None] | None = None,
    same: Callable[[Any, Any], bool] | None = None,
    fails: bool = False,
) -> CrashReport:
    """Fail unless a workflow returns the same wherever its process ends.

    The workflow runs once without a crash. It then runs twice for each checkpoint: the process ends before the service
    keeps the checkpoint, and after that, with the answer lost. In one more run what the handler returned is lost. Each
    time a new invocation replays and goes on. The same is done at each checkpoint of the durable functions that it
    invokes. All of it happens in this process, with time skipped.

    Args:
        handler: The handler, decorated with ``@durable_execution``.
        event: Its input, in JSON types. Defaults to none.
        prepare: Gets the runner before each run, for mocks, answers to callbacks and chained functions, and can reset
            what the steps of the previous run wrote. Defaults to nothing.
        same: Returns whether an expected result and an actual one are the same. Defaults to equal ones, where UUIDs may
            be others if each is in the same places.
        fails: Whether the workflow fails with this input on purpose, with an error that must be the same then. Defaults
            to a workflow that must succeed.

    Returns:
        The runs, how often the body of each step ran, and the steps that ran again without an idempotency key.

    Raises:
        AssertionError: A run ends otherwise than the one without a crash, or succeeds with an operation that has not
            ended. The message has the places.
    """
    with CrashRuns(handler, event, prepare=prepare, same=same, fails=fails) as runs:
        plain = runs.run_plain()
        # Without an outcome to compare with, there is nothing to see in the others.
        points = runs.points if plain.problem is None else ()
        results = [plain, *(runs.run_point(point) for point in points)]
        report = CrashReport(workflow=runs.workflow, results=results, keyed=runs.keyed)
    if report.problems:
        raise AssertionError(_message(report))
    return report


def _message(report: CrashReport) -> str:
    problems = report.problems
    count = f"{len(problems)} of {len(report.results)} runs have a problem"
    lines = [f"{report.workflow} must survive a crash at each checkpoint, {count}:"]
    lines += [f"  {each.point or 'without a crash'}: {each.problem}" for each in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        lines.append(f"  and {len(problems) - _SHOWN} more")
    return "\n".join([*lines, "", str(report)])
