"""The state of a function version in the words of the Lambda API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.local.workers.start_failure import StartFailure

__all__ = ["FunctionState"]


@dataclass(frozen=True, slots=True)
class FunctionState:
    """What ``State``, ``StateReason`` and ``StateReasonCode`` are.

    Attributes:
        state: Such as ``Active``.
        reason: Why the version is not active; not in the response when it is.
        code: The same as a code.
    """

    state: str
    reason: str | None = None
    code: str | None = None

    @classmethod
    def of(cls, failures: Sequence[StartFailure | None], *, is_started: bool, is_ending: bool = False) -> FunctionState:
        """Derive the state of a version from its execution environments.

        It has failed when no environment is left that runs or may still come at the first attempt: then nothing runs
        an invocation.

        Args:
            failures: For each environment why its last start failed, ``None`` where it runs or starts.
            is_started: Whether the version has been started, and since it was last deactivated started again.
            is_ending: Whether execution environments still finish what they run.
        """
        if not is_started:
            return cls("Pending", "The function is being created.", "Creating")
        if not failures:
            state = "Deactivating" if is_ending else "Deactivated"
            return cls(state, "The minimum and maximum of execution environments are 0.")
        known = [failure for failure in failures if failure is not None]
        if len(known) < len(failures):
            return cls("Active")
        return cls("Failed", known[-1].reason, known[-1].code)

    def members(self) -> dict[str, str]:
        """Return the members of a function configuration that describe the state."""
        every = {"State": self.state, "StateReason": self.reason, "StateReasonCode": self.code}
        return {name: value for name, value in every.items() if value is not None}
