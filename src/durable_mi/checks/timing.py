"""How long an execution and one of its invocations may take, and how long the history stays."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.warning import Caution

__all__ = ["execution_timeout", "invocation_timeout", "retention"]


def execution_timeout(seconds: float) -> None:
    """Check a durable execution's timeout.

    Args:
        seconds: Time from the start to the end, waits included.

    Raises:
        ValueError: It is not whole seconds from 1 second to 366 days.
    """
    if seconds != int(seconds) or not limits.MIN_EXECUTION_TIMEOUT_S <= seconds <= limits.MAX_EXECUTION_TIMEOUT_S:
        msg = (
            f"execution_timeout must be whole seconds from {limits.MIN_EXECUTION_TIMEOUT_S} second to 366 days "
            f"({limits.MAX_EXECUTION_TIMEOUT_S} seconds), got {seconds} seconds: it covers the whole execution with "
            "all of its waits"
        )
        raise ValueError(msg)


def invocation_timeout(seconds: float, execution_timeout_seconds: float | None) -> Caution | None:
    """Check the timeout of one invocation.

    Args:
        seconds: Time of one invocation, from start or resumption to the next suspension.
        execution_timeout_seconds: Timeout of the whole execution; ``None`` where it is not known.

    Returns:
        A caution above 15 minutes, since synchronous invocations end there all the same.

    Raises:
        ValueError: It is not whole seconds from 1 to 5400, or longer than the whole execution.
    """
    if seconds != int(seconds) or not 1 <= seconds <= limits.MAX_INVOCATION_TIMEOUT_S:
        msg = (
            f"timeout must be whole seconds from 1 to {limits.MAX_INVOCATION_TIMEOUT_S} (90 minutes), got {seconds} "
            "seconds: it covers one invocation; split longer work into steps, and let execution_timeout cover the whole"
        )
        raise ValueError(msg)
    if execution_timeout_seconds is not None and seconds > execution_timeout_seconds:
        msg = (
            f"timeout must not be longer than execution_timeout, got {seconds} seconds for one invocation and "
            f"{execution_timeout_seconds} for the whole execution: shorten timeout or lengthen execution_timeout"
        )
        raise ValueError(msg)
    if seconds > limits.MAX_SYNC_INVOCATION_S:
        return Caution(
            id="durable-mi:timeout-above-15-minutes",
            message=(
                f"timeout is {seconds} seconds: only asynchronous and event source invocations may take that long; "
                f"synchronous ones end after {limits.MAX_SYNC_INVOCATION_S} seconds. Start executions asynchronously."
            ),
        )
    return None


def retention(days: float) -> None:
    """Check how long the history of a finished execution is kept.

    Args:
        days: Days after the end.

    Raises:
        ValueError: It is not whole days from 1 to 90.
    """
    if days != int(days) or not limits.MIN_RETENTION_DAYS <= days <= limits.MAX_RETENTION_DAYS:
        msg = (
            f"retention_period must be whole days from {limits.MIN_RETENTION_DAYS} to {limits.MAX_RETENTION_DAYS}, "
            f"got {days} days: copy what must be kept longer elsewhere when the execution ends"
        )
        raise ValueError(msg)
