"""What only AWS can answer about versions: a throw-away workflow, and the questions that it is asked for."""

from __future__ import annotations

from typing import Final

__all__ = ["DRILL_STACK"]

DRILL_STACK: Final = "ReleaseDrill"
"""The stack of the throw-away workflow."""
