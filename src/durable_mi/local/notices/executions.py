"""Notices about durable executions: results that the SDK cannot send, callbacks that somebody must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.formatting import deadline
from durable_mi.operate.next_commands import NextCommands

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.local.notices.notices import Notices

__all__ = ["ExecutionNotices", "subject"]

_KB: Final = 1024
_NEAR: Final = 0.8
"""Share of the SDK's batch from which a result is reported."""
_LIMIT: Final = f"{limits.SDK_CHECKPOINT_BATCH_BYTES // _KB} KB"
_ADVICE: Final = "store the data elsewhere, such as in Amazon S3, and return its key"


@dataclass(frozen=True, slots=True)
class ExecutionNotices:
    """Words the notices.

    Attributes:
        notices: Takes them.
        region: Region of the functions.
        endpoint_url: The endpoint, for commands.
    """

    notices: Notices
    region: str
    endpoint_url: str

    @staticmethod
    def is_large(size: int) -> bool:
        """Return whether an update of so many bytes is near the SDK's batch."""
        return size >= _NEAR * limits.SDK_CHECKPOINT_BATCH_BYTES

    def large_result(self, arn: str, step: str, size: int) -> None:
        """Warn of a step whose result is near the SDK's batch, or beyond it.

        Args:
            arn: The execution.
            step: Name of the step.
            size: Bytes of its result as the SDK sends it.
        """
        self._both(
            arn,
            f"the result of step {step} has {size / _KB:,.0f} KB: with a result above {_LIMIT}, a step can hang in the "
            f"durable execution SDK 3.0.0 until the invocation times out; {_ADVICE}",
        )

    def may_hang(self, arn: str, steps: Sequence[str]) -> None:
        """Name the steps that had not ended when an invocation timed out, and what can be the reason.

        Args:
            arn: The execution.
            steps: Their names, at least one.
        """
        what = f"step {steps[0]}" if len(steps) == 1 else f"steps {', '.join(steps)}"
        self._both(
            arn,
            f"{what} had not ended when the invocation timed out: if a result is above {_LIMIT}, the durable "
            f"execution SDK 3.0.0 can hang without sending it; {_ADVICE}",
        )

    def callback(self, arn: str, name: str, callback_id: str, *, now: datetime, until: datetime | None) -> None:
        """Print the command that answers a callback, and until when it must be answered.

        Whoever follows the execution has both from its history.

        Args:
            arn: The execution.
            name: Name of the callback.
            callback_id: What it is answered with.
            now: The service's time.
            until: When it times out; ``None`` if it does not.
        """
        commands = NextCommands(endpoint=Endpoint.parse(self.endpoint_url), profile=None, region=self.region)
        limit = "without a timeout" if until is None else f"until {deadline(until, now)}"
        command = commands.callback_success(callback_id)
        self.notices.say(f"{subject(arn)} waits for callback {name} {limit}; to answer it: {command.line}")

    def invalid_output(self, arn: str, problem: str) -> None:
        """Print that a handler returned what no durable function returns.

        Args:
            arn: The execution.
            problem: What is wrong with it.
        """
        self.notices.say(f"{subject(arn)} failed: {problem}; is the handler wrapped in @durable_execution?")

    def _both(self, arn: str, text: str) -> None:
        self.notices.say(f"{subject(arn)}: {text}")
        self.notices.keep(text, [arn])


def subject(arn: str) -> str:
    """Return how a line names an execution: its function with the version, and its name."""
    qualified, _, rest = arn.rpartition(":function:")[2].partition("/durable-execution/")
    return f"{qualified}: execution {rest.partition('/')[0]}"
