"""How many execution environments a version keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from durable_mi import limits

__all__ = ["PARKED", "Scaling"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """Both numbers of a version's scaling. A call always gives both: Lambda resets what is left out.

    Attributes:
        minimum: Execution environments that run at least.
        maximum: Execution environments that run at most. The service has no default maximum; where it reports none,
            this is the API's upper bound, which means the same.
    """

    minimum: int
    maximum: int = limits.MAX_EXECUTION_ENVIRONMENTS

    def with_minimum(self, minimum: int) -> Scaling:
        """Return the same maximum with a minimum that is not raised."""
        return Scaling(min(self.minimum, minimum), self.maximum)

    def __str__(self) -> str:
        """Return both numbers, such as ``3 to 10``."""
        most = "no maximum" if self.maximum >= limits.MAX_EXECUTION_ENVIRONMENTS else f"maximum {self.maximum}"
        return f"minimum {self.minimum}, {most}"


PARKED: Final = Scaling(0, 0)
"""Nothing runs, and no traffic starts anything: Lambda deactivates the version."""
