"""The local runtime's worker processes, as the dashboard asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["LocalWorkers"]


class LocalWorkers:
    """The dashboard's :class:`~durable_mi.dashboard.source.WorkerSource` on this machine.

    Args:
        registry: The functions.
    """

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return every version's execution environments, their processes and the execution that each runs."""
        return [
            {
                "function": each.function.name,
                "version": each.function.version,
                "environments": [
                    {
                        "id": environment,
                        "workers": [{"pid": pid, "execution": execution} for pid, execution in workers.items()],
                    }
                    for environment, workers in each.workers().items()
                ],
            }
            for each in self._registry
        ]

    def kill(self, pid: int) -> bool:
        """End one worker process with SIGKILL."""
        return any(each.kill_worker(pid) for each in self._registry)
