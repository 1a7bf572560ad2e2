"""Numbers of a range among which one is right if any is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.cloudformation.worlds.number_range import NumberRange

__all__ = ["sample_numbers"]

_MIB_PER_GIB: Final = 1024
_LIMITS: Final = sorted(
    {
        float(value)
        for each in vars(limits).values()
        for value in (each if isinstance(each, tuple | list | set | frozenset) else (each,))
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
)


def sample_numbers(numbers: NumberRange) -> list[str]:
    """Return numbers of a range, among which one is right if any is.

    What is right begins or ends at a limit of the service, at an end of the range, or at a multiple of a vCPU's memory.

    Args:
        numbers: The range.
    """
    inside = [number for number in _numbers(numbers) if numbers.low <= number <= numbers.high]
    return list(dict.fromkeys(f"{number:.16g}" for number in inside if math.isfinite(number)))


def _numbers(numbers: NumberRange) -> Iterator[float]:
    yield numbers.low
    yield numbers.high
    least, most = max(numbers.low, limits.MIN_MEMORY_MIB), min(numbers.high, limits.MAX_MEMORY_MIB)
    for ratio in limits.MEMORY_GIB_PER_VCPU:
        vcpu = ratio * _MIB_PER_GIB
        # A range can begin above all memory.
        if least <= most:
            yield math.ceil(least / vcpu) * vcpu
            yield math.floor(most / vcpu) * vcpu
    yield from _LIMITS
