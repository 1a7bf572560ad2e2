"""What the functions on a capacity provider need of its vCPUs, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VcpuDemand", "check_next_versions", "check_vcpu_budget", "check_version_count"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VcpuDemand:
    """What one published version keeps of its capacity provider, whether it works or not.

    Attributes:
        function: The function, in words that its author finds it by, such as its construct path.
        execution_environments: Minimum of execution environments; ``None`` where it is not known yet.
        vcpus: vCPUs of one execution environment; ``None`` where they are not known yet.
        memory_mib: Memory of one execution environment in MiB; ``None`` where it is not known yet.
        draining_environments: Execution environments that an earlier version keeps while it drains, if it has as many;
            ``None`` if it keeps its minimum.
    """

    function: str
    execution_environments: int | None
    vcpus: int | None
    memory_mib: int | None
    draining_environments: int | None = None

    @property
    def draining(self) -> VcpuDemand:
        """What an earlier version keeps while it drains."""
        if self.execution_environments is None or self.draining_environments is None:
            return self
        return replace(self, execution_environments=min(self.execution_environments, self.draining_environments))

    @property
    def known(self) -> bool:
        """Whether nothing of it is missing."""
        return None not in (self.execution_environments, self.vcpus, self.memory_mib)

    @property
    def total_vcpus(self) -> int:
        """All of its execution environments' vCPUs together; 0 where they are not known yet."""
        if self.execution_environments is None or self.vcpus is None:
            return 0
        return self.execution_environments * self.vcpus


def check_vcpu_budget(demands: Sequence[VcpuDemand], max_vcpus: float, capacity: str) -> None:
    """Check that the minimum of execution environments of all functions fits.

    It is necessary and not sufficient: an instance has vCPUs that no execution environment can use, and versions that
    earlier deployments published go on to count.

    Args:
        demands: One for each function. What is not known yet counts as nothing.
        max_vcpus: The capacity provider's upper bound.
        capacity: The capacity provider, in words that its author finds it by.

    Raises:
        CheckError: Together they need more vCPUs than the upper bound. Lambda would not publish the version.
    """
    total = sum(demand.total_vcpus for demand in demands)
    if total > max_vcpus:
        terms = " + ".join(
            f"{demand.function} {demand.execution_environments} x {demand.vcpus} vCPU"
            for demand in demands
            if demand.total_vcpus
        )
        raise CheckError(
            Option.MAX_VCPUS,
            subject="minimum execution environments",
            requirement=("must fit under ", Option.MAX_VCPUS),
            got=(f"{terms} = {total} vCPU on {capacity} with ", Option.MAX_VCPUS, f"={max_vcpus}"),
            fix=(
                "raise ",
                Option.MAX_VCPUS,
                f" to {total} at the very least (earlier versions and the instances' own needs come on top), or lower ",
                Option.MIN_EXECUTION_ENVIRONMENTS,
                " or ",
                Option.MEMORY_SIZE,
            ),
        )


def check_next_versions(demands: Sequence[VcpuDemand], max_vcpus: float) -> CheckWarning | None:
    """Check that every function can publish its next version beside the present one.

    Args:
        demands: One for each function. What is not known yet counts as nothing.
        max_vcpus: The capacity provider's upper bound.

    Returns:
        A warning where twice the sum is above the upper bound.
    """
    present = sum(demand.total_vcpus for demand in demands)
    if 2 * present > max_vcpus:
        draining = sum(demand.draining.total_vcpus for demand in demands)
        return CheckWarning(
            id="durable-mi:no-room-for-next-version",
            option=Option.MAX_VCPUS,
            got=(
                "the minimum of execution environments takes more than half of ",
                Option.MAX_VCPUS,
                f"={max_vcpus}",
            ),
            consequence=(
                "an update publishes new versions while the present ones keep theirs, earlier versions keep "
                f"{draining} vCPU for each deployment that has not drained yet, and Lambda rejects what does not fit"
            ),
            fix=(
                "Raise ",
                Option.MAX_VCPUS,
                f" to {2 * present + draining} or more: twice the minimum, and an earlier version of each",
            ),
        )
    return None


def check_version_count(count: int, capacity: str) -> None:
    """Check how many functions publish versions on one capacity provider.

    Args:
        count: Functions, each with one version at least.
        capacity: The capacity provider, in words that its author finds it by.

    Raises:
        CheckError: It is above 100, a quota that cannot be raised.
    """
    if count > limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER:
        raise CheckError(
            Option.CAPACITY,
            subject=f"at most {limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER} published versions",
            requirement="fit on a capacity provider",
            got=f"{count} functions on {capacity}",
            fix="spread them over several, with room for later versions",
        )
