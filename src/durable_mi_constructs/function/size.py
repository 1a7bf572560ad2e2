"""The size of an execution environment and its concurrent invocations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from durable_mi.checks import size
from durable_mi.checks.option import Option
from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi_constructs.tokens import convert, is_unresolved

if TYPE_CHECKING:
    from durable_mi.checks.warning import CheckWarning

__all__ = ["FunctionSize"]

_MEMORY_GIB: Final = 4
_MIB_PER_GIB: Final = 1024
_CONCURRENCY_PER_VCPU: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionSize:
    """Memory, vCPUs and concurrency of an execution environment, checked and completed by :meth:`of`.

    Attributes:
        memory_mib: Memory of the environment in MiB, which can be a token.
        memory_gib_per_vcpu: GiB for each vCPU.
        vcpus: The vCPUs that result from the two; ``None`` if either is a token.
        concurrency: Concurrent invocations; ``None`` for Lambda's default.
        warning: A warning about values that are allowed; ``None`` if there is none.
    """

    memory_mib: float
    memory_gib_per_vcpu: int
    vcpus: int | None
    concurrency: int | None
    warning: CheckWarning | None

    @classmethod
    def of(cls, *, memory: cdk.Size | None, memory_gib_per_vcpu: int, concurrency: int | None) -> FunctionSize:
        """Check the values and add the defaults.

        Args:
            memory: 2 to 32 GiB, a multiple of the ratio. Defaults to 4 GiB.
            memory_gib_per_vcpu: 2, 4 or 8.
            concurrency: 1 to 64 for each vCPU. Defaults to 8 for each vCPU, or to Lambda's default if the vCPUs are not
                known.

        Raises:
            ValueError: A value is out of range. Unresolved tokens are not checked.
        """
        mebibytes = _MEMORY_GIB * _MIB_PER_GIB if memory is None else _mebibytes(memory)
        vcpus = _vcpus(mebibytes, memory_gib_per_vcpu)
        warning = None
        if concurrency is None:
            concurrency = None if vcpus is None else _CONCURRENCY_PER_VCPU * vcpus
        elif vcpus is not None and not is_unresolved(concurrency):
            warning = size.check_concurrency(concurrency, vcpus)
        return cls(
            memory_mib=mebibytes,
            memory_gib_per_vcpu=memory_gib_per_vcpu,
            vcpus=vcpus,
            concurrency=concurrency,
            warning=warning,
        )

    def vcpu_demand(self, function: str, environments: int, draining: int | None) -> VcpuDemand:
        """Return what a published version reserves of its capacity provider.

        Args:
            function: The function's construct path.
            environments: Minimum of execution environments; a token counts as unknown.
            draining: Execution environments that it keeps while it drains; ``None`` if it keeps its minimum.
        """
        return VcpuDemand(
            function=function,
            execution_environments=None if is_unresolved(environments) else environments,
            vcpus=self.vcpus,
            memory_mib=None if is_unresolved(self.memory_mib) else int(self.memory_mib),
            draining_environments=draining,
        )


def _mebibytes(memory: cdk.Size) -> float:
    none = cdk.SizeRoundingBehavior.NONE
    return convert(Option.MEMORY_SIZE, memory, "mebibytes", lambda: memory.to_mebibytes(rounding=none))


def _vcpus(mebibytes: float, memory_gib_per_vcpu: int) -> int | None:
    if is_unresolved(memory_gib_per_vcpu):
        return None
    size.check_memory_per_vcpu(memory_gib_per_vcpu)
    if is_unresolved(mebibytes):
        return None
    size.check_memory(mebibytes, memory_gib_per_vcpu)
    return size.count_vcpus(mebibytes, memory_gib_per_vcpu)
