"""How much of ``/tmp`` a function gets."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option

__all__ = ["check_ephemeral_storage"]


def check_ephemeral_storage(mebibytes: float) -> None:
    """Check the size of ``/tmp``.

    Args:
        mebibytes: Size of ``/tmp`` of one execution environment; all of its processes share it.

    Raises:
        CheckError: It is not whole MiB from 512 MiB to 10,240 MiB.
    """
    smallest, largest = limits.MIN_EPHEMERAL_STORAGE_MIB, limits.MAX_EPHEMERAL_STORAGE_MIB
    if not smallest <= mebibytes <= largest or mebibytes != int(mebibytes):
        raise CheckError(
            Option.EPHEMERAL_STORAGE_SIZE,
            requirement=f"must be whole MiB from {smallest} to {largest}",
            got=f"{mebibytes:g} MiB",
            fix="keep what needs more room, or must outlive an invocation, in S3",
        )
