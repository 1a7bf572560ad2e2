"""What is allowed and yet worth a word."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Caution"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Caution:
    """A warning with a stable id.

    Attributes:
        id: ``durable-mi:`` and a name in lower case with hyphens. It is API: users acknowledge warnings by it.
        message: What holds, what follows from it and how to change it.
    """

    id: str
    message: str
