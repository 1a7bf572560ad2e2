"""A handler whose module cannot be imported any more once it was invoked, like a package that needs what is missing."""

from __future__ import annotations

import os
from pathlib import Path

from aws_durable_execution_sdk_python import DurableContext, durable_execution

MARKER = Path(os.environ.get("MARKER", "/nonexistent"))

if MARKER.exists():
    import module_that_is_gone  # type: ignore[import-not-found]  # noqa: F401


@durable_execution
def handler(_event: object, _context: DurableContext) -> None:
    """End the process, whose next one fails at the import."""
    MARKER.touch()
    os._exit(1)
