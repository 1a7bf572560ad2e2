"""The names of executions that chained invokes start."""

from __future__ import annotations

import uuid
from typing import Final

__all__ = ["child_name"]

_NAMES: Final = uuid.UUID("6d0a6f0e-6c0f-4f0e-9f5c-3c9f6d1b7a52")


def child_name(parent_arn: str, operation_id: str) -> str:
    """Return the name of the execution that a chained invoke starts: the same one however often it is asked for.

    So an execution that was started is found again when the runtime was killed before its parent had noted it.

    Args:
        parent_arn: The execution that invokes.
        operation_id: The chained invoke.
    """
    return str(uuid.uuid5(_NAMES, f"{parent_arn}/{operation_id}"))
