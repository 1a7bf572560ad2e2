"""The browser's side of a timeline: style sheets and scripts that render the JSON document."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["DIRECTORY"]

DIRECTORY: Final = Path(__file__).parent
"""Where the files are."""
