"""An invocation of a durable function's handler that failed outside the SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject

__all__ = ["InvocationFailure"]


@dataclass(frozen=True, slots=True)
class InvocationFailure:
    """How it failed.

    Attributes:
        request_id: Its request id.
        error: The error as Lambda reports it: the handler's own, ``Runtime.ExitError``, ``Sandbox.Timedout``.
        started: When it was requested.
    """

    request_id: str
    error: ErrorObject
    started: datetime
