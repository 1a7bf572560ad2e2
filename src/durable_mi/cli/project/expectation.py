"""The result that a demo's execution must have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from durable_mi.operate.payload import Payload

__all__ = ["Expectation"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A JSON value that a result must be, or an object whose members it must have.

    Attributes:
        value: The value.
    """

    value: Any

    @classmethod
    def read(cls, text: str) -> Expectation:
        """Read JSON, or a file with it.

        Raises:
            UsageError: The file cannot be read, or is not JSON.
        """
        return cls(json.loads(Payload.read(text).body))

    def problem(self, result: str | None) -> str | None:
        """Return in one line how a result differs, ``None`` if it is as expected.

        Args:
            result: What the execution returned, as JSON.
        """
        came = None if result is None else json.loads(result)
        compared = came
        if isinstance(self.value, dict) and isinstance(came, dict):
            compared = {key: came[key] for key in self.value if key in came}
        # As text, since Python holds True and 1 for the same.
        if json.dumps(compared, sort_keys=True) == json.dumps(self.value, sort_keys=True):
            return None
        return f"the result must be {json.dumps(self.value)}, got {json.dumps(came)}"
