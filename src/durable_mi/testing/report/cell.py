"""One run of a crash test, as the page shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.testing.crash.report import CrashResult

__all__ = ["Cell"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One run.

    Attributes:
        workflow: The handler's name.
        point: Where its process ended, in words.
        problem: What is wrong; ``None`` if nothing is.
        reached: Whether the execution came to the place.
        timeline: The run as one HTML file; ``None`` if nothing is wrong.
    """

    workflow: str
    point: str
    problem: str | None
    reached: bool
    timeline: str | None

    @classmethod
    def of(cls, workflow: str, result: CrashResult) -> Cell:
        """Return the cell of a run."""
        return cls(
            workflow=workflow,
            point=str(result.point or "without a crash"),
            problem=result.problem,
            reached=result.reached,
            timeline=None if result.problem is None else result.run.html(),
        )

    def to_json(self) -> dict[str, object]:
        """Return the cell in JSON types, as a process of pytest-xdist sends it."""
        return asdict(self)
