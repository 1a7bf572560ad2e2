"""What came out of the crashes of one workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.testing.crash.point import CrashPoint
    from durable_mi.testing.runner.run import DurableRun

__all__ = ["CrashReport", "CrashResult"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashResult:
    """One run with a crash.

    Attributes:
        point: Where its process ended; ``None`` for the run without a crash.
        problem: What is wrong; ``None`` if nothing is.
        reached: Whether the execution came to the place. One that it did not reach is no problem.
        run: The run.
    """

    point: CrashPoint | None
    problem: str | None
    reached: bool
    run: DurableRun


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashReport:
    """All runs of a workflow, without a crash and with one at each place.

    Attributes:
        workflow: The handler's name.
        results: The runs, the one without a crash first.
        keyed: The steps whose code names an idempotency key or a condition for a write.
    """

    workflow: str
    results: Sequence[CrashResult]
    keyed: frozenset[str]

    @property
    def problems(self) -> list[CrashResult]:
        """The runs with a problem."""
        return [each for each in self.results if each.problem is not None]

    @property
    def bodies(self) -> dict[str, tuple[int, int]]:
        """How often the body of each step ran: without a crash, and at most in a run with one."""
        plain = self.results[0].run.bodies
        names = {name: None for each in self.results for name in each.run.bodies}
        return {
            name: (plain.get(name, 0), max(each.run.bodies.get(name, 0) for each in self.results)) for name in names
        }

    @property
    def repeated_without_key(self) -> list[str]:
        """The steps that a crash made run again and whose code names no idempotency key: a note, not a problem."""
        return [name for name, (plain, most) in self.bodies.items() if most > plain and name not in self.keyed]

    @property
    def not_reached(self) -> list[CrashPoint]:
        """The places to which their execution did not come, such as in a branch that was left behind."""
        return [each.point for each in self.results if each.point is not None and not each.reached]

    def __str__(self) -> str:
        """Return the report as text."""
        lines = [f"{self.workflow}: {len(self.results) - 1} crashes, {len(self.problems)} with a problem"]
        lines += [
            f"  {name}: body ran {plain} times, up to {most} with a crash"
            for name, (plain, most) in self.bodies.items()
        ]
        if self.repeated_without_key:
            lines.append(f"  ran again without an idempotency key: {', '.join(self.repeated_without_key)}")
        lines += [f"  not reached: {point}" for point in self.not_reached]
        return "\n".join(lines)
