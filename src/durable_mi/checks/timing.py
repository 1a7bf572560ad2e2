"""How long an execution and one of its invocations may take, and how long the history stays."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

__all__ = ["check_execution_timeout", "check_invocation_timeout", "check_retention"]


def check_execution_timeout(seconds: float) -> None:
    """Check a durable execution's timeout.

    Args:
        seconds: Time from the start to the end, waits included.

    Raises:
        CheckError: It is not whole seconds from 1 second to 366 days.
    """
    if not limits.MIN_EXECUTION_TIMEOUT_S <= seconds <= limits.MAX_EXECUTION_TIMEOUT_S or seconds != int(seconds):
        raise CheckError(
            Option.EXECUTION_TIMEOUT,
            requirement=(
                f"must be whole seconds from {limits.MIN_EXECUTION_TIMEOUT_S} to {limits.MAX_EXECUTION_TIMEOUT_S} "
                "(366 days)"
            ),
            got=f"{seconds} seconds",
            fix="set it to the longest that an execution may take with all of its waits",
        )


def check_invocation_timeout(seconds: float, execution_timeout_seconds: float | None) -> CheckWarning | None:
    """Check the timeout of one invocation.

    Args:
        seconds: Time of one invocation, from start or resumption to the next suspension.
        execution_timeout_seconds: Timeout of the whole execution; ``None`` where it is not known.

    Returns:
        A warning above 15 minutes, since synchronous invocations end there all the same.

    Raises:
        CheckError: It is not whole seconds from 1 to 5400, or longer than the whole execution.
    """
    if not 1 <= seconds <= limits.MAX_INVOCATION_TIMEOUT_S or seconds != int(seconds):
        raise CheckError(
            Option.TIMEOUT,
            requirement=f"must be whole seconds from 1 to {limits.MAX_INVOCATION_TIMEOUT_S} (90 minutes)",
            got=f"{seconds} seconds",
            fix=(
                "set it to the longest that one invocation may take; split longer work into steps, and let ",
                Option.EXECUTION_TIMEOUT,
                " cover the whole",
            ),
        )
    if execution_timeout_seconds is not None and seconds > execution_timeout_seconds:
        raise CheckError(
            Option.TIMEOUT,
            requirement=("must not be longer than ", Option.EXECUTION_TIMEOUT),
            got=f"{seconds} seconds for one invocation and {execution_timeout_seconds} for the whole execution",
            fix=("shorten ", Option.TIMEOUT, " or lengthen ", Option.EXECUTION_TIMEOUT),
        )
    if seconds > limits.MAX_SYNC_INVOCATION_S:
        return CheckWarning(
            id="durable-mi:timeout-above-15-minutes",
            option=Option.TIMEOUT,
            got=(Option.TIMEOUT, f" is {seconds} seconds"),
            consequence=(
                "only asynchronous and event source invocations may take that long; synchronous ones end after "
                f"{limits.MAX_SYNC_INVOCATION_S} seconds"
            ),
            fix="Start executions asynchronously",
        )
    return None


def check_retention(days: float) -> None:
    """Check how long the history of a finished execution is kept.

    Args:
        days: Days after the end.

    Raises:
        CheckError: It is not whole days from 1 to 90.
    """
    if not limits.MIN_RETENTION_DAYS <= days <= limits.MAX_RETENTION_DAYS or days != int(days):
        raise CheckError(
            Option.RETENTION_PERIOD,
            requirement=f"must be whole days from {limits.MIN_RETENTION_DAYS} to {limits.MAX_RETENTION_DAYS}",
            got=f"{days} days",
            fix="set it within, and copy what must be kept longer elsewhere when the execution ends",
        )
