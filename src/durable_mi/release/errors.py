"""Why a pass cannot go on, or must not."""

from __future__ import annotations

from durable_mi.operate.errors import OperatorError, ServiceError

__all__ = ["OutOfTimeError", "PartialAnswerError", "RecordConflictError", "RefusedError", "UnsupportedOperationError"]


class OutOfTimeError(OperatorError):
    """The time of the invocation is nearly over. It makes nothing unknown: the pass ends."""


class PartialAnswerError(ServiceError):
    """A list that could not be read to its end, or an answer without a member that it must have."""


class UnsupportedOperationError(ServiceError):
    """An operation that the installed boto3 does not know."""


class RefusedError(OperatorError):
    """What was asked for must not be done; the message says why."""


class RecordConflictError(ServiceError):
    """Another pass wrote the record since this one read it."""
