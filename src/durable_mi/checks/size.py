"""How big an execution environment is, and how many invocations run in it at once."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

__all__ = ["check_concurrency", "check_memory", "check_memory_per_vcpu", "count_vcpus"]

_MIB_PER_GIB = 1024


def check_memory_per_vcpu(gib: float) -> None:
    """Check the ratio of memory to vCPU.

    Args:
        gib: GiB of memory for each vCPU.

    Raises:
        CheckError: It is not one of :data:`durable_mi.limits.MEMORY_GIB_PER_VCPU`.
    """
    if gib not in limits.MEMORY_GIB_PER_VCPU:
        raise CheckError(
            Option.MEMORY_GIB_PER_VCPU,
            requirement="must be 2, 4 or 8",
            got=f"{gib}",
            fix=("take 2 for work bound by CPU, 4 for most Python functions, 8 where each process holds much memory"),
        )


def check_memory(mib: float, gib_per_vcpu: float) -> None:
    """Check a function's memory against its ratio of memory to vCPU.

    The largest numbers of vCPUs (16, 8 and 4 for the ratios 2, 4 and 8) follow from the largest memory.

    Args:
        mib: Memory of one execution environment in MiB.
        gib_per_vcpu: GiB of memory for each vCPU, already checked.

    Raises:
        CheckError: It is below 2048 or above 32768 MiB, or does not give whole vCPUs.
    """
    if not limits.MIN_MEMORY_MIB <= mib <= limits.MAX_MEMORY_MIB:
        raise CheckError(
            Option.MEMORY_SIZE,
            requirement="must be from 2 GiB to 32 GiB on managed instances",
            got=_gib(mib),
            fix=f"set {'2 GiB or more' if mib < limits.MIN_MEMORY_MIB else '32 GiB or less'}",
        )
    if mib % (gib_per_vcpu * _MIB_PER_GIB):
        ratio = int(gib_per_vcpu)
        below = int(mib // (ratio * _MIB_PER_GIB)) * ratio
        nearest = " or ".join(f"{gib} GiB" for gib in (below, below + ratio) if gib)
        raise CheckError(
            Option.MEMORY_SIZE,
            requirement=f"must be a multiple of {ratio} GiB (whole vCPUs of {ratio} GiB each)",
            got=_gib(mib),
            fix=(f"set {nearest}, or another ", Option.MEMORY_GIB_PER_VCPU),
        )


def count_vcpus(mib: float, gib_per_vcpu: float) -> int:
    """Count the vCPUs of an execution environment.

    Args:
        mib: Memory in MiB, already checked.
        gib_per_vcpu: GiB of memory for each vCPU, already checked.

    Returns:
        Whole vCPUs, from 1 to 16.
    """
    return int(mib // (gib_per_vcpu * _MIB_PER_GIB))


def check_concurrency(invocations: float, vcpu_count: int) -> CheckWarning | None:
    """Check how many invocations one execution environment takes at once.

    Args:
        invocations: ``PerExecutionEnvironmentMaxConcurrency``; for Python the number of processes.
        vcpu_count: vCPUs of the execution environment.

    Returns:
        A warning above 16 for each vCPU, what the service itself gives Python and one AWS guide calls a hard limit.

    Raises:
        CheckError: It is not a whole number, below 1, above 64 for each vCPU or above 1600.
    """
    most = min(limits.MAX_CONCURRENCY, limits.MAX_CONCURRENCY_PER_VCPU * vcpu_count)
    if not limits.MIN_CONCURRENCY <= invocations <= most or invocations != int(invocations):
        raise CheckError(
            Option.MAX_CONCURRENCY,
            requirement=(
                f"must be a whole number from {limits.MIN_CONCURRENCY} to {most} "
                f"({limits.MAX_CONCURRENCY_PER_VCPU} for each of {vcpu_count} vCPU)"
            ),
            got=f"{invocations}",
            fix="set it within, or give the function more memory and so more vCPUs",
        )
    usual = limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpu_count
    if invocations > usual:
        return CheckWarning(
            id="durable-mi:concurrency-above-default",
            option=Option.MAX_CONCURRENCY,
            got=(
                Option.MAX_CONCURRENCY,
                f" is {invocations}, above {limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU} for each vCPU ({usual} here)",
            ),
            consequence=(
                "every one is a Python process that shares the environment's memory, and AWS's guides disagree whether "
                "Lambda accepts more"
            ),
            fix=f"Set {usual} or less to be sure",
        )
    return None


def _gib(mib: float) -> str:
    return f"{mib} MiB" if mib % _MIB_PER_GIB else f"{int(mib // _MIB_PER_GIB)} GiB"
