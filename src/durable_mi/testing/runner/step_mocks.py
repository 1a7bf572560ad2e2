"""Steps that return or raise what a test says, and how often the body of each step ran."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.extras import missing_extra
from durable_mi.testing.runner.idempotency import has_idempotency_key

try:
    from aws_durable_execution_sdk_python import DurableContext
except ModuleNotFoundError as error:
    raise missing_extra(error, "durable_mi.testing", "testing") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_durable_execution_sdk_python.config import StepConfig

__all__ = ["NO_RESULT", "StepMock", "StepMocks"]

NO_RESULT: Final = object()
"""The result of a mock that raises."""
_UNNAMED: Final = "(without a name)"


@dataclass(kw_only=True, slots=True)
class StepMock:
    """What a step does instead of its body.

    Attributes:
        name: The step's name.
        returns: What it returns.
        raises: What it raises; ``None`` if it returns.
        times: How often in a run it does so before the body runs; ``None`` for always.
        optional: Whether the step may never run.
        used: How often it did so in the current run.
    """

    name: str
    returns: Any = NO_RESULT
    raises: BaseException | type[BaseException] | None = None
    times: int | None = None
    optional: bool = False
    used: int = 0

    def answer(self) -> Any:  # noqa: ANN401 - a step returns anything
        """Return or raise what the test says."""
        if self.raises is not None:
            raise self.raises
        return self.returns


class StepMocks:
    """The mocks of one test, and a count of the bodies that ran."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mocks: dict[str, list[StepMock]] = {}
        self.bodies: Counter[str] = Counter()
        self.keyed: set[str] = set()

    def add(self, mock: StepMock) -> None:
        """Mock a step; several mocks of one step apply one after the other."""
        self._mocks.setdefault(mock.name, []).append(mock)

    def begin(self) -> None:
        """Begin another run: no body ran, and no mock was used."""
        with self._lock:
            self.bodies.clear()
            self.keyed.clear()
            for mocks in self._mocks.values():
                for mock in mocks:
                    mock.used = 0

    def clear(self) -> None:
        """Forget all mocks."""
        with self._lock:
            self._mocks.clear()

    def unused(self) -> list[str]:
        """Return the names of the mocks that must have been used and were not."""
        return [name for name, mocks in self._mocks.items() if not any(each.used or each.optional for each in mocks)]

    def body(self, name: str | None, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return the function to run for a step.

        Args:
            name: The step's name.
            function: Its body.
        """
        known = name or _UNNAMED

        def run(step: Any) -> Any:  # noqa: ANN401 - a step takes and returns anything
            with self._lock:
                self.bodies[known] += 1
                mock = self._next(known)
                if known not in self.keyed and has_idempotency_key(function):
                    self.keyed.add(known)
            return function(step) if mock is None else mock.answer()

        return run

    def _next(self, name: str) -> StepMock | None:
        for mock in self._mocks.get(name, ()):
            if mock.times is None or mock.used < mock.times:
                mock.used += 1
                return mock
        return None

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Run the steps of all workflows of this process through these mocks."""
        step = DurableContext.step
        mocks = self

        def mocked(
            self: DurableContext, func: Callable[[Any], Any], name: str | None = None, config: StepConfig | None = None
        ) -> Any:  # noqa: ANN401 - a step returns anything
            # The name that the SDK takes where the call gives none.
            known = name or getattr(func, "_original_name", None)
            return step(self, mocks.body(known, func), known, config)

        DurableContext.step = mocked  # type: ignore[method-assign]
        try:
            yield
        finally:
            DurableContext.step = step  # type: ignore[method-assign]
