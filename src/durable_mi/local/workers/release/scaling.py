"""How many execution environments a version has, as PutFunctionScalingConfig says it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Scaling"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """The numbers of a scaling configuration.

    Attributes:
        minimum: Execution environments that run at least; here, those that run.
        maximum: Those that run at most; ``None`` for the service's default, which is no maximum.
    """

    minimum: int
    maximum: int | None = None

    @property
    def deactivates(self) -> bool:
        """Whether nothing runs any more, and traffic starts nothing: both numbers are 0."""
        return self.minimum == 0

    def members(self) -> dict[str, int]:
        """Return the members of a ``FunctionScalingConfig``."""
        maximum = {} if self.maximum is None else {"MaxExecutionEnvironments": self.maximum}
        return {"MinExecutionEnvironments": self.minimum, **maximum}
