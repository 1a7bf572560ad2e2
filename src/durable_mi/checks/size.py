"""How big an execution environment is, and how many invocations run in it at once."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.warning import Caution

__all__ = ["concurrency", "memory", "memory_per_vcpu", "vcpus"]

_MIB_PER_GIB = 1024


def memory_per_vcpu(gib: float) -> None:
    """Check the ratio of memory to vCPU.

    Args:
        gib: GiB of memory for each vCPU.

    Raises:
        ValueError: It is not one of :data:`durable_mi.limits.MEMORY_GIB_PER_VCPU`.
    """
    if gib not in limits.MEMORY_GIB_PER_VCPU:
        msg = (
            f"memory_gib_per_vcpu must be 2, 4 or 8, got {gib}: take 2 for work bound by CPU, "
            "4 for most Python functions, 8 where each process holds much memory"
        )
        raise ValueError(msg)


def memory(mib: float, gib_per_vcpu: float) -> None:
    """Check a function's memory against its ratio of memory to vCPU.

    The largest numbers of vCPUs (16, 8 and 4 for the ratios 2, 4 and 8) follow from the largest memory.

    Args:
        mib: Memory of one execution environment in MiB.
        gib_per_vcpu: GiB of memory for each vCPU, already checked.

    Raises:
        ValueError: It is below 2048 or above 32768 MiB, or does not give whole vCPUs.
    """
    if not limits.MIN_MEMORY_MIB <= mib <= limits.MAX_MEMORY_MIB:
        msg = (
            f"memory_size must be from 2 GiB to 32 GiB on managed instances, got {_gib(mib)}: "
            f"set {'2 GiB or more' if mib < limits.MIN_MEMORY_MIB else '32 GiB or less'}"
        )
        raise ValueError(msg)
    if mib % (gib_per_vcpu * _MIB_PER_GIB):
        ratio = int(gib_per_vcpu)
        below = int(mib // (ratio * _MIB_PER_GIB)) * ratio
        nearest = " or ".join(f"{gib} GiB" for gib in (below, below + ratio) if gib)
        msg = (
            f"memory_size must be a multiple of {ratio} GiB (whole vCPUs of {ratio} GiB each), "
            f"got {_gib(mib)}: set {nearest}, or another memory_gib_per_vcpu"
        )
        raise ValueError(msg)


def vcpus(mib: float, gib_per_vcpu: float) -> int:
    """Tell how many vCPUs an execution environment has.

    Args:
        mib: Memory in MiB, already checked.
        gib_per_vcpu: GiB of memory for each vCPU, already checked.

    Returns:
        Whole vCPUs, from 1 to 16.
    """
    return int(mib // (gib_per_vcpu * _MIB_PER_GIB))


def concurrency(invocations: float, vcpu_count: int) -> Caution | None:
    """Check how many invocations one execution environment takes at once.

    Args:
        invocations: ``PerExecutionEnvironmentMaxConcurrency``; for Python the number of processes.
        vcpu_count: vCPUs of the execution environment.

    Returns:
        A caution above 16 for each vCPU, what the service itself gives Python and one AWS guide calls a hard limit.

    Raises:
        ValueError: It is not a whole number, below 1, above 64 for each vCPU or above 1600.
    """
    most = min(limits.MAX_CONCURRENCY, limits.MAX_CONCURRENCY_PER_VCPU * vcpu_count)
    if invocations != int(invocations) or not limits.MIN_CONCURRENCY <= invocations <= most:
        msg = (
            f"max_concurrency must be a whole number from {limits.MIN_CONCURRENCY} to {most} "
            f"({limits.MAX_CONCURRENCY_PER_VCPU} for each of {vcpu_count} vCPU), got {invocations}: "
            "set it within, or give the function more memory and so more vCPUs"
        )
        raise ValueError(msg)
    usual = limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpu_count
    if invocations > usual:
        return Caution(
            id="durable-mi:concurrency-above-default",
            message=(
                f"max_concurrency is {invocations}, above {limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU} for each vCPU "
                f"({usual} here): every one is a Python process that shares the environment's memory, and AWS's guides "
                f"disagree whether Lambda accepts more. Set {usual} or less to be sure."
            ),
        )
    return None


def _gib(mib: float) -> str:
    return f"{mib} MiB" if mib % _MIB_PER_GIB else f"{int(mib // _MIB_PER_GIB)} GiB"
