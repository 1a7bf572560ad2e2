"""One test for each place where a workflow's process can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.extras import missing_extra
from durable_mi.testing.crash.survive import CrashRuns

try:
    import pytest
except ModuleNotFoundError as error:
    raise missing_extra(error, "durable_mi.testing", "testing") from None

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.testing.crash.point import CrashPoint
    from durable_mi.testing.crash.report import CrashResult
    from durable_mi.testing.runner.runner import DurableRunner

__all__ = ["CrashCase", "crash_points"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashCase:
    """A workflow, its input and one place where its process ends; a test gets it as ``crash_point``.

    Attributes:
        handler: The handler.
        event: Its input.
        prepare: Prepares mocks and answers.
        same: Whether two results are the same.
        fails: Whether the workflow fails on purpose.
        plain: The run without a crash.
        point: The place; ``None`` for the run without a crash.
    """

    handler: Callable[[Any, Any], Any]
    event: object
    prepare: Callable[[DurableRunner], None] | None
    same: Callable[[Any, Any], bool] | None
    fails: bool
    plain: CrashResult
    point: CrashPoint | None

    def check(self) -> None:
        """Fail unless the workflow returns what it returns without a crash.

        Raises:
            AssertionError: It ends otherwise.
        """
        result = self.plain
        if self.point is not None:
            with CrashRuns(self.handler, self.event, prepare=self.prepare, same=self.same, fails=self.fails) as runs:
                runs.plain = self.plain
                result = runs.run_point(self.point)
        if result.problem is not None:
            msg = f"{self}: {result.problem}"
            raise AssertionError(msg)

    def __str__(self) -> str:
        """Return the place in words."""
        return str(self.point or "without a crash")


def crash_points(
    handler: Callable[[Any, Any], Any],
    event: object = None,
    *,
    prepare: Callable[[DurableRunner], None] | None = None,
    same: Callable[[Any, Any], bool] | None = None,
    fails: bool = False,
) -> pytest.MarkDecorator:
    """Make one test for each place where a workflow's process can end, with the argument ``crash_point``.

    The test calls ``crash_point.check()``. The workflow runs once without a crash when pytest collects the test, to
    find the places. The arguments are those of :func:`~durable_mi.testing.assert_survives_crashes`.

    Args:
        handler: The handler, decorated with ``@durable_execution``.
        event: Its input, in JSON types. Defaults to none.
        prepare: Gets the runner before each run. Defaults to nothing.
        same: Returns whether two results are the same. Defaults to equal ones.
        fails: Whether the workflow fails on purpose. Defaults to one that must succeed.
    """
    with CrashRuns(handler, event, prepare=prepare, same=same, fails=fails) as runs:
        plain = runs.run_plain()
        points: list[CrashPoint | None] = [None, *(runs.points if plain.problem is None else ())]
    cases = [
        CrashCase(handler=handler, event=event, prepare=prepare, same=same, fails=fails, plain=plain, point=point)
        for point in points
    ]
    return pytest.mark.parametrize("crash_point", cases, ids=str)
