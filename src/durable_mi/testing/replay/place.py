"""Lines of the user's code."""

from __future__ import annotations

import os
from dataclasses import dataclass

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the user's code."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return it as ``file:line``, from the working directory on."""
        relative = os.path.relpath(self.file)
        return f"{self.file if relative.startswith(os.pardir) else relative}:{self.line}"
