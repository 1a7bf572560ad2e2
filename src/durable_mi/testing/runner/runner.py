"""Run workflows in the test's own process."""

from __future__ import annotations

import itertools
import json
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.runner._aws import Engine, awakened_sdk
from durable_mi.testing.runner.answers import Answers
from durable_mi.testing.runner.operations import read_operations
from durable_mi.testing.runner.run import DurableRun
from durable_mi.testing.runner.step_mocks import NO_RESULT, StepMock, StepMocks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

__all__ = ["DurableRunner"]

_TIMEOUT_S: Final = 60.0
_FUNCTION: Final = "workflow"


class DurableRunner:
    """Runs durable functions in this process on AWS's test runner, with time skipped.

    The fixture ``durable_runner`` returns one and closes it. It is also a context manager.

    Args:
        timeout_s: Seconds in which each run must end or wait. Defaults to 60.
        reads_history: Whether each run has its history when it is returned. Defaults to true. Without it the history
            of a run is read when it is asked for.
        wrap_target: Takes the name and the handler of a registered durable function, and returns the handler that is
            invoked. Defaults to the handler itself.
    """

    def __init__(
        self,
        *,
        timeout_s: float = _TIMEOUT_S,
        reads_history: bool = True,
        wrap_target: Callable[[str, Callable[[Any, Any], Any]], Callable[[Any, Any], Any]] | None = None,
    ) -> None:
        self._wrap_target = wrap_target
        self._timeout_s = timeout_s
        self._reads_history = reads_history
        self._functions: dict[str, tuple[Callable[[Any, Any], Any], bool]] = {}
        self._mocks = StepMocks()
        self._answers = Answers()
        self._numbers = itertools.count(1)
        self._engines = ExitStack()
        self._engine: Engine | None = None
        self._handler: Callable[[Any, Any], Any] | None = None
        self._arn = ""
        self._last: DurableRun | None = None
        self._open = ExitStack()
        self._open.callback(self._engines.close)
        self._open.enter_context(awakened_sdk())
        self._open.enter_context(self._mocks.in_place())

    def __enter__(self) -> Self:
        """Return this runner."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the event loops and threads of all runs, and run steps without mocks again."""
        self._open.close()

    @property
    def last(self) -> DurableRun:
        """The last run.

        Raises:
            LookupError: Nothing ran.
        """
        if self._last is None:
            msg = "a run must come first, got none: call durable_runner.run(handler, event)"
            raise LookupError(msg)
        return self._last

    def clear(self) -> None:
        """Forget all mocks, answers and registered functions."""
        self._mocks.clear()
        self._answers = Answers()
        self._functions.clear()

    @property
    def keyed_steps(self) -> frozenset[str]:
        """The steps of the last run whose code names an idempotency key or a condition for a write."""
        return frozenset(self._mocks.keyed)

    def register(self, name: str, handler: Callable[[Any, Any], Any], *, durable: bool = True) -> None:
        """Make a handler the target of ``context.invoke(name, ...)``.

        Args:
            name: The function's name, as the workflow passes it; without the qualifier it serves each qualifier.
            handler: Its handler.
            durable: Whether it is a durable function. Defaults to one.
        """
        self._functions[name] = (handler, durable)

    def mock_step(
        self,
        name: str,
        *,
        returns: Any = NO_RESULT,  # noqa: ANN401 - a step returns anything
        raises: BaseException | type[BaseException] | None = None,
        times: int | None = None,
        optional: bool = False,
    ) -> None:
        """Let a step return or raise something instead of running its body.

        Several mocks of one step apply one after the other: ``mock_step("charge", raises=TimeoutError, times=2)`` and
        then ``mock_step("charge", returns="c-1")`` fail two attempts and let the third succeed.

        Args:
            name: The step's name.
            returns: What it returns. Exactly one of this and ``raises`` is needed.
            raises: An exception, or its type, which the step raises.
            times: How many of its attempts in a run do so. Defaults to all. The body runs after that.
            optional: Whether the step may never run. Defaults to an error where it does not, since a misspelled name
                would run the real body.

        Raises:
            ValueError: Both or neither of ``returns`` and ``raises`` are set, or ``times`` is less than 1.
        """
        if (returns is NO_RESULT) == (raises is None):
            came = "neither" if raises is None else "both"
            msg = f"mock_step({name!r}) must have one of returns and raises, got {came}"
            raise ValueError(msg)
        if times is not None and times < 1:
            msg = f"times must be 1 or more, got {times}: leave it out to mock each attempt"
            raise ValueError(msg)
        self._mocks.add(StepMock(name=name, returns=returns, raises=raises, times=times, optional=optional))

    def answer_callback(self, name: str, result: Any = None) -> None:  # noqa: ANN401 - JSON
        """Answer a callback as soon as the execution waits for it, now or in a run to come.

        Args:
            name: Name of the ``create_callback`` or ``wait_for_callback``.
            result: What the external system sends. A string is sent as it is, anything else as JSON. Defaults to
                no result.
        """
        self._answers.succeed(name, result if result is None or isinstance(result, str) else json.dumps(result))

    def fail_callback(self, name: str, message: str, *, error_type: str = "Error") -> None:
        """Answer a callback with an error.

        Args:
            name: Name of the ``create_callback`` or ``wait_for_callback``.
            message: The error's message.
            error_type: The error's type. Defaults to ``Error``.
        """
        self._answers.fail(name, error_type, message)

    def force_timeout(self, name: str) -> None:
        """Let a callback time out as soon as the execution waits for it.

        Args:
            name: Name of the ``create_callback`` or ``wait_for_callback``.
        """
        self._answers.time_out(name)

    def run(self, handler: Callable[[Any, Any], Any], event: object = None) -> DurableRun:
        """Run a workflow to its end: waits and retry delays take no time, and callbacks are answered as prepared.

        Args:
            handler: The handler, decorated with ``@durable_execution``.
            event: Its input, in JSON types. Defaults to none.

        Raises:
            AssertionError: It waits for a callback without an answer, or a mock or an answer was not used.
            TimeoutError: It neither ends nor waits.
        """
        self._start(handler, event, held=False)
        return self.resume()

    def run_until_suspended(self, handler: Callable[[Any, Any], Any], event: object = None) -> DurableRun:
        """Run a workflow until it waits: for time to pass, for a retry, or for a callback.

        Args:
            handler: The handler.
            event: Its input.

        Returns:
            The run, with ``status`` ``RUNNING`` and ``waiting_for``; one that never waits has ended.

        Raises:
            TimeoutError: It neither ends nor waits.
        """
        engine = self._start(handler, event, held=True)
        engine.settle(self._arn, self._timeout_s)
        return self._read(engine)

    def skip_waits(self) -> DurableRun:
        """Let time pass for a run that waits, until it waits for a callback or ends.

        Raises:
            LookupError: No run waits.
            TimeoutError: It neither ends nor waits.
        """
        engine = self._suspended()
        engine.skip_waits(self._arn)
        engine.settle(self._arn, self._timeout_s)
        return self._read(engine)

    def resume(self) -> DurableRun:
        """Let a run that waits go on to its end, with time skipped and callbacks answered as prepared.

        Raises:
            LookupError: No run waits.
            AssertionError: It waits for a callback without an answer, or a mock or an answer was not used.
            TimeoutError: It neither ends nor waits.
        """
        engine = self._suspended()
        engine.skip_waits(self._arn)
        while not engine.settle(self._arn, self._timeout_s):
            waiting = read_operations(engine.operations(self._arn))
            if not self._answers.send(engine, self._arn, waiting):
                run = self._read(engine)
                msg = (
                    f"the run must end, it waits for {', '.join(run.waiting_for)}: prepare an answer with "
                    "answer_callback, fail_callback or force_timeout, or use run_until_suspended"
                )
                raise AssertionError(msg)
        run = self._read(engine)
        # One that failed may not have come as far as the mock.
        if run.status == "SUCCEEDED":
            self._check_used(run)
        return run

    def _start(self, handler: Callable[[Any, Any], Any], event: object, *, held: bool) -> Engine:
        if self._engine is None or self._handler is not handler:
            self._engines.close()
            self._engine = Engine(handler)
            self._handler = handler
            self._engines.callback(self._engine.close)
        engine = self._engine
        for name, (target, durable) in self._functions.items():
            wrapped = self._wrap_target(name, target) if durable and self._wrap_target is not None else target
            engine.register(name, wrapped, durable=durable)
        self._mocks.begin()
        self._answers.begin()
        self._arn = engine.start(event, name=f"run-{next(self._numbers)}", function=_FUNCTION, held=held)
        return engine

    def _suspended(self) -> Engine:
        if self._engine is None:
            msg = "a run must wait, got none: call run_until_suspended first"
            raise LookupError(msg)
        return self._engine

    def _read(self, engine: Engine) -> DurableRun:
        run = read_run(engine, self._arn, self._mocks.bodies)
        if self._reads_history:
            # What the run has done when it is returned, also where it goes on.
            events = run.history
            run = replace(run, read_history=lambda: events)
        self._last = run
        return run

    def _check_used(self, run: DurableRun) -> None:
        steps = sorted({each.name for each in run.operations if each.kind == "step" and each.name})
        for name in self._mocks.unused():
            msg = (
                f"mock_step({name!r}) must name a step that runs, got the steps {', '.join(steps) or 'none'}: "
                "correct the name, or pass optional=True"
            )
            raise AssertionError(msg)
        for name in self._answers.unused():
            callbacks = sorted({each.name for each in run.operations if "callback" in each.kind and each.name})
            msg = (
                f"an answer must name a callback that the run waits for, got {name!r}, the callbacks are "
                f"{', '.join(callbacks) or 'none'}"
            )
            raise AssertionError(msg)


def read_run(engine: Engine, arn: str, bodies: Mapping[str, int]) -> DurableRun:
    """Return what an execution of an engine is now.

    Args:
        engine: The engine.
        arn: The execution.
        bodies: How often the body of each step ran.
    """
    details = engine.details(arn)
    error = details.get("Error")
    return DurableRun(
        status=details["Status"],
        error=None if not error else ": ".join(filter(None, (error.get("ErrorType"), error.get("ErrorMessage")))),
        operations=read_operations(engine.operations(arn)),
        bodies=dict(bodies),
        execution=details,
        read_history=partial(engine.history, arn),
    )
