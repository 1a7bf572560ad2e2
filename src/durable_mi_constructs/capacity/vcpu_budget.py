"""The functions on a capacity provider, counted while the app is built."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from durable_mi.checks import vcpu_budget as checks
from durable_mi_constructs.annotations import warn
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

    from durable_mi.checks.vcpu_budget import VcpuDemand

__all__ = ["VcpuBudget"]

_shared: WeakKeyDictionary[IConstruct, dict[str, list[VcpuDemand]]] = WeakKeyDictionary()


class VcpuBudget:
    """The vCPUs of one capacity provider and the functions that need them, over all stacks of an app.

    Args:
        capacity: The capacity, for warnings.
        path: Its path, for messages.
        max_vcpus: Its upper bound; ``None`` or an unresolved token if it is not known; then the sum is not checked.
        shared_as: Name under which the capacities of one app count together, such as an imported ARN. Defaults to
            none: this capacity counts alone.
    """

    def __init__(self, capacity: Construct, path: str, max_vcpus: int | None, *, shared_as: str | None = None) -> None:
        self._capacity = capacity
        self._max_vcpus = max_vcpus
        self._demands: list[VcpuDemand] = (
            [] if shared_as is None else _shared.setdefault(capacity.node.root, {}).setdefault(shared_as, [])
        )
        self._warned = False
        self._path = path

    @property
    def demands(self) -> list[VcpuDemand]:
        """One demand for each attached function."""
        return list(self._demands)

    def add(self, demand: VcpuDemand) -> None:
        """Count a function.

        Args:
            demand: What its published version reserves.

        Raises:
            ValueError: The vCPUs do not fit, or there are too many functions. The function is then not counted.
        """
        demands = [*self._demands, demand]
        path = self._path
        checks.check_version_count(len(demands), path)
        if self._max_vcpus is not None and not is_unresolved(self._max_vcpus):
            checks.check_vcpu_budget(demands, self._max_vcpus, path)
            self._look_ahead(demands, self._max_vcpus)
        self._demands.append(demand)

    def _look_ahead(self, demands: list[VcpuDemand], max_vcpus: int) -> None:
        warning = checks.check_next_versions(demands, max_vcpus)
        if warning is not None and not self._warned:
            self._warned = True
            warn(self._capacity, warning)
