"""How a run ended, and whether two runs ended alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from durable_mi.testing.runner.run import DurableRun

__all__ = ["UUID", "Outcome"]

# With the dashes, or the 32 digits of `uuid.hex`.
UUID: Final = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: ``SUCCEEDED``, ``FAILED``, ...
        value: The result, or type and message of the error.
    """

    status: str
    value: Any

    @classmethod
    def of(cls, run: DurableRun) -> Outcome:
        """Return how a run ended."""
        return cls(run.status, run.result if run.status == "SUCCEEDED" else run.error)

    @property
    def stable(self) -> Outcome:
        """The outcome with ``<uuid 1>``, ``<uuid 2>``, ... for UUIDs, since a step may make one.

        A UUID that is one and the same in two places has one number, so a run in which it became two
        is another outcome.
        """
        numbers: dict[str, str] = {}

        def number(found: re.Match[str]) -> str:
            return numbers.setdefault(found[0].lower(), f"<uuid {len(numbers) + 1}>")

        return Outcome(self.status, json.loads(UUID.sub(number, json.dumps(self.value))))

    def __str__(self) -> str:
        """Return status and value in one line."""
        return f"{self.status} {json.dumps(self.value) if self.status == 'SUCCEEDED' else self.value}"
