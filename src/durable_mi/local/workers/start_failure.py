"""A start of an execution environment that failed, and what AWS calls the reason."""

from __future__ import annotations

import errno
from dataclasses import dataclass

__all__ = ["InitError", "InitTimeoutError", "StartFailure"]

_RESOURCES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC})


class InitError(Exception):
    """The handler could not be loaded; the message says what the runtime reported."""


class InitTimeoutError(InitError):
    """The handler was not loaded within the time that Lambda gives it."""


@dataclass(frozen=True, slots=True)
class StartFailure:
    """Why an execution environment is not there.

    Attributes:
        reason: What went wrong, in one line.
        code: The ``StateReasonCode`` of the Lambda API for it.
        attempts: How many starts have failed in a row.
        pause: Seconds from the failure to the next attempt.
        next_attempt: When that is, in epoch milliseconds.
    """

    reason: str
    code: str
    attempts: int
    pause: float
    next_attempt: int

    @classmethod
    def of(cls, error: Exception, *, attempts: int, pause: float, now: float) -> StartFailure:
        """Describe a failed start.

        Args:
            error: What the start raised.
            attempts: How many starts have failed in a row, this one included.
            pause: Seconds until the next attempt.
            now: The present time in epoch seconds.
        """
        reason = " ".join(str(error).split()) or type(error).__name__
        return cls(reason, _code(error), attempts, pause, int((now + pause) * 1000))


def _code(error: Exception) -> str:
    """Choose among botocore's values of ``StateReasonCode``."""
    match error:
        case InitTimeoutError():
            return "FunctionError.InitTimeout"
        case InitError():
            return "FunctionError.RuntimeInitError"
        case FileNotFoundError() | NotADirectoryError():
            return "FunctionError.InvalidWorkingDirectory"
        case PermissionError():
            return "FunctionError.PermissionDenied"
        case OSError() if error.errno in _RESOURCES:
            return "FunctionError.InitResourceExhausted"
    return "InternalError"
