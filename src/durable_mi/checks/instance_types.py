"""What the names of allowed instance types say: architecture, family, size.

What is not read with certainty, such as the family of ``*.large`` or a series that is not listed here, passes every
check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.checks.vcpu_budget import VcpuDemand

__all__ = ["InstanceTypePattern", "check_families", "check_function_fits"]

_NAME: Final = re.compile(
    r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<options>[a-z0-9-]*)(?P<open>\*?)"
    r"(?:\.(?P<size>[a-z0-9-]+|\*))?"
)
_SIZE: Final = re.compile(r"[a-z0-9*-]*\*[a-z0-9*-]*\.(?P<size>[a-z0-9-]+)")
_TOO_SMALL: Final = frozenset({"nano", "micro", "small", "medium"})
_VCPUS: Final = {"large": 2, "xlarge": 4}
_MULTIPLE: Final = re.compile(r"(?:metal-)?(\d+)xl(?:arge)?")
_MIB_PER_GIB: Final = 1024
_REGULAR_SINCE: Final = 5
"""The generation since which sizes have the same vCPUs in all three families."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceTypePattern:
    """What is certain of an instance type's name, or of a name with wildcards; ``None`` for what is not.

    The form of names is from the EC2 guide, *Amazon EC2 instance type naming conventions*: a series, a generation, and
    options, of which ``g`` is Graviton.

    Attributes:
        series: Such as ``c``.
        architecture: ``arm64`` or ``x86_64``.
        size: Such as ``2xlarge``.
        vcpus: vCPUs of the size.
        memory_gib: Most memory that the series has with these vCPUs.
    """

    series: str | None = None
    architecture: str | None = None
    size: str | None = None
    vcpus: int | None = None
    memory_gib: int | None = None

    @classmethod
    def of(cls, text: str) -> InstanceTypePattern:
        """Read a name.

        Args:
            text: Such as ``m8g.2xlarge`` or ``m8g.*``.
        """
        match = _NAME.fullmatch(text)
        if match is None or (match["size"] is None and not match["open"]):
            only_size = _SIZE.fullmatch(text)
            return cls(size=only_size["size"] if only_size else None)
        series, size = match["series"], match["size"]
        size = None if size == "*" else size
        vcpus = _vcpus(size) if int(match["generation"]) >= _REGULAR_SINCE else None
        per_vcpu = limits.INSTANCE_MEMORY_GIB_PER_VCPU.get(series)
        return cls(
            series=series,
            architecture=_architecture(series, match["options"], is_open=bool(match["open"])),
            size=size,
            vcpus=vcpus,
            memory_gib=None if vcpus is None or per_vcpu is None else vcpus * per_vcpu,
        )


def check_families(allowed: Sequence[str], architecture: str) -> CheckWarning | None:
    """Check that a capacity provider can start the allowed instance types.

    Args:
        allowed: Names, with wildcards or without.
        architecture: ``arm64`` or ``x86_64``.

    Returns:
        A warning if only some of the names are of the other architecture. These match no instance.

    Raises:
        CheckError: A name is of a family or a size that managed instances do not have, or all are of the other
            architecture.
    """
    read = {name: InstanceTypePattern.of(name) for name in allowed}
    for name, pattern in read.items():
        if pattern.series in limits.OTHER_INSTANCE_SERIES or pattern.size in _TOO_SMALL:
            raise CheckError(
                Option.ALLOWED_INSTANCE_TYPES,
                requirement="must be of the C, M and R families, large and up, which managed instances have",
                got=f"{name!r}",
                fix="leave it out",
            )
    others = [name for name, pattern in read.items() if pattern.architecture not in {None, architecture}]
    if others and len(others) == len(read):
        raise CheckError(
            Option.ALLOWED_INSTANCE_TYPES,
            requirement=("must be of the ", Option.ARCHITECTURE, f" {architecture}"),
            got=", ".join(map(repr, others)),
            fix=("name types such as ", f"'{_EXAMPLES[architecture]}', or change ", Option.ARCHITECTURE),
        )
    if others:
        return CheckWarning(
            id="durable-mi:instance-types-of-another-architecture",
            option=Option.ALLOWED_INSTANCE_TYPES,
            got=(Option.ALLOWED_INSTANCE_TYPES, f" has {', '.join(map(repr, others))}"),
            consequence=(
                "they are not of the ",
                Option.ARCHITECTURE,
                f" {architecture}, so Lambda starts none of them",
            ),
            fix="Leave them out",
        )
    return None


def check_function_fits(demand: VcpuDemand, allowed: Sequence[str]) -> CheckWarning | None:
    """Check that an execution environment fits on the largest of the allowed instance types.

    Args:
        demand: The function. What is not known yet is not checked.
        allowed: Names, with wildcards or without. If the size of one is not certain, nothing is checked.

    Returns:
        A warning if it fits only without what an instance was seen to keep for itself.

    Raises:
        CheckError: It has more memory or vCPUs than each of them.
    """
    sizes = [(pattern.memory_gib, pattern.vcpus) for pattern in map(InstanceTypePattern.of, allowed)]
    known = [(memory, vcpus) for memory, vcpus in sizes if memory is not None and vcpus is not None]
    if not known or len(known) < len(sizes):
        return None
    memory_gib = 0 if demand.memory_mib is None else demand.memory_mib / _MIB_PER_GIB
    vcpus_needed = demand.vcpus or 0
    needs = f"{demand.function} with {memory_gib:g} GiB and {vcpus_needed} vCPU"
    names = ", ".join(allowed)
    if not any(memory_gib <= memory and vcpus_needed <= vcpus for memory, vcpus in known):
        raise CheckError(
            Option.ALLOWED_INSTANCE_TYPES,
            requirement="must have a type that holds one execution environment of each function",
            got=f"{names} for {needs}",
            fix=("allow larger types, or lower ", Option.MEMORY_SIZE),
        )
    if not any(
        memory_gib <= memory - limits.INSTANCE_OVERHEAD_GIB and vcpus_needed <= vcpus - limits.INSTANCE_OVERHEAD_VCPUS
        for memory, vcpus in known
    ):
        return CheckWarning(
            id="durable-mi:instance-types-without-room",
            option=Option.ALLOWED_INSTANCE_TYPES,
            got=(Option.ALLOWED_INSTANCE_TYPES, f" has {names} for {needs}"),
            consequence=(
                f"an AWS guide says that an instance keeps {limits.INSTANCE_OVERHEAD_VCPUS} vCPU and "
                f"{limits.INSTANCE_OVERHEAD_GIB} GiB for itself, so the environment may not fit"
            ),
            fix=("Allow larger types, or lower ", Option.MEMORY_SIZE),
        )
    return None


_EXAMPLES: Final = {"arm64": "m8g.2xlarge", "x86_64": "m7i.2xlarge"}


def _architecture(series: str, options: str, *, is_open: bool) -> str | None:
    if series not in limits.INSTANCE_MEMORY_GIB_PER_VCPU:
        return None
    if "g" in options.partition("-")[0]:
        return "arm64"
    # Behind a wildcard there can be a g.
    return None if is_open else "x86_64"


def _vcpus(size: str | None) -> int | None:
    if size is None:
        return None
    multiple = _MULTIPLE.fullmatch(size)
    return 4 * int(multiple[1]) if multiple else _VCPUS.get(size)
