"""The local runtime's worker processes, as the dashboard asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.local.workers.registry import FunctionRegistry
    from durable_mi.local.workers.start_failure import StartFailure

__all__ = ["LocalWorkers"]


class LocalWorkers:
    """The dashboard's :class:`~durable_mi.dashboard.source.WorkerSource` on this machine.

    Args:
        registry: The functions.
    """

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return every version's execution environments: their state, why a start failed, their processes."""
        return [
            {
                "function": each.function.name,
                "version": each.function.version,
                "environments": [
                    {
                        "id": slot.id,
                        "state": slot.state.value,
                        "failure": slot.failure and _failure(slot.failure),
                        "workers": [{"pid": pid, "execution": execution} for pid, execution in slot.workers().items()],
                    }
                    for slot in each.slots
                ],
            }
            for each in self._registry
        ]

    def kill(self, pid: int) -> bool:
        """End one worker process with SIGKILL."""
        return any(each.kill_worker(pid) for each in self._registry)


def _failure(failure: StartFailure) -> dict[str, Any]:
    return {"reason": failure.reason, "attempts": failure.attempts, "nextAttempt": failure.next_attempt}
