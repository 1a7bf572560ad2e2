"""What the functions on a capacity provider reserve of it, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.checks.warning import Caution

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Reservation", "room", "room_for_next_versions", "versions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """What one published version keeps of its capacity provider, whether it works or not.

    Attributes:
        function: The function, in words that its author finds it by, such as its construct path.
        execution_environments: Minimum of execution environments; ``None`` where it is not known yet.
        vcpus: vCPUs of one execution environment; ``None`` where they are not known yet.
        memory_mib: Memory of one execution environment in MiB; ``None`` where it is not known yet.
    """

    function: str
    execution_environments: int | None
    vcpus: int | None
    memory_mib: int | None

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


def room(reservations: Sequence[Reservation], max_vcpus: float, capacity: str) -> None:
    """Check that the minimum of execution environments of all functions fits.

    It is necessary and not sufficient: an instance has vCPUs that no execution environment can use, and versions that
    earlier deployments published go on to count.

    Args:
        reservations: One for each function. What is not known yet counts as nothing.
        max_vcpus: The capacity provider's upper bound.
        capacity: The capacity provider, in words that its author finds it by.

    Raises:
        ValueError: Together they need more vCPUs than the upper bound. Lambda would refuse to publish the version.
    """
    total = sum(reservation.total_vcpus for reservation in reservations)
    if total > max_vcpus:
        terms = " + ".join(
            f"{reservation.function} {reservation.execution_environments} x {reservation.vcpus} vCPU"
            for reservation in reservations
            if reservation.total_vcpus
        )
        msg = (
            f"minimum execution environments must fit under max_vcpus, got {terms} = {total} vCPU on {capacity} with "
            f"max_vcpus={max_vcpus}: raise max_vcpus to {total} at the very least (earlier versions and the instances' "
            "own needs come on top), or lower min_execution_environments or memory_size"
        )
        raise ValueError(msg)


def room_for_next_versions(reservations: Sequence[Reservation], max_vcpus: float) -> Caution | None:
    """Look whether every function can publish its next version beside the present one.

    Args:
        reservations: One for each function. What is not known yet counts as nothing.
        max_vcpus: The capacity provider's upper bound.

    Returns:
        A caution where twice the sum is above the upper bound.
    """
    if 2 * sum(reservation.total_vcpus for reservation in reservations) > max_vcpus:
        return Caution(
            id="durable-mi:no-room-for-next-version",
            message=(
                f"the minimum of execution environments takes more than half of max_vcpus={max_vcpus}: an update "
                "publishes new versions while the present ones keep theirs, and Lambda refuses what does not fit. "
                "Raise max_vcpus to twice the minimum or more."
            ),
        )
    return None


def versions(count: int, capacity: str) -> None:
    """Check how many functions publish versions on one capacity provider.

    Args:
        count: Functions, each with one version at least.
        capacity: The capacity provider, in words that its author finds it by.

    Raises:
        ValueError: It is above 100, a quota that cannot be raised.
    """
    if count > limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER:
        msg = (
            f"at most {limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER} published versions fit on a capacity provider, got "
            f"{count} functions on {capacity}: spread them over several, with room for later versions"
        )
        raise ValueError(msg)
